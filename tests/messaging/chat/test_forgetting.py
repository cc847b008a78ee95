"""Words that were taken back are nowhere any more: not in any column of any table."""

import pytest

from core.models import StoredAnswer
from tests.messaging.chat.device import Device
from tests.messaging.chat.leftovers import tables_with

pytestmark = pytest.mark.django_db

SECRET = "maxfiy-so‘z-2026"
CLIENT_ID = "7b1f4c3e-0d7c-4f0a-9d6b-0f2f1d0c9a11"


def with_key(talker, path, body, key="k1"):
    response = talker.call("post", path, body, **{"Idempotency-Key": key})
    assert response.status_code in (200, 201), response.content
    return response


class TestDeletedMessage:
    def test_leaves_every_table(self, buyer, seller, post):
        thread = with_key(buyer, "start/", {"post": post.pk, "text": "salom"}).json()["id"]
        body = {"thread": thread, "text": SECRET, "client_id": CLIENT_ID}
        message = with_key(buyer, "send/", body).json()["id"]
        # The talk's last message stands in this answer, too, and in each event of a pointer.
        with_key(buyer, "start/", {"post": post.pk}, key="k2")
        seller.read(thread, 2)
        assert tables_with(SECRET) == [
            "core_storedanswer",
            "messaging_chatmessage",
            "messaging_notification",
            "realtime_event",
        ]
        buyer.delete(message)
        assert tables_with(SECRET) == []

    def test_leaves_whatever_it_was_edited_to_and_from(self, buyer, seller, thread):
        body = {"thread": thread, "text": f"{SECRET} 1", "client_id": CLIENT_ID}
        message = with_key(buyer, "send/", body).json()["id"]
        for place in (2, 3):
            buyer.edit(message, f"{SECRET} {place}")
        seller.send(thread, "keyingi")
        assert tables_with(SECRET)
        buyer.delete(message)
        assert tables_with(SECRET) == []

    def test_of_a_first_contact_leaves_the_answer_that_began_it(self, buyer, post):
        body = {"post": post.pk, "text": SECRET}
        begun = with_key(buyer, "start/", body).json()
        buyer.delete(begun["last_message"]["id"])
        assert tables_with(SECRET) == []
        again = with_key(buyer, "start/", body)
        assert again["Idempotent-Replayed"] == "true"
        assert again.status_code == 201
        assert again.json()["last_message"]["text"] is None

    def test_leaves_the_answer_that_the_other_side_was_given(self, buyer, seller, api, post, aziza):
        """A buyer who asks again is answered with what the seller wrote last."""
        thread = buyer.start(post, "salom")["id"]
        message = seller.send(thread, SECRET)["id"]
        with_key(buyer, "start/", {"post": post.pk})
        seller.delete(message)
        assert tables_with(SECRET) == []

    def test_sent_again_late_stays_deleted(self, buyer, thread):
        """By the key of the first request, by the client_id, or by both."""
        body = {"thread": thread, "text": SECRET, "client_id": CLIENT_ID}
        message = with_key(buyer, "send/", body).json()["id"]
        buyer.delete(message)
        by_key = with_key(buyer, "send/", body)
        assert (by_key.json()["id"], by_key.json()["text"]) == (message, None)
        by_client_id = buyer.send(thread, SECRET, status=200, client_id=CLIENT_ID)
        assert (by_client_id["id"], by_client_id["text"]) == (message, None)
        assert buyer.texts(thread) == [None]

    def test_leaves_other_messages_and_answers_alone(self, buyer, seller, thread, aziza):
        first = with_key(buyer, "send/", {"thread": thread, "text": "qoladi"}, key="k1")
        second = with_key(buyer, "send/", {"thread": thread, "text": SECRET}, key="k2")
        third = with_key(buyer, "send/", {"thread": thread, "text": "bu ham"}, key="k3")
        kept = dict(StoredAnswer.objects.exclude(key="k2").values_list("key", "body"))
        buyer.delete(second.json()["id"])
        for key, response in (("k1", first), ("k3", third)):
            assert bytes(StoredAnswer.objects.get(key=key).body) == bytes(kept[key])
            assert bytes(kept[key]) == response.content
        device = Device(seller, aziza.pk)
        assert "qoladi" in device.catch_up()
        device.agree()

    def test_is_replayed_as_deleted(self, buyer, seller, thread, aziza):
        message = buyer.send(thread, SECRET)["id"]
        buyer.delete(message)
        device = Device(seller, aziza.pk)
        frames = device.catch_up()
        assert frames.count('"event":"message.created"') == 1
        assert device.messages[message]["deleted_at"]
        device.agree()
