"""Slots: how many posts of a local calendar month a plan allows."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError
from core.sql import row, run
from core.times import iso
from marketplace.actions.standing import hold_standing
from marketplace.queries.months import month_of, next_month
from marketplace.queries.plans import used_slots

# Whoever comes at once: the row decides, one after another, and counts no further than the limit.
TAKE = """
INSERT INTO marketplace_monthlyusage AS usage (user_id, period, used, "limit")
SELECT %(account)s, %(period)s, 1, %(limit)s
WHERE %(limit)s::int IS NULL OR %(limit)s::int > 0
ON CONFLICT ON CONSTRAINT one_usage_a_month
DO UPDATE SET used = usage.used + 1, "limit" = excluded."limit"
WHERE excluded."limit" IS NULL OR usage.used < excluded."limit"
RETURNING used
"""
GIVE_BACK = """
UPDATE marketplace_monthlyusage SET used = used - 1
WHERE user_id = %s AND period = %s AND used > 0
"""


class SubscriptionRequired(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "subscription_required"
    title = _("Posting needs a plan.")


class PostLimitReached(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "post_limit_reached"
    title = _("This month's posts are used up.")
    detail = _("{used} of {limit} posts of this month are used.")


@action
def take_slot(*, account_id: int, now: datetime) -> str:
    """Use one post of the month of `now`; gives the month, which `give_back_slot` wants.

    The limit is that of the plan that runs now, an upgrade's from its beginning; what was used
    stays used. Call it before other locks are taken: it locks the account.
    Raises SubscriptionRequired, PostLimitReached (with `used`, `limit`, `resets_at`).
    """
    plan = hold_standing(account_id, now=now).plan
    if plan is None:
        raise SubscriptionRequired
    period, limit = month_of(now), plan.post_limit
    if row(TAKE, {"account": account_id, "period": period, "limit": limit}) is None:
        used = used_slots(account_id, now=now)
        raise PostLimitReached(used=used, limit=limit, resets_at=iso(next_month(now)))
    return period


@action
def give_back_slot(*, account_id: int, period: str) -> None:
    """The post that took a slot of `period` was none after all. Never below nothing used; that
    a post gives its slot back once is for the caller to see to."""
    run(GIVE_BACK, [account_id, period])
