"""What an account's plan gives it, and how that reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.sql import rows
from marketplace.models import MonthlyUsage, Plan
from marketplace.models.plans import USUAL_FEATURES, is_count
from marketplace.queries.months import month_of, next_month
from marketplace.queries.standing import GRACE, Standing, read_last, read_standing
from marketplace.serializers.billing import BillingRow, BillingSerializer, UsageRow


@dataclass(frozen=True)
class Features:
    """How much of what is not counted in posts."""

    images_per_post: int
    saved_searches: int


def features_of(account_id: int, *, now: datetime) -> Features:
    """Of the plan that runs at `now`; without one, the usual."""
    plan = read_standing(account_id, now=now).plan
    # A script may have written anything: what is no number gives the usual.
    given = plan.features if plan and isinstance(plan.features, dict) else {}
    good = {name: given[name] for name in USUAL_FEATURES if is_count(given.get(name))}
    return Features(**USUAL_FEATURES | good)


def running_plan(account_id: int, *, now: datetime) -> str | None:
    """The code of the plan that runs at `now`."""
    plan = read_standing(account_id, now=now).plan
    return plan.code if plan else None


def billing_data(standing: Standing, *, now: datetime) -> dict[str, Any]:
    """What clients read of it: `GET me/` and `subscription.changed`."""
    return dict(BillingSerializer(_billing_row(standing, now)).data)


def _billing_row(standing: Standing, now: datetime) -> BillingRow:
    shown = standing.running or standing.waiting or read_last(standing)
    following = standing.waiting if standing.running else None
    return BillingRow(
        plan=shown.plan if shown else None,
        status=shown.status if shown else "none",
        starts_at=shown.starts_at if shown else None,
        ends_at=shown.ends_at if shown else None,
        next=following.plan if following else None,
        usage=_usage_row(standing.account_id, standing.plan, now),
    )


def _usage_row(account_id: int, plan: Plan | None, now: datetime) -> UsageRow:
    used = used_slots(account_id, now=now)
    limit = plan.post_limit if plan else 0
    return UsageRow(
        period=month_of(now),
        used=used,
        limit=limit,
        remaining=None if limit is None else max(limit - used, 0),
        resets_at=next_month(now),
    )


def used_slots(account_id: int, *, now: datetime) -> int:
    """Slots of the local month of `now` that are taken."""
    usage = MonthlyUsage.objects.filter(user_id=account_id, period=month_of(now))
    return usage.values_list("used", flat=True).first() or 0


# Whom the clock has something to do for: a period or a grace that is over, or a notice whose
# moment (the last one that came) is later than the last one told.
DUE = """
SELECT id, user_id FROM marketplace_subscription
WHERE starts_at IS NOT NULL AND ended_at IS NULL AND id > %(after)s
  AND ends_at <= %(now)s + interval '7 days'
  AND CASE
    WHEN status = 'grace' THEN ends_at <= %(now)s - %(grace)s
    ELSE ends_at <= %(now)s OR coalesce(noticed_at, '-infinity') < ends_at - CASE
      WHEN ends_at <= %(now)s + interval '1 day' THEN interval '1 day'
      WHEN ends_at <= %(now)s + interval '3 days' THEN interval '3 days'
      ELSE interval '7 days' END
  END
ORDER BY id LIMIT %(limit)s
"""


def find_due(*, now: datetime, after: int, limit: int) -> list[tuple[int, int]]:
    """Subscriptions (with their accounts) that the schedule has to look at, by id."""
    return rows(DUE, {"now": now, "grace": GRACE, "after": after, "limit": limit})
