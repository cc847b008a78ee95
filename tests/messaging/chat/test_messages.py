"""Messages: numbered without gaps, sent once, changed for 15 minutes by who sent them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from messaging.actions import pace
from messaging.actions.messages import send_message
from messaging.models import ChatMessage
from tests.messaging.chat.talker import publish_post

pytestmark = pytest.mark.django_db

UUID = "7b1f4c3e-0d7c-4f0a-9d6b-0f2f1d0c9a11"


def age(message, minutes):
    sent = timezone.now() - timedelta(minutes=minutes)
    ChatMessage.objects.filter(pk=message["id"]).update(created_at=sent)


class TestSend:
    def test_answers_the_message(self, buyer, thread, bobur):
        message = buyer.send(thread, " salom ", client_id=UUID.upper())
        assert message == {
            "id": message["id"],
            "thread": thread,
            "number": 1,
            "sender": bobur.pk,
            "text": "salom",
            "client_id": UUID,
            "created_at": message["created_at"],
            "edited_at": None,
            "deleted_at": None,
        }

    def test_counts_on_whoever_writes(self, buyer, seller, thread):
        numbers = [talker.send(thread)["number"] for talker in (buyer, seller, seller, buyer)]
        assert numbers == [1, 2, 3, 4]

    def test_takes_any_script_and_keeps_markup_as_text(self, buyer, thread):
        for text in (
            "Ҳой, бу “қисм” борми?",
            "سلام عليكم",
            "👩‍👩‍👧‍👦 narxi? 💸",
            "‮abc‬",
            "<script>alert(1)</script> http://a.uz/?x=1&y=2",
            "%s {0} \\ ' \" -- ; \u2028 \u2029 \t\n ok",
            "a" * 4000,
            "😀" * 4000,
        ):
            assert buyer.send(thread, text)["text"] == text
            assert buyer.messages(thread, "?limit=1")[0]["text"] == text
            assert buyer.threads()[0]["last_message"]["text"] == text

    def test_refuses_what_cannot_be_kept(self, buyer, thread):
        taken = []
        for text in (
            r'"a\u0000b"', r'"\ud800"', r'"a\udfffb"', '""', '"  "', '"\\n\\t "', "null",
            "1", "true", "[]", "{}", '"' + "a" * 4001 + '"', '"' + "😀" * 4001 + '"',
        ):  # fmt: skip
            body = f'{{"thread": {thread}, "text": {text}}}'.encode()
            response = buyer.client.post("/api/chat/send/", body, content_type="application/json")
            if (response.status_code, response.json()["code"]) != (400, "invalid"):
                taken.append(text)
        assert taken == []
        assert not ChatMessage.objects.exists()

    @pytest.mark.parametrize("client_id", ["x", "", 5, True, [], "g" * 32, "0" * 33])
    def test_refuses_what_is_no_client_id(self, buyer, thread, client_id):
        body = {"thread": thread, "text": "salom", "client_id": client_id}
        assert buyer.refusal("post", "send/", body) == (400, "invalid")

    @pytest.mark.parametrize("thread_id", [None, "x", 0, -1, 2**63, True, 1.5])
    def test_refuses_what_is_no_thread(self, buyer, thread_id):
        body = {"thread": thread_id, "text": "salom"}
        assert buyer.refusal("post", "send/", body) == (400, "invalid")

    def test_only_what_is_named_is_taken_from_a_body(self, buyer, seller, thread, aziza):
        message = buyer.send(
            thread,
            "salom",
            id=7,
            number=99,
            sender=aziza.pk,
            sender_id=aziza.pk,
            created_at="2020-01-01T00:00:00Z",
            deleted_at="2020-01-01T00:00:00Z",
            text_folded="x",
            unread_count=50,
        )
        assert (message["number"], message["deleted_at"]) == (1, None)
        assert message["sender"] != aziza.pk
        assert not message["created_at"].startswith("2020")
        assert seller.thread(thread)["unread_count"] == 1


class TestClientId:
    def test_sent_again_gives_the_first(self, buyer, thread):
        first = buyer.send(thread, "salom", client_id=UUID)
        assert buyer.send(thread, " salom", status=200, client_id=UUID) == first
        assert ChatMessage.objects.count() == 1

    def test_with_another_text_is_refused(self, buyer, thread):
        buyer.send(thread, "salom", client_id=UUID)
        body = {"thread": thread, "text": "xayr", "client_id": UUID}
        assert buyer.refusal("post", "send/", body) == (409, "client_id_reused")
        assert buyer.texts(thread) == ["salom"]

    def test_is_compared_with_the_text_first_sent(self, buyer, thread):
        first = buyer.send(thread, "salom", client_id=UUID)
        for text in ("salom!", "salom!!"):
            edited = buyer.edit(first["id"], text)
        assert buyer.send(thread, "salom", status=200, client_id=UUID) == edited
        body = {"thread": thread, "text": "salom!!", "client_id": UUID}
        assert buyer.refusal("post", "send/", body) == (409, "client_id_reused")

    def test_of_a_deleted_message_sends_nothing_again(self, buyer, thread):
        first = buyer.send(thread, "salom", client_id=UUID)
        buyer.delete(first["id"])
        again = buyer.send(thread, "salom", status=200, client_id=UUID)
        assert (again["id"], again["text"]) == (first["id"], None)
        assert ChatMessage.objects.count() == 1

    def test_takes_no_number_when_it_was_used(self, buyer, thread):
        for _again in range(3):
            buyer.send(thread, status=200 if _again else 201, client_id=UUID)
        assert buyer.send(thread)["number"] == 2

    def test_is_each_senders_own(self, buyer, seller, thread):
        buyer.send(thread, "salom", client_id=UUID)
        assert seller.send(thread, "va alaykum", client_id=UUID)["number"] == 2

    def test_means_one_message_in_one_talk(self, buyer, thread, outsider, charos):
        buyer.send(thread, "salom", client_id=UUID)
        other = buyer.start(publish_post(charos))["id"]
        body = {"thread": other, "text": "salom", "client_id": UUID}
        assert buyer.refusal("post", "send/", body) == (409, "client_id_reused")
        assert outsider.texts(other) == []

    def test_is_still_answered_when_the_talk_was_blocked(self, buyer, seller, thread):
        first = buyer.send(thread, "salom", client_id=UUID)
        seller.block(thread)
        assert buyer.send(thread, "salom", status=200, client_id=UUID) == first
        body = {"thread": thread, "text": "salom", "client_id": str(uuid4())}
        assert buyer.refusal("post", "send/", body) == (403, "thread_blocked")

    def test_works_beside_an_idempotency_key(self, buyer, thread):
        body = {"thread": thread, "text": "salom", "client_id": UUID}
        key = {"Idempotency-Key": "k1"}
        first = buyer.call("post", "send/", body, **key)
        again = buyer.call("post", "send/", body, **key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again["Idempotent-Replayed"] == "true"
        assert again.json() == first.json()
        mismatch = buyer.call("post", "send/", {**body, "text": "xayr"}, **key)
        assert mismatch.status_code == 422


class TestEdit:
    def test_changes_the_words_for_both(self, buyer, seller, thread):
        message = buyer.send(thread, "salon")
        edited = buyer.edit(message["id"], "  salom")
        assert edited == message | {"text": "salom", "edited_at": edited["edited_at"]}
        assert seller.messages(thread) == [edited]
        assert seller.thread(thread)["last_message"] == edited
        assert seller.search("salom") == [edited]
        assert seller.search("salon") == []

    def test_to_the_same_words_changes_nothing(self, buyer, thread, published):
        message = buyer.send(thread, "salom")
        published.clear()
        assert buyer.edit(message["id"], "salom") == message
        assert published == []

    def test_is_the_senders_alone(self, buyer, seller, thread):
        message = buyer.send(thread, "salom")["id"]
        path, body = f"messages/{message}/", {"text": "xayr"}
        assert seller.refusal("patch", path, body) == (404, "not_found")
        assert seller.refusal("delete", path) == (404, "not_found")
        assert buyer.texts(thread) == ["salom"]

    def test_is_too_late_after_a_quarter_of_an_hour(self, buyer, thread):
        message = buyer.send(thread, "salom")
        path = f"messages/{message['id']}/"
        age(message, 14.9)
        buyer.edit(message["id"], "salom!")
        age(message, 15.1)
        assert buyer.refusal("patch", path, {"text": "xayr"}) == (403, "too_late")
        assert buyer.refusal("delete", path) == (403, "too_late")
        assert buyer.texts(thread) == ["salom!"]

    def test_of_a_deleted_message_finds_nothing(self, buyer, thread):
        message = buyer.send(thread)["id"]
        buyer.delete(message)
        path = f"messages/{message}/"
        assert buyer.refusal("patch", path, {"text": "xayr"}) == (404, "not_found")
        assert buyer.refusal("delete", path) == (404, "not_found")

    def test_takes_what_sending_takes(self, buyer, thread):
        path = f"messages/{buyer.send(thread)['id']}/"
        for text in ("", "  ", "a" * 4001, None, 5, "a\0b"):
            assert buyer.refusal("patch", path, {"text": text}) == (400, "invalid")
        assert buyer.refusal("patch", path, {}) == (400, "invalid")

    def test_says_nothing_to_who_blocked(self, buyer, seller, thread):
        message = buyer.send(thread)["id"]
        seller.block(thread)
        path = f"messages/{message}/"
        assert buyer.refusal("patch", path, {"text": "xayr"}) == (403, "thread_blocked")
        buyer.delete(message)  # but words may always be taken back


class TestDelete:
    def test_keeps_the_place_and_none_of_the_words(self, buyer, seller, thread):
        first, last = buyer.send(thread, "sir"), buyer.send(thread, "ochiq")
        buyer.delete(first["id"])
        shown = seller.messages(thread)
        assert [message["number"] for message in shown] == [2, 1]
        assert shown[1] == first | {"text": None, "deleted_at": shown[1]["deleted_at"]}
        assert shown[1]["deleted_at"]
        assert seller.thread(thread)["last_message"] == last
        assert seller.search("sir") == []
        kept = ChatMessage.objects.get(pk=first["id"])
        assert (kept.text, kept.text_folded, kept.first_text_digest) == (None, None, None)

    def test_of_the_last_shows_in_the_talk(self, buyer, seller, thread):
        message = buyer.send(thread, "sir")["id"]
        buyer.delete(message)
        last = seller.thread(thread)["last_message"]
        assert (last["id"], last["text"]) == (message, None)
        assert seller.threads()[0]["last_message"] == last


class TestPace:
    def test_holds_a_flood_and_lets_it_go_on_in_time(self, thread, bobur, seller):
        now = timezone.now()
        sent = {"account_id": bobur.pk, "thread_id": thread, "text": "a"}
        for _each in range(600):
            send_message(**sent, now=now)
        with pytest.raises(pace.TooManyMessages) as refused:
            send_message(**sent, now=now)
        assert refused.value.retry_after == 1
        send_message(**sent, now=now + timedelta(seconds=1))
        seller.send(thread, "menga to‘sqinlik qilmaydi")

    def test_never_meets_who_keeps_the_promised_rate(self, thread, bobur):
        now = timezone.now()
        for place in range(700):
            at = now + timedelta(seconds=place / 50)
            send_message(account_id=bobur.pk, thread_id=thread, text="a", now=at)
