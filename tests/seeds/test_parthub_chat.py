"""Chat and notifications as the B2B product's clients use them: a buyer asks, a seller answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.models import B2BPost
from tests.seeds.test_parthub import FRONTEND, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(aziza):
    expires_at = timezone.now() + timedelta(days=30)
    return B2BPost.objects.create(author=aziza, kind="offer", title="Filtr", expires_at=expires_at)


@pytest.mark.parametrize("slash", ["/", ""])
def test_a_talk_from_the_post_to_the_notification(page, offer, aziza, bobur, slash):
    seller, buyer = page(aziza), page(bobur)
    begun = post(buyer, f"/api/chat/start{slash}", {"post": offer.pk})
    assert begun.status_code == 201
    assert begun["Access-Control-Allow-Origin"] == FRONTEND
    thread = begun.json()["id"]

    sent = post(buyer, f"/api/chat/send{slash}", {"thread": thread, "text": "Narxi qancha?"})
    assert sent.status_code == 201
    assert sent.json()["sender"] == bobur.pk

    (line,) = seller.get(f"/api/notifications{slash}").json()
    assert (line["kind"], line["is_read"]) == ("message", False)
    assert line["data"]["thread"] == thread

    (shown,) = seller.get(f"/api/chat/threads{slash}").json()
    assert (shown["id"], shown["unread_count"]) == (thread, 1)
    assert shown["last_message"] == sent.json()

    answer = post(seller, f"/api/chat/send{slash}", {"thread": thread, "text": "45 000 so‘m"})
    assert answer.status_code == 201
    messages = buyer.get(f"/api/chat/threads/{thread}/messages{slash}").json()
    assert [message["text"] for message in messages] == ["45 000 so‘m", "Narxi qancha?"]

    read = post(seller, f"/api/notifications/read{slash}", {"ids": [line["id"]]})
    assert (read.status_code, read.json()) == (200, {"unread": 0})
