"""Many at once, on connections of their own."""

import pytest
from django.utils import timezone

from core.errors import DomainError
from marketplace.actions.expiry import settle_due_subscriptions
from marketplace.actions.subscriptions import activate_subscription, grant_subscription
from marketplace.actions.usage import give_back_slot, take_slot
from marketplace.models import Subscription, SubscriptionChange
from tests.conftest import PASSWORD
from tests.marketplace.billing.desk import DAY, NOON, used
from tests.race import at_once, behind

pytestmark = pytest.mark.django_db(transaction=True)

# The local month's last second, and its next.
EDGE = [NOON.replace(day=30, hour=18, minute=59, second=59), NOON.replace(day=30, hour=19)]


def outcome(call, *args, **kwargs):
    """The code of the refusal, or `ok`."""
    try:
        call(*args, **kwargs)
    except DomainError as refusal:
        return refusal.code
    return "ok"


def take(person, at=NOON):
    return lambda: outcome(take_slot, account_id=person.pk, now=at)


def tally(outcomes):
    return {code: outcomes.count(code) for code in sorted(set(outcomes))}


class TestSlots:
    def test_exactly_the_limit_passes(self, desk, aziza):
        desk.give(aziza, "basic")
        outcomes = at_once([take(aziza)] * 25)
        assert tally(outcomes) == {"ok": 5, "post_limit_reached": 20}
        assert used(aziza) == 5

    def test_exactly_the_limit_passes_on_both_sides_of_midnight(self, desk, aziza):
        desk.give(aziza, "basic", at=EDGE[0] - DAY)
        outcomes = at_once([take(aziza, at) for at in EDGE] * 25)
        assert tally(outcomes) == {"ok": 10, "post_limit_reached": 40}
        assert (used(aziza), used(aziza, "2026-12")) == (5, 5)

    def test_an_upgrade_in_between_raises_the_limit_once(self, desk, aziza):
        desk.give(aziza, "basic")
        asked = desk.ask(aziza, "pro")

        def upgrade():
            return outcome(
                activate_subscription, subscription_id=asked.pk, by=None, reason="", now=NOON
            )

        first = at_once([*[take(aziza)] * 15, upgrade, *[take(aziza)] * 4])
        passed = first.count("ok") - 1
        assert 5 <= passed <= 19
        outcomes = at_once([take(aziza)] * 50)
        assert outcomes.count("ok") == 30 - passed
        assert used(aziza) == 30

    def test_slots_given_back_in_between_are_taken_again_and_no_more(self, desk, aziza):
        desk.give(aziza, "basic")
        at_once([take(aziza)] * 5)

        def give_back():
            give_back_slot(account_id=aziza.pk, period="2026-11")
            return "given back"

        outcomes = at_once([*[take(aziza)] * 10, *[give_back] * 3, *[take(aziza)] * 12])
        rest = at_once([take(aziza)] * 5)
        assert (outcomes + rest).count("ok") == 3
        assert used(aziza) == 5

    def test_a_post_that_waits_for_an_upgrade_has_its_limit(self, desk, aziza):
        desk.give(aziza, "basic")
        asked = desk.ask(aziza, "pro")
        at_once([take(aziza)] * 5)
        assert behind(lambda: desk.activate(asked), take(aziza)) == "ok"

    def test_a_post_that_waits_for_the_end_is_refused(self, desk, aziza):
        given = desk.give(aziza, "basic")
        assert behind(lambda: desk.expire(given), take(aziza)) == "subscription_required"


class TestSubscriptions:
    def test_of_20_requests_one_waits(self, desk, aziza):
        outcomes = at_once([lambda: outcome(desk.ask, aziza, "pro")] * 20)
        assert tally(outcomes) == {"ok": 1, "subscription_pending": 19}
        assert Subscription.objects.filter(user=aziza).count() == 1

    def test_of_20_activations_one_begins(self, desk, aziza):
        asked = desk.ask(aziza, "pro")
        outcomes = at_once([lambda: outcome(desk.activate, asked)] * 20)
        assert tally(outcomes) == {"ok": 1, "subscription_not_pending": 19}
        assert Subscription.objects.running().filter(user=aziza).count() == 1
        assert SubscriptionChange.objects.filter(kind="started").count() == 1

    def test_of_10_grants_one_runs(self, aziza):
        def grant():
            return outcome(
                grant_subscription,
                account_id=aziza.pk, plan="pro", by=None, reason="", now=NOON,
            )  # fmt: skip

        assert tally(at_once([grant] * 10)) == {"already_on_plan": 9, "ok": 1}

    def test_a_cancellation_and_an_activation_leave_one_history(self, desk, aziza):
        asked = desk.ask(aziza, "pro")
        calls = [lambda: outcome(desk.activate, asked), lambda: outcome(desk.cancel, aziza)]
        outcomes = at_once(calls * 5)
        assert outcomes.count("ok") in (1, 2)
        asked.refresh_from_db()
        assert asked.status == "cancelled"

    def test_every_extension_counts(self, desk, aziza):
        given = desk.give(aziza, "pro")
        at_once([lambda: desk.extend(given, 1)] * 10)
        given.refresh_from_db()
        assert given.ends_at == NOON + 40 * DAY

    def test_schedules_at_once_do_everything_once(self, desk, aziza, bobur):
        end = desk.give(aziza, "pro").ends_at
        desk.give(bobur, "pro")
        desk.activate(desk.ask(bobur, "basic"))
        at_once([lambda: settle_due_subscriptions(now=end)] * 6)
        kinds = SubscriptionChange.objects.exclude(kind__in=("asked", "activated"))
        found = kinds.order_by("kind").values_list("kind", flat=True)
        assert list(found) == ["lapsed", "replaced", "started", "started", "started"]

    def test_a_reminder_of_two_schedules_comes_once(self, desk, aziza, notified):
        end = desk.give(aziza, "pro").ends_at
        notified.clear()
        at_once([lambda: settle_due_subscriptions(now=end - DAY)] * 6)
        assert [notice.text for notice in notified] == ["subscription_ends_soon"]


def test_a_deleted_account_runs_nothing(desk, api, aziza):
    now = timezone.now()
    given = desk.give(aziza, "pro", at=now)
    desk.ask(aziza, "premium", at=now)
    answer = api(aziza).delete("/api/auth/me/", {"password": PASSWORD}, format="json")
    assert answer.status_code == 204
    assert not Subscription.objects.filter(user=aziza, ended_at__isnull=True).exists()
    given.refresh_from_db()
    assert given.status == "cancelled"
    assert outcome(desk.ask, aziza, "pro") == "not_found"
