"""What an account has by now: its rows, and what the clock made of them since they were written.

The schedule writes what the clock does within the hour. Until then whoever reads or writes
brings the rows forward in memory first, so that nothing ever depends on when it ran.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q

from marketplace.models import Plan, Subscription, SubscriptionChange
from marketplace.models.plans import SubscriptionQuery

GRACE = timedelta(days=3)
Status, Kind = Subscription.Status, SubscriptionChange.Kind


class Step(NamedTuple):
    """One thing that happened to a subscription, not yet written."""

    subscription: Subscription
    kind: str
    from_status: str
    to_status: str
    from_ends_at: datetime | None
    to_ends_at: datetime | None


@dataclass
class Standing:
    """`running` may post, `waiting` is pending, `last` ran before (read when nothing runs)."""

    account_id: int
    running: Subscription | None = None
    waiting: Subscription | None = None
    last: Subscription | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def plan(self) -> Plan | None:
        """The plan that may be used now."""
        return self.running.plan if self.running else None

    def change(self, subscription: Subscription, kind: str, **values: Any) -> None:
        """Set `values` and remember what they were."""
        status, ends_at = subscription.status, subscription.ends_at
        for name, value in values.items():
            setattr(subscription, name, value)
        after = subscription.status, subscription.ends_at
        self.steps.append(Step(subscription, kind, status, after[0], ends_at, after[1]))

    def begin(self, *, at: datetime, now: datetime) -> None:
        """The waiting plan runs from `at` on, in the place of what ran."""
        assert self.waiting
        if self.running:
            self.end(Kind.REPLACED, at=at)
        self.running, self.waiting = self.waiting, None
        self.change(
            self.running,
            Kind.STARTED,
            status=Status.ACTIVE,
            activated_at=self.running.activated_at or now,
            starts_at=at,
            ends_at=at + timedelta(days=self.running.plan.period_days),
            noticed_at=at,  # a plan of three days is not about to end: it has just begun
        )

    def end(self, kind: str, *, at: datetime) -> None:
        """What runs is over. A cancelled one stays known as that."""
        assert self.running
        self.last, self.running = self.running, None
        cancelled = self.last.status == Status.CANCELLED
        status = Status.CANCELLED if cancelled else Status.EXPIRED
        self.change(self.last, kind, status=status, ended_at=at)


def read_standing(account_id: int, *, now: datetime) -> Standing:
    """The account's standing at `now`; `steps` are what its rows do not say yet."""
    standing = Standing(account_id)
    for subscription in _of(account_id).filter(ended_at__isnull=True):
        if subscription.status == Status.PENDING:
            standing.waiting = subscription
        else:
            standing.running = subscription
    _bring_to(standing, now)
    return standing


def read_last(standing: Standing) -> Subscription | None:
    """What ran before and is over; a plan that was asked for and never began does not count."""
    if standing.last is None:
        ran = Q(starts_at__isnull=False) | Q(status=Status.EXPIRED)
        over = _of(standing.account_id).filter(ran, ended_at__isnull=False)
        standing.last = over.order_by("-ended_at", "-pk").first()
    return standing.last


def _of(account_id: int) -> SubscriptionQuery:
    return Subscription.objects.filter(user_id=account_id).select_related("plan")


def _bring_to(standing: Standing, now: datetime) -> None:
    while (running := standing.running) and running.ends_at and running.ends_at <= now:
        if standing.waiting and standing.waiting.activated_at:
            standing.begin(at=running.ends_at, now=now)
        elif running.status == Status.CANCELLED:
            standing.end(Kind.EXPIRED, at=running.ends_at)
        elif running.ends_at + GRACE <= now:
            standing.end(Kind.EXPIRED, at=running.ends_at + GRACE)
        else:
            if running.status != Status.GRACE:
                standing.change(running, Kind.LAPSED, status=Status.GRACE)
            return
