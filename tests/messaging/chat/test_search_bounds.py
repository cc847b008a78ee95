"""What a search may cost, whatever was written."""

import pytest

from messaging.models import ChatMessage
from messaging.queries import message_list
from messaging.queries.messages import LONGEST_FOLDED

pytestmark = pytest.mark.django_db


def test_of_one_long_talk_the_newest_messages_are_looked_through(buyer, thread, monkeypatch):
    monkeypatch.setattr(message_list, "MAX_LOOKED_THROUGH", 3)
    for place in range(5):
        buyer.send(thread, f"kolodka {place}")
    found = buyer.call("get", "search/?q=kolodka&count=1")
    assert [message["text"] for message in found.json()] == ["kolodka 4", "kolodka 3", "kolodka 2"]
    assert found["X-Total-Count"] == "3"


def test_letters_that_unfold_into_many_are_kept_once(buyer, thread):
    words = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 4000
    sent = buyer.send(thread, words)
    assert sent["text"] == words
    assert len(ChatMessage.objects.get().text_folded) == LONGEST_FOLDED
    buyer.edit(sent["id"], words[1:])
    assert len(ChatMessage.objects.get().text_folded) == LONGEST_FOLDED
