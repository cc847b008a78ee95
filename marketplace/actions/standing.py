"""An account's standing, held: read under the account's lock, written, told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from core.errors import NotFound
from core.events import notify, publish
from core.times import local_date
from marketplace.models import Subscription, SubscriptionChange
from marketplace.queries.plans import billing_data
from marketplace.queries.standing import GRACE, Standing, Step, read_standing

WRITTEN = ("status", "activated_at", "starts_at", "ends_at", "ended_at", "noticed_at")
Kind = SubscriptionChange.Kind

# What the owner is told of the steps that the clock takes.
CLOCK_SAYS: dict[str, str] = {
    Kind.STARTED: "subscription_started",
    Kind.LAPSED: "subscription_in_grace",
    Kind.EXPIRED: "subscription_expired",
}


def hold_standing(account_id: int, *, now: datetime) -> Standing:
    """The account's standing, its account locked until the transaction ends. What the clock did
    since is written first. Raises NotFound for an account that was deleted or never was."""
    hold_account(account_id)
    standing = read_standing(account_id, now=now)
    if standing.steps:
        steps = write(standing, by=None, reason="", now=now)
        for step in steps:
            if step.kind in CLOCK_SAYS:
                say(CLOCK_SAYS[step.kind], step.subscription)
        tell(standing, now=now)
    return standing


def hold_account(account_id: int) -> None:
    """Raises NotFound for an account that was deleted or never was.

    The lock is a statement of its own: what is read after it is what the one before has left.
    """
    accounts = get_user_model()._default_manager.select_for_update(no_key=True)
    if not accounts.filter(pk=account_id, deleted_at__isnull=True).values_list("pk").first():
        raise NotFound


def write(standing: Standing, *, by: int | None, reason: str, now: datetime) -> list[Step]:
    """The steps taken, as rows, each with its line of history. What ends is written before what
    begins in its place: at no moment do two run."""
    steps, standing.steps = standing.steps, []
    for step in steps:
        step.subscription.save(update_fields=WRITTEN)
    SubscriptionChange.objects.bulk_create(_lines(steps, by, reason, now))
    return steps


def _lines(
    steps: Iterable[Step], by: int | None, reason: str, now: datetime
) -> list[SubscriptionChange]:
    return [
        SubscriptionChange(
            subscription=step.subscription,
            kind=step.kind,
            by_id=by,
            reason=reason,
            from_status=step.from_status,
            to_status=step.to_status,
            from_ends_at=step.from_ends_at,
            to_ends_at=step.to_ends_at,
            created_at=now,
        )
        for step in steps
    ]


def tell(standing: Standing, *, now: datetime) -> None:
    """The owner's devices see what `GET me/` answers from now on."""
    data = billing_data(standing, now=now)
    publish("subscription.changed", to=[standing.account_id], data=data)


def say(
    text: str, subscription: Subscription, *, until: datetime | None = None, **more: Any
) -> None:
    """A line for the owner; `until` is the end of the plan, or of its grace, unless given."""
    moment = until or subscription.ends_at
    if moment and text == "subscription_in_grace":
        moment += GRACE
    day = f"{local_date(moment):%d.%m.%Y}" if moment else ""
    notify(
        "subscription",
        to=[subscription.user_id],
        text=text,
        params={"plan": subscription.plan.name, "until": day, **more},
        data={"subscription": subscription.pk, "plan": subscription.plan.code},
    )
