"""What the clock does to subscriptions: grace, expiry, waiting plans, notices before the end."""

from contextlib import suppress
from datetime import datetime, timedelta

from core.action import action
from core.errors import NotFound
from marketplace.actions.standing import hold_standing, say
from marketplace.queries.plans import find_due
from marketplace.queries.standing import Standing

BATCH = 200
DAYS_BEFORE = (1, 3, 7)
DAY = timedelta(days=1)


def settle_due_subscriptions(*, now: datetime) -> int:
    """Bring everybody's rows to `now`, each account in a transaction of its own; gives how many
    were looked at. Run twice, or by two at once, it does everything once."""
    looked_at = after = 0
    while due := find_due(now=now, after=after, limit=BATCH):
        for _subscription, account_id in due:
            with suppress(NotFound):  # deleted since, and its subscription with it
                settle_account(account_id=account_id, now=now)
        after = due[-1][0]
        looked_at += len(due)
    return looked_at


@action
def settle_account(*, account_id: int, now: datetime) -> None:
    """Write what the clock did to the account's subscriptions, and tell of an end that is near."""
    _tell_of_near_end(hold_standing(account_id, now=now), now)


def _tell_of_near_end(standing: Standing, now: datetime) -> None:
    running = standing.running
    if running is None or running.ends_at is None or running.ends_at <= now:
        return
    due = next((days for days in DAYS_BEFORE if running.ends_at - days * DAY <= now), None)
    if due is None:
        return
    moment = running.ends_at - due * DAY
    if running.noticed_at and running.noticed_at >= moment:
        return
    running.noticed_at = now
    running.save(update_fields=["noticed_at"])
    # A plan that begins then leaves nothing to see to.
    if not (standing.waiting and standing.waiting.activated_at):
        left = -((now - running.ends_at) // DAY)
        say("subscription_ends_soon", running, days=left)
