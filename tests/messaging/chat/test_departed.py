"""Of a deleted account neither name nor posts stay in what the others replay or repeat."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.sql import rows
from ledger.actions.erasure import erase_account
from marketplace.actions.posts import edit_post
from marketplace.models import B2BProfile
from messaging.actions.messages import delete_message
from messaging.models import Notification
from messaging.queries.notifications import hold_boxes
from tests.jobs.queue import empty, work_until_idle
from tests.messaging.chat.device import Device
from tests.messaging.chat.leftovers import tables_with
from tests.race import waited_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _queue():
    empty()
    yield
    empty()


def erase(person):
    erase_account(user_id=person.pk, proof=None, now=timezone.now())


HOLD_THREAD = "SELECT id FROM messaging_chatthread WHERE id = %s FOR NO KEY UPDATE"
POINT_AT = "SELECT id FROM ledger_user WHERE id = %s FOR KEY SHARE"  # as a foreign key does


def hold(sql, row_id):
    assert rows(sql, [row_id])


@contextmanager
def leaving(person, *, behind):
    """The block runs in one transaction with `behind`, while the person's erasure waits for it."""

    def leave():
        try:
            erase(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as executor:
        with transaction.atomic():
            behind()
            erasure = executor.submit(leave)
            while not waited_for():
                assert not erasure.done()
            yield
        erasure.result(timeout=30)


class TestDeparted:
    def test_leaves_no_name_and_no_post_behind(self, buyer, seller, post, aziza, bobur):
        B2BProfile.objects.create(user=aziza, company_name="Aziza Motors", is_enabled=True)
        here = Device(buyer, bobur.pk)
        thread = buyer.start(post, "bormi?")["id"]
        body = {"post": post.pk}
        again = buyer.good(200, "post", "start/", body, **{"Idempotency-Key": "yana"})
        assert again["peer"]["full_name"] == aziza.full_name
        changes = {"body": "Ombordagi oxirgisi", "brand": "Sadaf"}
        edit_post(account_id=aziza.pk, post_id=post.pk, changes=changes, now=timezone.now())
        here.catch_up()
        erase(aziza)
        work_until_idle()
        for words in (aziza.full_name, "Aziza Motors", "Ombordagi oxirgisi", "Sadaf"):
            assert tables_with(words) == []
        replayed = buyer.good(200, "post", "start/", body, **{"Idempotency-Key": "yana"})
        assert replayed["peer"] == {"id": aziza.pk, "full_name": ""}
        assert replayed["last_message"]["text"] == "bormi?"
        here.catch_up()
        here.agree()
        assert buyer.texts(thread) == ["bormi?"]

    def test_takes_no_name_but_its_own(self, buyer, outsider, post, aziza, bobur, charos):
        buyer.start(post, "bormi?")
        outsider.start(post, "narxi?")
        erase(bobur)
        work_until_idle()
        assert tables_with(bobur.full_name) == []
        assert "realtime_event" in tables_with(charos.full_name)


class TestErasure:
    def test_does_not_meet_a_deletion_in_a_circle(self, buyer, seller, post, aziza, bobur):
        """Who takes a message back holds the talk, then changes the answers that show it."""
        thread = buyer.start(post, "bormi?")["id"]
        message = seller.send(thread, "sir")["id"]
        buyer.good(200, "post", "start/", {"post": post.pk}, **{"Idempotency-Key": "yana"})

        with leaving(bobur, behind=lambda: hold(HOLD_THREAD, thread)):
            delete_message(account_id=aziza.pk, message_id=message, now=timezone.now())
        work_until_idle()
        assert tables_with("sir") == tables_with("bormi?") == []

    def test_does_not_meet_a_payment_in_a_circle(self, buyer, post, aziza, bobur):
        """Bobur records one for aziza's debt: it points at him, then it is in her list."""
        buyer.start(post, "bormi?")
        with leaving(bobur, behind=lambda: hold(POINT_AT, bobur.pk)):
            hold_boxes([aziza.pk])
        work_until_idle()
        assert bobur.full_name not in str(list(Notification.objects.values()))
