"""A deleted account: its words go, the talks stay for the other side."""

import json

import pytest
from django.utils import timezone

from ledger.actions.erasure import erase_account
from messaging.actions import talk_erasure
from messaging.actions.talk_erasure import forget_talks
from messaging.models import Report
from realtime.stream import events_after
from tests.jobs.queue import empty, jobs, work_until_idle
from tests.messaging.chat.device import Device
from tests.messaging.chat.leftovers import tables_with
from tests.messaging.chat.talker import publish_post

SECRET = "maxfiy-so‘z-2026"


def erase(person):
    erase_account(user_id=person.pk, proof=None, now=timezone.now())


@pytest.mark.django_db
class TestErasedPerson:
    @pytest.fixture
    def talked(self, buyer, seller, post):
        thread = buyer.start(post, f"{SECRET} 1")["id"]
        seller.send(thread, "sotuvchi yozgan")
        buyer.send(thread, f"{SECRET} 2")
        return thread

    def test_leaves_the_talk_without_name_and_words(self, seller, bobur, talked):
        erase(bobur)
        thread = seller.thread(talked)
        assert thread["peer"] == {"id": bobur.pk, "full_name": ""}
        assert seller.texts(talked) == [None, "sotuvchi yozgan", None]
        assert [message["sender"] for message in seller.messages(talked)].count(bobur.pk) == 2
        assert seller.search("maxfiy") == []
        assert seller.threads() == [thread]

    def test_can_still_be_written_to_in_vain(self, seller, bobur, talked, published, notified):
        erase(bobur)
        published.clear(), notified.clear()
        assert seller.send(talked, "eshityapsizmi?")["number"] == 4
        assert all(bobur.pk not in event.to for event in published)
        assert notified == []
        seller.read(talked, 4), seller.block(talked), seller.report(talked)

    def test_who_sells_no_more_leaves_the_buyers_their_talks(self, buyer, aziza, talked):
        erase(aziza)
        thread = buyer.thread(talked)
        assert thread["post"]["title"]
        assert thread["peer"]["full_name"] == ""
        assert buyer.texts(talked) == [f"{SECRET} 2", None, f"{SECRET} 1"]

    def test_a_reports_reason_goes_with_who_gave_it(self, buyer, bobur, talked):
        buyer.report(talked, SECRET)
        erase(bobur)
        assert Report.objects.get().reason == ""


@pytest.mark.django_db(transaction=True)
class TestJob:
    @pytest.fixture(autouse=True)
    def _queue(self):
        empty()
        yield
        empty()

    def test_takes_the_words_out_of_what_others_replay(self, buyer, seller, post, aziza, bobur):
        here, away = Device(seller, aziza.pk), Device(seller, aziza.pk)
        thread = buyer.start(post, f"{SECRET} 1")["id"]
        for place in range(3):
            buyer.send(thread, f"{SECRET} {place}")
        seller.send(thread, "sotuvchi yozgan")
        here.catch_up()
        erase(bobur)
        assert tables_with(SECRET) == ["realtime_event"]
        work_until_idle()
        assert set(jobs("status")) == {"succeeded"}
        assert tables_with(SECRET) == []
        for device in (here, away):
            device.catch_up()
            device.agree()

    def test_tells_of_every_message_in_parts(self, buyer, seller, post, aziza, bobur, monkeypatch):
        monkeypatch.setattr(talk_erasure, "TOLD_AT_ONCE", 2)
        device = Device(seller, aziza.pk)
        thread = buyer.start(post, f"{SECRET} 1")["id"]
        for place in range(4):
            buyer.send(thread, f"{SECRET} {place}")
        device.catch_up()
        erase(bobur)
        work_until_idle()
        device.catch_up()
        device.agree()

    def test_tells_buyers_that_the_post_is_gone(self, buyer, post, aziza, bobur):
        buyer.start(post, "Bormi?")
        aziza.b2b_posts.update(body="Uyda, 3-qavat")
        erase(aziza)
        work_until_idle()
        heard = [json.loads(frame) for _seq, frame in events_after(bobur.pk, 0, limit=100)]
        [gone] = [event["data"] for event in heard if event["event"] == "post.changed"]
        assert (gone["id"], gone["status"], gone["body"]) == (post.pk, "closed", "")

    def test_again_or_for_nobody_is_safe(self, buyer, seller, aziza, bobur, charos):
        buyer.start(publish_post(aziza), SECRET)
        erase(bobur)
        work_until_idle()
        for person in (bobur, bobur, charos):
            forget_talks(account_id=person.pk, now=timezone.now())
        assert tables_with(SECRET) == []
        erase(aziza)
        forget_talks(account_id=aziza.pk, now=timezone.now())

    def test_is_not_asked_for_by_who_never_talked(self, charos):
        erase(charos)
        assert "messaging.forget_talks" not in jobs("task_name")
