"""Short words for what happens to subscriptions, at a moment of one's own choice."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from ledger.models import User
from marketplace.actions import subscriptions
from marketplace.models import MonthlyUsage, Plan, Subscription, SubscriptionChange
from marketplace.queries.plans import billing_data
from marketplace.queries.standing import read_standing

NOON = datetime(2026, 11, 10, 7, tzinfo=UTC)  # 12:00 in Tashkent
DAY = timedelta(days=1)
MIGRATION = import_module("marketplace.migrations.0001_billing")


def sell_plans() -> None:
    """Those of the migration: a test that commits ends with empty tables."""
    MIGRATION.sell_plans(Apps, None)


class Apps:
    get_model = staticmethod(lambda app, name: Plan)


class Desk:
    """`desk.give(aziza, "pro")` and the rest; without a moment, on the tenth at noon."""

    def ask(self, person: User, plan: str, *, at: datetime = NOON) -> Subscription:
        subscriptions.subscribe(account_id=person.pk, plan=plan, by=person.pk, reason="", now=at)
        return Subscription.objects.get(user=person, status="pending")

    def activate(self, subscription: Subscription, *, at: datetime = NOON) -> None:
        subscriptions.activate_subscription(
            subscription_id=subscription.pk, by=None, reason="paid", now=at
        )

    def give(self, person: User, plan: str, *, at: datetime = NOON) -> Subscription:
        asked = self.ask(person, plan, at=at)
        self.activate(asked, at=at)
        asked.refresh_from_db()
        return asked

    def extend(self, subscription: Subscription, days: int, *, at: datetime = NOON) -> None:
        subscriptions.extend_subscription(
            subscription_id=subscription.pk, days=days, by=None, reason="gift", now=at
        )

    def cancel(self, person: User, *, at: datetime = NOON) -> None:
        subscriptions.cancel_all(account_id=person.pk, by=person.pk, reason="", now=at)

    def expire(self, subscription: Subscription, *, at: datetime = NOON) -> None:
        subscriptions.expire_subscription(
            subscription_id=subscription.pk, by=None, reason="taken back", now=at
        )


def me(person: User, *, at: datetime = NOON) -> dict[str, Any]:
    """What `GET me/` answers at that moment."""
    return billing_data(read_standing(person.pk, now=at), now=at)


def used(person: User, period: str = "2026-11") -> int:
    return MonthlyUsage.objects.get(user=person, period=period).used


def history(subscription: Subscription) -> list[str]:
    lines = SubscriptionChange.objects.filter(subscription=subscription).order_by("pk")
    return list(lines.values_list("kind", flat=True))


def code_of(refused: Any) -> str:
    return str(refused.value.code)
