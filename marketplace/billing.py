"""What billing adds to an account: a field of `me`, and what is left when it is deleted."""

from django.utils import timezone

from marketplace.actions.subscriptions import erase_subscriptions
from marketplace.queries.plans import running_plan


def plan_of_me(account_id: int) -> str | None:
    return running_plan(account_id, now=timezone.now())


def erase(account_id: int) -> None:
    erase_subscriptions(account_id, now=timezone.now())
