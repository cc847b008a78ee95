"""What the clock does, and what the owner hears of it: once, however often it runs."""

import pytest

from core.jobs import app, enqueue
from core.notices import refuse_unknown_text, render
from marketplace.actions import expiry
from marketplace.actions.expiry import settle_due_subscriptions
from marketplace.models import Subscription, SubscriptionChange
from tests.jobs.queue import jobs, work_until_idle
from tests.marketplace.billing.desk import DAY, NOON, history, me

pytestmark = pytest.mark.django_db

END = NOON + 30 * DAY


def run(*moments):
    for moment in moments:
        settle_due_subscriptions(now=moment)


def texts(notified):
    return [notice.text for notice in notified]


def status(subscription):
    return Subscription.objects.get(pk=subscription.pk).status


class TestSchedule:
    def test_takes_an_unpaid_plan_into_grace_and_out_of_it(self, desk, aziza):
        given = desk.give(aziza, "pro")
        run(END - DAY / 2)
        assert status(given) == "active"
        run(END, END)
        assert status(given) == "grace"
        run(END + 3 * DAY, END + 4 * DAY)
        given.refresh_from_db()
        assert (given.status, given.ended_at) == ("expired", END + 3 * DAY)
        assert history(given) == ["asked", "started", "lapsed", "expired"]
        assert not SubscriptionChange.objects.filter(kind="lapsed", by__isnull=False).exists()

    def test_makes_up_for_days_that_it_did_not_run(self, desk, aziza):
        given = desk.give(aziza, "pro")
        run(END + 60 * DAY)
        given.refresh_from_db()
        assert (given.status, given.ended_at) == ("expired", END + 3 * DAY)

    def test_begins_the_plan_that_waits(self, desk, aziza, published, notified):
        pro = desk.give(aziza, "pro")
        desk.activate(desk.ask(aziza, "basic"))
        published.clear()
        run(END, END)
        assert status(pro) == "expired"
        basic = Subscription.objects.get(plan__code="basic")
        assert (basic.status, basic.starts_at) == ("active", END)
        assert [event.event for event in published] == ["subscription.changed"]
        assert published[0].to == (aziza.pk,)
        assert published[0].data == me(aziza, at=END)
        assert texts(notified)[-1] == "subscription_started"

    def test_ends_a_cancelled_one_without_grace(self, desk, aziza):
        given = desk.give(aziza, "pro")
        desk.cancel(aziza)
        run(END, END)
        given.refresh_from_db()
        assert (given.status, given.ended_at) == ("cancelled", END)

    def test_goes_through_everybody_in_batches(self, desk, aziza, bobur, charos, monkeypatch):
        monkeypatch.setattr(expiry, "BATCH", 1)
        given = [desk.give(person, "pro") for person in (aziza, bobur, charos)]
        assert settle_due_subscriptions(now=END) == 3
        assert [status(one) for one in given] == ["grace"] * 3

    def test_is_on_the_worker_s_clock(self):
        periodic = app.periodic_registry.periodic_tasks.values()
        assert "marketplace.settle_subscriptions" in {each.task.name for each in periodic}


@pytest.mark.django_db(transaction=True)
def test_the_worker_settles_what_is_due(desk, aziza):
    given = desk.give(aziza, "pro")  # of 2026-11-10
    Subscription.objects.filter(pk=given.pk).update(ends_at=NOON + DAY)
    enqueue("marketplace.settle_subscriptions", timestamp=0)
    work_until_idle()
    assert jobs("status", of="marketplace.settle_subscriptions") == ["succeeded"]
    assert status(given) == "expired"


class TestNotices:
    def test_come_7_3_and_1_days_before_the_end(self, desk, aziza, notified):
        desk.give(aziza, "pro")
        notified.clear()
        for hours in range(24 * 9):
            run(END - 8 * DAY + hours * DAY / 24)
        days = [n.params["days"] for n in notified if n.text == "subscription_ends_soon"]
        assert days == [7, 3, 1]
        assert texts(notified)[3:] == ["subscription_in_grace"]

    def test_come_once_though_the_schedule_runs_twice(self, desk, aziza, notified):
        desk.give(aziza, "pro")
        notified.clear()
        run(END - 7 * DAY, END - 7 * DAY, END - 6 * DAY, END, END, END + 3 * DAY, END + 3 * DAY)
        assert texts(notified) == [
            "subscription_ends_soon", "subscription_in_grace", "subscription_expired"
        ]  # fmt: skip

    def test_say_how_many_days_are_left_when_they_are_late(self, desk, aziza, notified):
        desk.give(aziza, "pro")
        notified.clear()
        run(END - 2 * DAY, END - 2 * DAY)
        assert [notice.params["days"] for notice in notified] == [2]

    def test_come_again_for_the_new_end(self, desk, aziza, notified):
        given = desk.give(aziza, "pro")
        run(END - DAY)
        desk.extend(given, 30, at=END - DAY)
        notified.clear()
        run(END, END + 23 * DAY, END + 27 * DAY, END + 29 * DAY)
        assert [notice.params["days"] for notice in notified] == [7, 3, 1]

    def test_are_not_due_when_the_next_plan_is_paid_for(self, desk, aziza, notified):
        desk.give(aziza, "pro")
        desk.activate(desk.ask(aziza, "basic"))
        notified.clear()
        run(END - 7 * DAY, END - DAY)
        assert notified == []

    def test_go_to_the_owner_alone(self, desk, aziza, charos, notified):
        desk.give(aziza, "pro")
        run(END - DAY, END, END + 3 * DAY)
        assert {notice.to for notice in notified} == {(aziza.pk,)}
        assert {notice.kind for notice in notified} == {"subscription"}

    def test_have_words_in_every_case(self, desk, aziza, bobur, notified):
        given = desk.give(aziza, "pro")
        desk.activate(desk.ask(aziza, "basic"))
        desk.extend(given, 1)
        desk.cancel(aziza)
        desk.expire(given)
        desk.give(bobur, "pro")
        desk.activate(desk.ask(bobur, "basic"))
        run(END - DAY, END, END + 29 * DAY, END + 30 * DAY)
        assert len(set(texts(notified))) == 9
        for notice in notified:
            refuse_unknown_text(notice.kind, notice.text, notice.params, notice.data)
            title, body = render(notice.text, notice.params, "en")
            assert "…" not in title + body

    def test_name_the_local_day(self, desk, aziza, notified):
        desk.give(aziza, "pro", at=NOON.replace(hour=20))  # 01:00 of the 11th in Tashkent
        assert notified[-1].params == {"plan": "Pro", "until": "11.12.2026"}
