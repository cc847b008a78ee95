"""Asking for plans, and what operators and gateways do then."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.errors import DomainError, NotFound
from marketplace.models import Plan, Subscription, SubscriptionChange
from tests.marketplace.billing.desk import DAY, NOON, code_of, history, me

pytestmark = pytest.mark.django_db


def states(person):
    found = Subscription.objects.filter(user=person).order_by("pk")
    return [f"{one.plan.code} {one.status}" for one in found.select_related("plan")]


class TestSubscribe:
    def test_waits_for_an_operator(self, desk, aziza):
        desk.ask(aziza, "pro")
        answer = me(aziza)
        assert (answer["plan"]["code"], answer["status"]) == ("pro", "pending")
        assert (answer["starts_at"], answer["ends_at"], answer["next"]) == (None, None, None)
        assert answer["usage"]["limit"] == 0

    def test_refuses_a_second_request(self, desk, aziza):
        desk.ask(aziza, "pro")
        with pytest.raises(DomainError) as refused:
            desk.ask(aziza, "premium")
        assert code_of(refused) == "subscription_pending"

    def test_refuses_the_plan_that_is_on(self, desk, aziza):
        desk.give(aziza, "pro")
        with pytest.raises(DomainError) as refused:
            desk.ask(aziza, "pro")
        assert code_of(refused) == "already_on_plan"

    @pytest.mark.parametrize("plan", ["gold", "withdrawn", "PRO"])
    def test_knows_only_what_is_offered(self, desk, aziza, plan):
        Plan.objects.create(code="withdrawn", name="Old", is_offered=False)
        with pytest.raises(NotFound):
            desk.ask(aziza, plan)

    def test_lets_a_plan_in_grace_be_asked_for_again(self, desk, aziza):
        first = desk.give(aziza, "pro")
        late = first.ends_at + DAY
        again = desk.ask(aziza, "pro", at=late)
        assert me(aziza, at=late)["next"]["code"] == "pro"
        desk.activate(again, at=late)
        answer = me(aziza, at=late)
        assert (answer["status"], answer["next"]) == ("active", None)
        assert states(aziza) == ["pro expired", "pro active"]

    def test_lets_a_cancelled_plan_be_asked_for_again(self, desk, aziza):
        first = desk.give(aziza, "pro")
        desk.cancel(aziza)
        desk.activate(desk.ask(aziza, "pro"))
        assert me(aziza)["status"] == "cancelled"
        answer = me(aziza, at=first.ends_at)
        assert (answer["status"], answer["ends_at"][:10]) == ("active", "2027-01-09")


class TestActivate:
    def test_begins_the_period(self, desk, aziza):
        given = desk.give(aziza, "basic")
        assert (given.status, given.starts_at) == ("active", NOON)
        assert given.ends_at == NOON + 30 * DAY
        assert history(given) == ["asked", "started"]

    def test_works_once(self, desk, aziza):
        given = desk.give(aziza, "basic")
        with pytest.raises(DomainError) as refused:
            desk.activate(given, at=NOON + DAY)
        assert code_of(refused) == "subscription_not_pending"
        given.refresh_from_db()
        assert given.ends_at == NOON + 30 * DAY

    def test_begins_an_upgrade_at_once(self, desk, aziza):
        basic = desk.give(aziza, "basic")
        asked = desk.ask(aziza, "pro", at=NOON + DAY)
        waiting = me(aziza, at=NOON + DAY)
        assert (waiting["plan"]["code"], waiting["status"]) == ("basic", "active")
        assert waiting["next"]["code"] == "pro"
        desk.activate(asked, at=NOON + 2 * DAY)
        answer = me(aziza, at=NOON + 2 * DAY)
        assert (answer["plan"]["code"], answer["next"]) == ("pro", None)
        assert answer["usage"]["limit"] == 30
        basic.refresh_from_db()
        assert (basic.status, basic.ended_at) == ("expired", NOON + 2 * DAY)
        assert history(basic)[-1] == "replaced"

    def test_lets_a_downgrade_wait_for_the_end_of_the_period(self, desk, aziza):
        pro = desk.give(aziza, "pro")
        asked = desk.ask(aziza, "basic", at=NOON + DAY)
        desk.activate(asked, at=NOON + 2 * DAY)
        before, after = me(aziza, at=pro.ends_at - DAY), me(aziza, at=pro.ends_at)
        assert (before["plan"]["code"], before["next"]["code"]) == ("pro", "basic")
        assert (after["plan"]["code"], after["status"]) == ("basic", "active")
        assert (after["starts_at"], after["next"]) == (before["ends_at"], None)
        with pytest.raises(DomainError) as refused:
            desk.activate(asked, at=NOON + 3 * DAY)
        assert code_of(refused) == "subscription_not_pending"

    def test_leaves_what_nobody_paid_for_waiting_past_the_end(self, desk, aziza):
        pro = desk.give(aziza, "pro")
        asked = desk.ask(aziza, "basic")
        grace, over = me(aziza, at=pro.ends_at), me(aziza, at=pro.ends_at + 4 * DAY)
        assert (grace["plan"]["code"], grace["status"]) == ("pro", "grace")
        assert (over["plan"]["code"], over["status"]) == ("basic", "pending")
        desk.activate(asked, at=pro.ends_at + 5 * DAY)
        assert me(aziza, at=pro.ends_at + 5 * DAY)["status"] == "active"

    def test_compares_prices_by_the_day(self, desk, aziza):
        Plan.objects.create(code="year", name="Year", price=1_200_000, period_days=365)
        pro = desk.give(aziza, "pro")
        desk.activate(desk.ask(aziza, "year"))
        assert me(aziza)["plan"]["code"] == "pro"
        assert me(aziza, at=pro.ends_at)["plan"]["code"] == "year"

    def test_of_one_that_is_not_there_is_refused(self, desk):
        with pytest.raises(NotFound):
            desk.activate(Subscription(pk=404))


class TestExtend:
    def test_moves_the_end(self, desk, aziza):
        given = desk.give(aziza, "pro")
        desk.extend(given, 10)
        assert me(aziza)["ends_at"][:10] == "2026-12-20"
        line = SubscriptionChange.objects.get(kind="extended")
        assert (line.from_ends_at, line.to_ends_at) == (NOON + 30 * DAY, NOON + 40 * DAY)
        assert (line.by, line.reason) == (None, "gift")

    def test_brings_one_in_grace_back(self, desk, aziza):
        given = desk.give(aziza, "pro")
        late = given.ends_at + DAY
        desk.extend(given, 30, at=late)
        answer = me(aziza, at=late)
        assert (answer["status"], answer["ends_at"][:10]) == ("active", "2027-01-09")

    def test_refuses_what_is_over_or_has_not_begun(self, desk, aziza, bobur):
        over = desk.give(aziza, "pro")
        for subscription, at in ((over, over.ends_at + 4 * DAY), (desk.ask(bobur, "pro"), NOON)):
            with pytest.raises(DomainError) as refused:
                desk.extend(subscription, 5, at=at)
            assert code_of(refused) == "subscription_not_running"

    @pytest.mark.parametrize("days", [0, -5, 3661])
    def test_refuses_odd_numbers_of_days(self, desk, aziza, days):
        with pytest.raises(DomainError) as refused:
            desk.extend(desk.give(aziza, "pro"), days)
        assert code_of(refused) == "days_invalid"
        assert "3660" in refused.value.sentence()


class TestCancel:
    def test_lets_the_plan_run_to_its_end(self, desk, aziza):
        given = desk.give(aziza, "pro")
        desk.cancel(aziza)
        running, over = me(aziza), me(aziza, at=given.ends_at)
        assert (running["status"], running["usage"]["limit"]) == ("cancelled", 30)
        assert (over["status"], over["usage"]["limit"]) == ("cancelled", 0)
        assert over["plan"]["code"] == "pro"

    def test_withdraws_a_request(self, desk, aziza):
        desk.ask(aziza, "pro")
        desk.cancel(aziza)
        answer = me(aziza)
        assert (answer["plan"], answer["status"]) == (None, "none")

    def test_ends_both_the_plan_and_the_change_that_waits(self, desk, aziza):
        desk.give(aziza, "pro")
        desk.activate(desk.ask(aziza, "basic"))
        desk.cancel(aziza)
        answer = me(aziza)
        assert (answer["status"], answer["next"]) == ("cancelled", None)
        assert states(aziza) == ["pro cancelled", "basic cancelled"]

    def test_leaves_nothing_to_run_in_grace(self, desk, aziza):
        given = desk.give(aziza, "pro")
        late = given.ends_at + DAY
        desk.cancel(aziza, at=late)
        answer = me(aziza, at=late)
        assert (answer["status"], answer["usage"]["limit"]) == ("cancelled", 0)

    def test_of_nothing_is_refused(self, desk, aziza):
        with pytest.raises(DomainError) as refused:
            desk.cancel(aziza)
        assert code_of(refused) == "nothing_to_cancel"
        desk.give(aziza, "pro")
        desk.cancel(aziza)
        with pytest.raises(DomainError) as refused:
            desk.cancel(aziza)
        assert code_of(refused) == "nothing_to_cancel"


class TestExpire:
    def test_ends_at_once(self, desk, aziza):
        desk.expire(desk.give(aziza, "pro"))
        answer = me(aziza)
        assert (answer["status"], answer["usage"]["limit"]) == ("expired", 0)

    def test_lets_the_next_plan_begin(self, desk, aziza):
        pro = desk.give(aziza, "pro")
        desk.activate(desk.ask(aziza, "basic"))
        desk.expire(pro, at=NOON + DAY)
        answer = me(aziza, at=NOON + DAY)
        assert (answer["plan"]["code"], answer["status"]) == ("basic", "active")


class TestRules:
    """What the database refuses, whoever writes."""

    def test_one_runs_and_one_waits(self, desk, aziza):
        plan = desk.give(aziza, "pro").plan
        desk.ask(aziza, "basic")
        for status in ("active", "grace", "pending"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Subscription.objects.create(user=aziza, plan=plan, status=status)

    def test_history_only_grows(self, desk, aziza):
        desk.give(aziza, "pro")
        for change in (
            lambda: SubscriptionChange.objects.update(reason="?"),
            lambda: SubscriptionChange.objects.all().delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()

    @pytest.mark.parametrize(
        ("status", "shown"),
        [("pending", "pending"), ("active", "active"), ("grace", "grace"),
         ("expired", "expired"), ("cancelled", "none")],
    )  # fmt: skip
    def test_a_row_that_a_script_writes_gets_its_dates(self, aziza, status, shown):
        row = Subscription.objects.create(
            user=aziza, plan=Plan.objects.get(code="pro"), status=status
        )
        row.refresh_from_db()
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            (now,) = cursor.fetchone()
        assert me(aziza, at=now)["status"] == shown

    def test_a_status_that_a_script_sets_starts_the_plan(self, desk, aziza):
        asked = desk.ask(aziza, "pro")
        Subscription.objects.filter(pk=asked.pk).update(status="active")
        asked.refresh_from_db()
        assert asked.ends_at - asked.starts_at == 30 * DAY


class TestScripts:
    """An operator's script sets a status and knows of no dates."""

    @pytest.mark.parametrize("status", ["expired", "cancelled", "grace", "pending"])
    def test_may_have_a_plan_run_again(self, desk, aziza, status):
        row = Subscription.objects.create(
            user=aziza, plan=Plan.objects.get(code="pro"), status=status
        )
        if status == "cancelled":
            Subscription.objects.filter(pk=row.pk).update(ended_at=timezone.now())
        row.refresh_from_db()
        row.status = "active"
        row.save()
        answer = me(aziza, at=timezone.now())
        assert (answer["status"], answer["plan"]["code"]) == ("active", "pro")
        assert answer["usage"]["remaining"] == 30
        row.refresh_from_db()
        assert row.ends_at > timezone.now() + 29 * DAY

    def test_may_activate_another_plan_than_the_one_that_runs(self, desk, aziza):
        now = timezone.now()
        desk.give(aziza, "basic", at=now)
        row = desk.ask(aziza, "pro", at=now)
        row.status = "active"
        row.save()
        answer = me(aziza, at=timezone.now())
        assert (answer["plan"]["code"], answer["status"], answer["next"]) == ("pro", "active", None)
        assert states(aziza) == ["basic expired", "pro active"]

    def test_leave_the_dates_that_they_set(self, desk, aziza):
        row = desk.give(aziza, "pro")
        desk.expire(row)
        until = timezone.now() + 5 * DAY
        Subscription.objects.filter(pk=row.pk).update(status="active", ends_at=until, ended_at=None)
        assert Subscription.objects.get().ends_at == until
