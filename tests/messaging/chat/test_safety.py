"""Blocking, and asking a moderator."""

import pytest

from messaging.models import Report

pytestmark = pytest.mark.django_db

BLOCKED = (403, "thread_blocked")


class TestBlock:
    def test_silences_both(self, buyer, seller, post):
        thread = buyer.start(post, "salom")["id"]
        seller.block(thread)
        for talker in (buyer, seller):
            body = {"thread": thread, "text": "eshityapsizmi?"}
            assert talker.refusal("post", "send/", body) == BLOCKED
        assert buyer.refusal("post", "start/", {"post": post.pk, "text": "hoy"}) == BLOCKED
        assert buyer.start(post, status=200)["last_message"]["number"] == 1

    def test_is_seen_by_who_did_it(self, buyer, seller, thread):
        seller.block(thread)
        assert (seller.thread(thread)["is_blocked"], buyer.thread(thread)["is_blocked"]) == (
            True,
            False,
        )
        assert [talk["is_blocked"] for talk in seller.threads()] == [True]
        assert [talk["is_blocked"] for talk in buyer.threads()] == [False]

    def test_is_taken_back_by_who_did_it(self, buyer, seller, thread):
        seller.block(thread)
        buyer.unblock(thread)
        body = {"thread": thread, "text": "hoy"}
        assert buyer.refusal("post", "send/", body) == BLOCKED
        seller.unblock(thread)
        assert buyer.send(thread, "hoy")["number"] == 1

    def test_of_both_ends_with_the_second(self, buyer, seller, thread):
        buyer.block(thread), seller.block(thread)
        buyer.unblock(thread)
        assert buyer.refusal("post", "send/", {"thread": thread, "text": "hoy"}) == BLOCKED
        seller.unblock(thread)
        buyer.send(thread)

    def test_again_changes_nothing(self, seller, thread, published):
        seller.block(thread), seller.block(thread)
        seller.unblock(thread), seller.unblock(thread)
        assert [event.event for event in published] == ["thread.changed"] * 2

    def test_leaves_what_was_written_to_be_read(self, buyer, seller, thread):
        buyer.send(thread, "salom")
        seller.block(thread)
        assert seller.texts(thread) == buyer.texts(thread) == ["salom"]
        assert seller.read(thread, 1) == {"read_up_to": 1, "unread_count": 0}


class TestReport:
    def test_answers_what_was_reported(self, buyer, thread):
        report = buyer.report(thread, "  haqorat ")
        assert report == {
            "id": report["id"],
            "thread": thread,
            "reason": "haqorat",
            "created_at": report["created_at"],
        }

    def test_again_grows_the_open_one(self, buyer, seller, thread, bobur):
        buyer.send(thread)
        first = buyer.report(thread, "spam")
        seller.send(thread)
        again = buyer.report(thread, "haqorat")
        assert again == first | {"reason": "haqorat"}
        report = Report.objects.get()
        assert (report.up_to_number, report.reporter_id) == (2, bobur.pk)

    def test_of_each_is_their_own(self, buyer, seller, thread):
        assert buyer.report(thread)["id"] != seller.report(thread)["id"]

    @pytest.mark.parametrize("reason", [None, "", "  ", "a" * 1001, 5, "a\0"])
    def test_wants_a_reason(self, buyer, thread, reason):
        path, body = f"threads/{thread}/report/", {"reason": reason}
        assert buyer.refusal("post", path, body) == (400, "invalid")

    def test_says_nothing_to_the_other_side(self, buyer, thread, published, notified):
        buyer.report(thread)
        assert (published, notified) == ([], [])
