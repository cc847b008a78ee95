"""Newest-first lists: conditions, keyset, rows as JSON.

Every page is found by the sort keys of the page before it, through an index that begins with
what the list is filtered by: page 10,000 reads as many rows as page 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.json_rows import fetch_json, newest_keys
from core.pagination import Page
from core.sql import row


@dataclass(frozen=True)
class Created:
    """When rows were created: `start` or later, before `end`."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Listing:
    """One page. `next_after`: None on the last one. `count`: of all pages, if it was wanted."""

    rows: Sequence[bytes] = ()
    next_after: tuple[Any, ...] | None = None
    count: int | None = None

    @classmethod
    def empty(cls, page: Page) -> "Listing":
        return cls(count=0 if page.wants_count else None)


@dataclass(frozen=True)
class Where:
    """Conditions joined by AND, with their parameters."""

    conditions: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)

    def plus(self, condition: str, **params: Any) -> "Where":
        return Where((*self.conditions, condition), {**self.params, **params})

    def created(self, created: Created) -> "Where":
        where = self
        if created.start:
            where = where.plus("created_at >= %(created_start)s", created_start=created.start)
        if created.end:
            where = where.plus("created_at < %(created_end)s", created_end=created.end)
        return where

    def after(self, page: Page) -> "Where":
        """The rows that follow the page's cursor. A comparison of rows is one index condition."""
        if page.after is None:
            return self
        moment, row_id = page.after
        return self.plus(
            "(created_at, id) < (%(after_moment)s, %(after_id)s)",
            after_moment=moment,
            after_id=row_id,
        )

    def sql(self) -> str:
        return " AND ".join(self.conditions)


def newest_first(table: str, where: Where) -> str:
    """SQL of a page's rows; the parameter `rows` is one more than the page shows."""
    return (
        f"SELECT * FROM {table} WHERE {where.sql()} "  # noqa: S608  (our own names)
        "ORDER BY created_at DESC, id DESC LIMIT %(rows)s"
    )


def fetch_listing(sql: str, where: Where, page: Page, count: int | None) -> Listing:
    """Run a list's SQL: one JSON text a row, each with `id` and `created_at`."""
    rows = fetch_json(sql, {**where.params, "rows": page.limit + 1})
    if len(rows) <= page.limit:
        return Listing(rows, None, count)
    shown = rows[: page.limit]
    return Listing(shown, newest_keys(shown[-1]), count)


def count_rows(table: str, where: Where) -> int:
    sql = f"SELECT count(*) FROM {table} WHERE {where.sql()}"  # noqa: S608  (our own names)
    counted = row(sql, where.params)
    assert counted
    return int(counted[0])
