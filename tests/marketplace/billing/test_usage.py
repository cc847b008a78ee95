"""Slots: exactly so many a local month, whoever may post."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.actions.usage import (
    PostLimitReached,
    SubscriptionRequired,
    give_back_slot,
    take_slot,
)
from marketplace.models import MonthlyUsage, Plan, Subscription
from marketplace.queries.plans import Features, features_of, running_plan
from tests.marketplace.billing.desk import DAY, NOON, me, used

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MIDNIGHT = datetime(2026, 11, 30, 19, tzinfo=UTC)  # the first of December in Tashkent


def take(person, *, at=NOON, times=1):
    for _ in range(times):
        period = take_slot(account_id=person.pk, now=at)
    return period


def refusal(person, *, at=NOON):
    with pytest.raises(PostLimitReached) as refused:
        take(person, at=at)
    return refused.value.extra


class TestTakeSlot:
    def test_counts_up_to_the_limit(self, desk, aziza):
        desk.give(aziza, "basic")
        assert take(aziza, times=5) == "2026-11"
        assert refusal(aziza) == {
            "used": 5,
            "limit": 5,
            "resets_at": "2026-12-01T00:00:00.000000+05:00",
        }
        assert used(aziza) == 5

    def test_counts_without_a_limit_too(self, desk, aziza):
        desk.give(aziza, "premium")
        take(aziza, times=7)
        usage = MonthlyUsage.objects.get(user=aziza)
        assert (usage.used, usage.limit) == (7, None)

    def test_is_refused_by_a_plan_of_no_posts(self, desk, aziza):
        Plan.objects.create(code="reader", name="Reader", post_limit=0)
        desk.give(aziza, "reader")
        assert refusal(aziza)["limit"] == 0
        assert not MonthlyUsage.objects.exists()

    def test_turns_the_month_at_local_midnight(self, desk, aziza):
        desk.give(aziza, "basic", at=MIDNIGHT - DAY)
        assert take(aziza, at=MIDNIGHT - SECOND, times=5) == "2026-11"
        assert refusal(aziza, at=MIDNIGHT - SECOND)["resets_at"].startswith("2026-12-01T00:00:00")
        assert me(aziza, at=MIDNIGHT - SECOND)["usage"]["remaining"] == 0
        assert me(aziza, at=MIDNIGHT)["usage"] == {
            "period": "2026-12",
            "used": 0,
            "limit": 5,
            "remaining": 5,
            "resets_at": "2027-01-01T00:00:00.000000+05:00",
        }
        assert take(aziza, at=MIDNIGHT, times=5) == "2026-12"
        assert refusal(aziza, at=MIDNIGHT)["resets_at"].startswith("2027-01-01T00:00:00")
        assert (used(aziza), used(aziza, "2026-12")) == (5, 5)

    def test_keeps_what_was_used_over_an_upgrade(self, desk, aziza):
        desk.give(aziza, "basic")
        take(aziza, times=5)
        asked = desk.ask(aziza, "pro")
        assert refusal(aziza)["limit"] == 5
        desk.activate(asked)
        take(aziza, times=25)
        assert refusal(aziza) | {"resets_at": ""} == {"used": 30, "limit": 30, "resets_at": ""}

    def test_has_the_smaller_limit_from_a_downgrade_on(self, desk, aziza):
        pro = desk.give(aziza, "pro")
        desk.activate(desk.ask(aziza, "basic"))
        take(aziza, at=pro.ends_at - SECOND, times=7)
        assert refusal(aziza, at=pro.ends_at) | {"resets_at": ""} == {
            "used": 7, "limit": 5, "resets_at": ""
        }  # fmt: skip
        assert me(aziza, at=pro.ends_at)["usage"]["remaining"] == 0

    def test_reads_the_limit_that_operators_set_meanwhile(self, desk, aziza):
        desk.give(aziza, "basic")
        take(aziza, times=5)
        Plan.objects.filter(code="basic").update(post_limit=6)
        take(aziza)
        assert refusal(aziza)["limit"] == 6


class TestWhoMayPost:
    def test_nobody_without_a_plan(self, desk, aziza, charos):
        desk.give(aziza, "pro")
        with pytest.raises(SubscriptionRequired):
            take(charos)
        desk.ask(charos, "pro")
        with pytest.raises(SubscriptionRequired):
            take(charos)
        assert not MonthlyUsage.objects.exists()

    def test_who_is_in_grace_for_three_days(self, desk, aziza):
        end = desk.give(aziza, "pro").ends_at
        take(aziza, at=end)
        take(aziza, at=end + 3 * DAY - SECOND)
        with pytest.raises(SubscriptionRequired):
            take(aziza, at=end + 3 * DAY)

    def test_who_has_cancelled_until_the_end(self, desk, aziza):
        end = desk.give(aziza, "pro").ends_at
        desk.cancel(aziza)
        take(aziza, at=end - SECOND)
        with pytest.raises(SubscriptionRequired):
            take(aziza, at=end)

    def test_nobody_whose_plan_was_ended(self, desk, aziza):
        desk.expire(desk.give(aziza, "pro"))
        with pytest.raises(SubscriptionRequired):
            take(aziza)


class TestGiveBack:
    def test_frees_a_slot_of_its_month(self, desk, aziza):
        desk.give(aziza, "basic")
        period = take(aziza, times=5)
        give_back_slot(account_id=aziza.pk, period=period)
        take(aziza)
        refusal(aziza)

    def test_never_goes_below_nothing(self, desk, aziza, bobur):
        desk.give(aziza, "basic")
        period = take(aziza)
        for person in (aziza, aziza, bobur):
            give_back_slot(account_id=person.pk, period=period)
        assert used(aziza) == 0


class TestFeatures:
    def test_are_those_of_the_running_plan(self, desk, aziza, charos):
        desk.give(aziza, "pro")
        assert features_of(aziza.pk, now=NOON) == Features(images_per_post=6, saved_searches=10)
        assert features_of(charos.pk, now=NOON) == Features(images_per_post=6, saved_searches=3)
        assert running_plan(aziza.pk, now=NOON) == "pro"
        assert running_plan(charos.pk, now=NOON) is None

    def test_end_with_the_plan(self, desk, aziza):
        end = desk.give(aziza, "pro").ends_at
        assert features_of(aziza.pk, now=end + 2 * DAY).saved_searches == 10
        assert features_of(aziza.pk, now=end + 3 * DAY).saved_searches == 3

    def test_of_a_plan_that_does_not_name_them_are_the_usual(self, aziza):
        bare = Plan.objects.create(code="bare", name="Bare", features={"saved_searches": 4})
        Subscription.objects.create(user=aziza, plan=bare, status="active")
        row = Subscription.objects.get(user=aziza)
        assert features_of(aziza.pk, now=row.starts_at) == Features(6, 4)
