"""Subscriptions: asked for, activated, extended, cancelled, ended.

Whoever decides is `by` (an account; None: a gateway or the clock), with a `reason` to read later.
Every action holds the account first, so that those that come at once take their turns.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from marketplace.actions.standing import hold_standing, say, tell, write
from marketplace.models import Plan, Subscription, SubscriptionChange
from marketplace.queries.standing import Standing, Step, read_standing

MAX_DAYS = 3660
Status, Kind = Subscription.Status, SubscriptionChange.Kind


class SubscriptionIsPending(DomainError):
    status, code = HTTPStatus.CONFLICT, "subscription_pending"
    title = _("A plan that was asked for still waits.")


class AlreadyOnPlan(DomainError):
    status, code = HTTPStatus.CONFLICT, "already_on_plan"
    title = _("This plan is on already.")


class NothingToCancel(DomainError):
    status, code = HTTPStatus.CONFLICT, "nothing_to_cancel"
    title = _("There is no plan to cancel.")


class SubscriptionNotPending(DomainError):
    status, code = HTTPStatus.CONFLICT, "subscription_not_pending"
    title = _("This subscription does not wait to be activated.")


class SubscriptionNotRunning(DomainError):
    status, code = HTTPStatus.CONFLICT, "subscription_not_running"
    title = _("This subscription does not run.")


class DaysInvalid(DomainError):
    code = "days_invalid"
    title = _("A number of days from 1 to {most} is wanted.")
    detail = title


@action
def subscribe(
    *, account_id: int, plan: str, by: int | None, reason: str, now: datetime
) -> Standing:
    """Ask for the offered plan with the code `plan`: it is pending until it is activated.

    A plan in grace, or cancelled, may be asked for again.
    Raises NotFound, SubscriptionIsPending, AlreadyOnPlan.
    """
    standing = hold_standing(account_id, now=now)
    wanted = Plan.objects.offered().filter(code=plan).first()
    if wanted is None:
        raise NotFound
    if standing.waiting:
        raise SubscriptionIsPending
    running = standing.running
    if running and running.plan == wanted and running.status == Status.ACTIVE:
        raise AlreadyOnPlan
    standing.waiting = Subscription.objects.create(user_id=account_id, plan=wanted, created_at=now)
    standing.steps.append(Step(standing.waiting, Kind.ASKED, "", Status.PENDING, None, None))
    return _written(standing, by, reason, now)


@action
def activate_subscription(
    *, subscription_id: int, by: int | None, reason: str, now: datetime
) -> Standing:
    """A pending subscription is paid for: it begins, and what ran before it is over.

    A plan that is not dearer than the running one begins at the end of that one's period.
    A second time: SubscriptionNotPending. Raises NotFound.
    """
    standing = _hold(subscription_id, now)
    waiting, running = standing.waiting, standing.running
    if waiting is None or waiting.pk != subscription_id:
        raise SubscriptionNotPending
    if waiting.activated_at and running:
        raise SubscriptionNotPending
    if running and _waits(waiting.plan, behind=running, now=now):
        standing.change(waiting, Kind.ACTIVATED, activated_at=now)
        say("subscription_begins_later", waiting, until=running.ends_at)
    else:
        standing.begin(at=now, now=now)
        say("subscription_activated", waiting)
    return _written(standing, by, reason, now)


def _waits(plan: Plan, *, behind: Subscription, now: datetime) -> bool:
    """An upgrade begins at once; anything else when what was paid for has run out."""
    paid_for = behind.ends_at is not None and behind.ends_at > now
    return paid_for and not plan.is_dearer_than(behind.plan)


@action
def grant_subscription(
    *, account_id: int, plan: str, by: int | None, reason: str, now: datetime
) -> Standing:
    """Give an account a plan that it did not ask for itself: asked for and activated at once.

    Raises NotFound, SubscriptionIsPending, AlreadyOnPlan.
    """
    asked = subscribe(account_id=account_id, plan=plan, by=by, reason=reason, now=now)
    assert asked.waiting
    return activate_subscription(subscription_id=asked.waiting.pk, by=by, reason=reason, now=now)


@action
def extend_subscription(
    *, subscription_id: int, days: int, by: int | None, reason: str, now: datetime
) -> Standing:
    """The period ends `days` later; days of grace count. One in grace is active again if its end
    lies ahead; a cancelled one stays cancelled.

    Raises NotFound, DaysInvalid, SubscriptionNotRunning.
    """
    if not 1 <= days <= MAX_DAYS:
        raise DaysInvalid(most=MAX_DAYS)
    standing = _hold_running(subscription_id, now)
    running = standing.running
    assert running
    assert running.ends_at
    ends_at = running.ends_at + timedelta(days=days)
    back = running.status == Status.GRACE and ends_at > now
    status = Status.ACTIVE if back else running.status
    standing.change(running, Kind.EXTENDED, ends_at=ends_at, status=status, noticed_at=now)
    say("subscription_extended", running)
    return _written(standing, by, reason, now)


@action
def cancel_subscription(
    *, subscription_id: int, by: int | None, reason: str, now: datetime
) -> Standing:
    """A pending one is withdrawn, a running one runs to its end.

    Raises NotFound, NothingToCancel (also for one that is cancelled or over).
    """
    standing = _hold(subscription_id, now)
    for subscription in _cancellable(standing):
        if subscription.pk == subscription_id:
            _cancel(standing, subscription, now)
    if not standing.steps:
        raise NothingToCancel
    return _written(standing, by, reason, now)


@action
def cancel_all(*, account_id: int, by: int | None, reason: str, now: datetime) -> Standing:
    """The account wants no plan any more: what waits is withdrawn, what runs runs to its end.

    Raises NothingToCancel.
    """
    standing = hold_standing(account_id, now=now)
    for subscription in _cancellable(standing):
        _cancel(standing, subscription, now)
    if not standing.steps:
        raise NothingToCancel
    return _written(standing, by, reason, now)


def _cancellable(standing: Standing) -> list[Subscription]:
    running = standing.running
    if running and running.status == Status.CANCELLED:
        running = None
    return [one for one in (standing.waiting, running) if one]


def _cancel(standing: Standing, subscription: Subscription, now: datetime) -> None:
    # In grace the period has ended already: nothing is left to run.
    runs_on = subscription.ends_at is not None and subscription.ends_at > now
    ended_at = None if runs_on else now
    standing.change(subscription, Kind.CANCELLED, status=Status.CANCELLED, ended_at=ended_at)
    if subscription is standing.waiting:
        standing.waiting = None
        say("subscription_withdrawn", subscription)
    else:
        standing.running = subscription if runs_on else None
        say("subscription_cancelled", subscription, until=None if runs_on else now)


@action
def expire_subscription(
    *, subscription_id: int, by: int | None, reason: str, now: datetime
) -> Standing:
    """End a running subscription at once, without grace; a plan activated for later begins.

    Raises NotFound, SubscriptionNotRunning.
    """
    standing = _hold_running(subscription_id, now)
    assert standing.running
    ended = standing.running
    standing.end(Kind.EXPIRED, at=now)
    say("subscription_expired", ended, until=now)
    if standing.waiting and standing.waiting.activated_at:
        begun = standing.waiting
        standing.begin(at=now, now=now)
        say("subscription_started", begun)
    return _written(standing, by, reason, now)


def erase_subscriptions(account_id: int, *, now: datetime) -> None:
    """For an account that is being deleted, under its lock: nothing waits, nothing runs on.
    Nobody is told: nobody is left."""
    standing = read_standing(account_id, now=now)
    for subscription in (standing.waiting, standing.running):
        if subscription:
            cancelled = {"status": Status.CANCELLED, "ended_at": now}
            standing.change(subscription, Kind.CANCELLED, **cancelled)
    write(standing, by=None, reason="account deleted", now=now)


def _hold(subscription_id: int, now: datetime) -> Standing:
    owner = Subscription.objects.filter(pk=subscription_id).values_list("user_id", flat=True)
    account_id = owner.first()
    if account_id is None:
        raise NotFound
    return hold_standing(account_id, now=now)


def _hold_running(subscription_id: int, now: datetime) -> Standing:
    standing = _hold(subscription_id, now)
    if standing.running is None or standing.running.pk != subscription_id:
        raise SubscriptionNotRunning
    return standing


def _written(standing: Standing, by: int | None, reason: str, now: datetime) -> Standing:
    write(standing, by=by, reason=reason, now=now)
    tell(standing, now=now)
    return standing
