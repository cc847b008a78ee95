"""Saved searches: kept, taken back, and told of new posts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from core.events import MAX_RECIPIENTS, notify
from core.money import money
from core.sql import array, rows
from marketplace.actions.standing import hold_standing
from marketplace.models import B2BPost, SavedSearch
from marketplace.queries.feed import read_filters
from marketplace.queries.matching import find_fitting, search_columns
from marketplace.queries.plans import features_of

LEAST_BETWEEN_NOTICES = timedelta(hours=1)
# Decided under the rows' locks: of two posts at once, one is told of and the other is counted.
# A post that was counted before the worker died is not counted again.
HOLD_DUE = """
WITH held AS (
  SELECT id, owner_id, name, held_back,
         (notified_at IS NULL OR notified_at <= %(before)s) AS is_due
  FROM marketplace_savedsearch
  WHERE id = ANY (%(ids)s::bigint[]) AND last_post_id IS DISTINCT FROM %(post)s
  ORDER BY id FOR NO KEY UPDATE
), told AS (
  UPDATE marketplace_savedsearch AS search SET
    last_post_id = %(post)s,
    notified_at = CASE WHEN is_due THEN %(now)s ELSE search.notified_at END,
    held_back = CASE WHEN is_due THEN 0 ELSE search.held_back + 1 END
  FROM held WHERE search.id = held.id
)
SELECT id, owner_id, name, held_back FROM held WHERE is_due ORDER BY id
"""


class SearchLimitReached(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "search_limit_reached"
    title = _("Your plan keeps no more searches.")
    detail = _("{used} of {limit} searches are saved.")


@action
def save_search(
    *, account_id: int, name: str, filters: Mapping[str, Any], now: datetime
) -> SavedSearch:
    """Keep a search: new posts that fit `filters` (as `FilterInput` checked them) are told of.

    As many as the plan allows, however many are sent at once; those kept under a larger plan
    stay. Raises SearchLimitReached.
    """
    hold_standing(account_id, now=now)  # the account's lock: counting and saving are one
    limit = features_of(account_id, now=now).saved_searches
    used = SavedSearch.objects.filter(owner_id=account_id).count()
    if used >= limit:
        raise SearchLimitReached(used=used, limit=limit)
    return SavedSearch.objects.create(
        owner_id=account_id,
        name=name,
        filters={key: _written(value) for key, value in filters.items() if value != ""},
        created_at=now,
        **search_columns(read_filters(filters)),
    )


def _written(value: Any) -> Any:
    return money(value) if isinstance(value, Decimal) else value


@action
def delete_search(*, account_id: int, search_id: int) -> None:
    """Raises NotFound."""
    if not SavedSearch.objects.filter(pk=search_id, owner_id=account_id).delete()[0]:
        raise NotFound


def erase_searches(account_id: int) -> None:
    """The eraser: what somebody looked for is theirs alone."""
    SavedSearch.objects.filter(owner_id=account_id).delete()


def tell_of_post(post_id: int, *, now: datetime) -> int:
    """Tell the owners of all searches that a new post fits; gives how many fit.

    In transactions of fifty. Run again after a crash, nobody is told twice.
    """
    fitting = find_fitting(post_id, now=now)
    for start in range(0, len(fitting), MAX_RECIPIENTS):
        batch = fitting[start : start + MAX_RECIPIENTS]
        tell_searches(search_ids=batch, post_id=post_id, now=now)
    return len(fitting)


@action
def tell_searches(*, search_ids: Sequence[int], post_id: int, now: datetime) -> None:
    """Tell the owners of these searches of the post: at most one notice an hour and search. What
    is not told of is counted in the next one."""
    post = B2BPost.objects.on_show(now=now).filter(pk=post_id).first()
    if post is None:  # gone since it was matched
        return
    params = {
        "ids": array(search_ids),
        "post": post_id,
        "now": now,
        "before": now - LEAST_BETWEEN_NOTICES,
    }
    for search_id, owner_id, name, held_back in rows(HOLD_DUE, params):
        notify(
            "post_match",
            to=[owner_id],
            text="post_matches" if held_back else "post_match",
            params={"search": name, "title": post.title, "more": held_back},
            data={"post": post_id, "search": search_id, "author": post.author_id},
        )
