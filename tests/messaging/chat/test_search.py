"""Search in one's own talks, spelt in any script; nothing of others'."""

import pytest

from messaging.queries import message_list
from tests.messaging.chat.talker import publish_post

pytestmark = pytest.mark.django_db


def texts(messages):
    return [message["text"] for message in messages]


def test_finds_what_both_sides_wrote_newest_first(buyer, seller, thread):
    buyer.send(thread, "Kolodka bormi?")
    seller.send(thread, "bor")
    seller.send(thread, "kolodka 2 xil")
    for talker in (buyer, seller):
        assert texts(talker.search("KOLODKA")) == ["kolodka 2 xil", "Kolodka bormi?"]


@pytest.mark.parametrize("words", ["қўқон", "qo‘qon", "Qoʻqon", "QÖQON", " qo'qon "])
def test_knows_every_spelling(buyer, thread, words):
    buyer.send(thread, "Qo‘qonga yuborasizmi?")
    assert len(buyer.search(words)) == 1


def test_takes_nothing_for_a_pattern(buyer, thread):
    buyer.send(thread, "100% yangi_mi")
    for words, found in (("0% y", 1), ("100%_", 0), ("%%", 0), ("__", 0), ("\\\\", 0)):
        assert len(buyer.search(words.replace("%", "%25"))) == found


def test_shows_nobody_elses_words(buyer, seller, outsider, thread, charos, aziza):
    buyer.send(thread, "maxfiy narx")
    own = seller.start(publish_post(charos), "maxfiy emas")["id"]
    assert texts(outsider.search("maxfiy")) == ["maxfiy emas"]
    assert texts(seller.search("maxfiy")) == ["maxfiy emas", "maxfiy narx"]
    assert outsider.messages(own)


@pytest.mark.parametrize("bad", ["", "?q=", "?q=a", "?q=%20a%20", "?q='’", "?q=" + "a" * 151])
def test_wants_two_letters_and_no_essay(buyer, bad):
    assert buyer.refusal("get", f"search/{bad}") == (400, "invalid")


def test_goes_on_page_by_page(buyer, thread):
    for place in range(5):
        buyer.send(thread, f"salom {place}")
    path, pages = "/api/chat/search/?q=salom&limit=2&count=1", []
    while path:
        response = buyer.client.get(path)
        assert response["X-Total-Count"] == "5"
        pages.append(texts(response.json()))
        link = response.headers.get("Link")
        path = link and link[1 : link.index(">")].removeprefix("http://testserver")
    assert pages == [["salom 4", "salom 3"], ["salom 2", "salom 1"], ["salom 0"]]


def test_looks_through_a_bounded_number_of_messages(buyer, aziza, monkeypatch):
    monkeypatch.setattr(message_list, "MAX_LOOKED_THROUGH", 2)
    for place in range(4):
        thread = buyer.start(publish_post(aziza), f"salom {place}")["id"]
    assert texts(buyer.search("salom")) == ["salom 3", "salom 2"]
    buyer.send(thread, "salom 4")
    assert texts(buyer.search("salom")) == ["salom 4", "salom 3"]
