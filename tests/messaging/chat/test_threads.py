"""A talk about a post: begun once by each buyer, kept whatever becomes of the post."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.models import PostStatus
from messaging.actions import pace
from messaging.models import ChatMessage, ChatThread
from tests.messaging.chat.talker import publish_post

pytestmark = pytest.mark.django_db


class TestStart:
    def test_begins_a_talk(self, buyer, post, aziza, published):
        thread = buyer.start(post)
        assert thread == {
            "id": thread["id"],
            "post": {"id": post.pk, "title": post.title},
            "peer": {"id": aziza.pk, "full_name": "Aziza Karimova"},
            "last_message": None,
            "unread_count": 0,
            "read_up_to": 0,
            "peer_read_up_to": 0,
            "is_blocked": False,
            "updated_at": thread["updated_at"],
        }

    def test_sends_the_first_words_with_it(self, buyer, seller, post, bobur):
        begun = buyer.start(post, "  Bormi?\n")
        thread = seller.thread(begun["id"])
        assert begun["last_message"] == thread["last_message"]
        assert thread["last_message"]["text"] == "Bormi?"
        assert thread["last_message"]["number"] == 1
        assert thread["last_message"]["sender"] == bobur.pk
        assert (begun["unread_count"], thread["unread_count"]) == (0, 1)
        assert thread["peer"] == {"id": bobur.pk, "full_name": "Bobur Aliyev"}

    def test_again_gives_the_same_talk_and_sends_the_words(self, buyer, post):
        first = buyer.start(post, "bormi?")
        again = buyer.start(post, "hali bormi?", status=200)
        assert again["id"] == first["id"]
        assert again["last_message"]["number"] == 2
        assert buyer.start(post, status=200) == again

    def test_each_buyer_has_a_talk_of_their_own(self, buyer, outsider, post):
        assert buyer.start(post)["id"] != outsider.start(post)["id"]

    def test_ones_own_post_is_none_to_ask_about(self, seller, post):
        body = {"post": post.pk, "text": "o‘zimga"}
        assert seller.refusal("post", "start/", body) == (400, "own_post")
        assert not ChatThread.objects.exists()

    @pytest.mark.parametrize("text", ["", "   ", "a" * 4001, 5, True, ["a"]])
    def test_refuses_what_is_no_text_and_makes_nothing(self, buyer, post, text):
        body = {"post": post.pk, "text": text}
        assert buyer.refusal("post", "start/", body) == (400, "invalid")
        assert not ChatThread.objects.exists()

    @pytest.mark.parametrize("text", [None, "a" * 4000])
    def test_takes_no_text_and_the_longest(self, buyer, post, text):
        begun = buyer.good(201, "post", "start/", {"post": post.pk, "text": text})
        assert (begun["last_message"] and begun["last_message"]["text"]) == text

    @pytest.mark.parametrize("post_id", [None, "x", 0, -1, 2**63, True, [1]])
    def test_refuses_what_is_no_id(self, buyer, post_id):
        assert buyer.refusal("post", "start/", {"post": post_id}) == (400, "invalid")

    def test_knows_nothing_of_an_absent_post(self, buyer):
        assert buyer.refusal("post", "start/", {"post": 2**62}) == (404, "not_found")


def gone(post, how):
    """The post is no longer on show."""
    now = timezone.now()
    changes = {
        "closed": {"status": PostStatus.CLOSED},
        "expired": {"status": PostStatus.EXPIRED},
        "rejected": {"status": PostStatus.REJECTED, "reject_reason": "nusxa"},
        "past its end": {"expires_at": now - timedelta(seconds=1)},
        "deleted": {"status": PostStatus.CLOSED, "deleted_at": now, "body": ""},
    }[how]
    for name, value in changes.items():
        setattr(post, name, value)
    post.save()


GONE = ["closed", "expired", "rejected", "past its end", "deleted"]


class TestPostThatIsGone:
    @pytest.mark.parametrize("how", GONE)
    def test_begins_no_talk(self, buyer, post, how):
        gone(post, how)
        body = {"post": post.pk, "text": "bormi?"}
        assert buyer.refusal("post", "start/", body) == (404, "not_found")
        assert not ChatThread.objects.exists()

    @pytest.mark.parametrize("how", GONE)
    def test_keeps_the_talk_there_is(self, buyer, seller, post, how):
        begun = buyer.start(post, "bormi?")
        gone(post, how)
        again = buyer.start(post, "sotildimi?", status=200)
        assert again["id"] == begun["id"]
        assert again["post"] == {"id": post.pk, "title": post.title}
        assert seller.send(begun["id"], "ha")["number"] == 3

    def test_of_ones_own_is_still_ones_own(self, seller, post):
        gone(post, "closed")
        assert seller.refusal("post", "start/", {"post": post.pk}) == (400, "own_post")
        gone(post, "deleted")
        assert seller.refusal("post", "start/", {"post": post.pk}) == (404, "not_found")

    def test_a_talk_is_called_what_the_post_was_called(self, buyer, post):
        begun = buyer.start(post)
        post.title = "Boshqa narsa"
        post.save()
        assert buyer.thread(begun["id"])["post"]["title"] == begun["post"]["title"]


class TestLimit:
    def test_stops_new_talks_and_lets_the_old_ones_go_on(self, buyer, aziza, monkeypatch):
        monkeypatch.setattr(pace, "NEW_TALKS_A_DAY", 2)
        posts = [publish_post(aziza, f"Qism {place}") for place in range(3)]
        for post in posts[:2]:
            buyer.start(post, "bormi?")
        refused = buyer.call("post", "start/", {"post": posts[2].pk, "text": "bormi?"})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_threads")
        assert 86_000 < int(refused["Retry-After"]) <= 86_401
        assert refused.json()["limit"] == 2
        assert ChatThread.objects.count() == ChatMessage.objects.count() == 2
        buyer.start(posts[0], "hali bormi?", status=200)

    def test_counts_talks_that_were_made_and_nothing_else(self, buyer, post, aziza, monkeypatch):
        monkeypatch.setattr(pace, "NEW_TALKS_A_DAY", 2)
        for _again in range(3):
            buyer.start(post, status=201 if not _again else 200)
            buyer.refusal("post", "start/", {"post": 2**62})
        buyer.start(publish_post(aziza))
