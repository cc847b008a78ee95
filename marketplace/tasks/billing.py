"""Subscriptions and the clock."""

from django.utils import timezone

from core.jobs import BACK_OFF, app
from marketplace.actions.expiry import settle_due_subscriptions


@app.periodic(cron="5 * * * *")
@app.task(
    name="marketplace.settle_subscriptions",
    queueing_lock="marketplace.settle_subscriptions",
    retry=BACK_OFF,
)
def settle_subscriptions(timestamp: int) -> None:
    """Grace, expiry, plans that begin, notices of an end that is near."""
    settle_due_subscriptions(now=timezone.now())
