"""The orders a list of posts can have, each as SQL that finds one page.

A page is a common table expression `page`: the ids of its posts with the keys they are ordered
by. `after` are the keys of the last row of the page before.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.listing import Where
from core.money import CURRENCIES
from marketplace.queries.feed_sql import (
    AT_ONCE,
    BY_PRICE,
    FEW_OR,
    FEW_OR_FOUND,
    FOUND,
    HITS_BY_TIME,
    MONTH_BY_MONTH,
    WALK,
    WALK_BY_PRICE,
    WEEK_BY_WEEK,
)

Keys = tuple[Any, ...] | None
Steps = tuple[str, dict[str, Any]]

# How many posts are walked before the search index is asked: of rows, or of index entries.
# By price a walk that found too few is followed by a look at all hits, not at the newest: it goes
# on until these are no more than some thousands.
WALK_ROWS, WALK_ENTRIES = 2_000, 20_000
WALK_ROWS_BY_PRICE = 6_000
# So many posts within bounds of a price are few: reading them all costs a millisecond or two.
MOST_PRICED = 1_000


@dataclass(frozen=True)
class Wanted:
    """Conditions on columns (`walked`) and as the search index has them (`searched`)."""

    walked: Where
    searched: Where
    currency: str | None
    has_bounds: bool
    is_everything: bool
    is_by_price_only: bool
    looks_into_rows: bool
    is_searched_at_once: bool
    # Bounds of a price alone, where words or a part number are wanted too.
    priced: Where | None = None
    # The same without part numbers, where words are wanted.
    in_texts: "Wanted | None" = None

    def parameters(self, *others: Where, walk_rows: int | None = None) -> dict[str, Any]:
        walk = (walk_rows or WALK_ROWS) if self.looks_into_rows else WALK_ENTRIES
        both: dict[str, Any] = {**self.walked.params, **self.searched.params, "walk": walk}
        for where in others:
            both |= where.params
        return both


class Order(ABC):
    """`types` are those of the keys; `keys` and `sort` are SQL about the rows of `page`."""

    name: str
    types: tuple[type, ...]
    keys: str
    sort: str

    @abstractmethod
    def shown(self, wanted: Wanted, after: Keys) -> Steps:
        """A page of posts on show."""

    @abstractmethod
    def own(self, template: str, own: Where, after: Keys) -> Steps:
        """A page of one account's posts, by plain conditions."""


class NewestFirst(Order):
    name = "newest"
    types = (datetime, int)
    keys = "page.created_at, page.id"
    sort = "page.created_at DESC, page.id DESC"
    _sort = "created_at DESC, id DESC"

    def shown(self, wanted: Wanted, after: Keys) -> Steps:
        follows = self._follows(Where(), after)
        if wanted.is_everything:
            where = Where((*wanted.walked.conditions, *follows.conditions), {})
            return WALK.format(where=where.sql()), wanted.parameters(follows)
        hits = hits_by_time("id, created_at", wanted, follows, WEEK_BY_WEEK, need="%(rows)s")
        steps = f"WITH {hits}, page AS (SELECT * FROM hits)"  # noqa: S608  (our own names)
        return steps, wanted.parameters(follows)

    def own(self, template: str, own: Where, after: Keys) -> Steps:
        where = self._follows(own, after)
        sql = template.format(columns="id, created_at", own=where.sql(), order=self._sort)
        return sql, dict(where.params)

    @staticmethod
    def _follows(where: Where, after: Keys) -> Where:
        if after is None:
            return where
        condition = "(created_at, id) < (%(after_moment)s, %(after_id)s)"
        return where.plus(condition, after_moment=after[0], after_id=after[1])


def hits_by_time(
    columns: str,
    wanted: Wanted,
    follows: Where,
    probes: str,
    *,
    need: str,
    names: tuple[str, str] = ("near", "hits"),
    gate: str = "true",
) -> str:
    and_follows = "".join(f" AND {condition}" for condition in follows.conditions)
    probes = AT_ONCE if wanted.is_searched_at_once else probes.format(follows=and_follows)
    found = FOUND
    if wanted.priced:
        probes = FEW_OR.format(most=MOST_PRICED, priced=wanted.priced.sql(), probes=probes)
        found = FEW_OR_FOUND
    return HITS_BY_TIME.format(
        near=names[0],
        hits=names[1],
        columns=columns,
        gate=gate,
        need=need,
        walked=wanted.walked.sql(),
        found=found.format(
            searched=wanted.searched.sql(),
            priced=wanted.priced.sql() if wanted.priced else "",
            follows=and_follows,
        ),
        probes=probes,
        follows=and_follows,
    )


class ByPrice(Order):
    """Prices of two currencies are not compared: the default one comes first, then the other,
    then what has no price."""

    types = (int, int, Decimal, int)
    keys = "page.unpriced, page.place, page.price, page.id"

    def __init__(self, *, dearest_first: bool) -> None:
        self.name = "-price" if dearest_first else "price"
        self._way, self._sign, self._beyond = ("DESC", "-", "<") if dearest_first else ("", "", ">")
        self.sort = self._sorted("page.unpriced", "page.place", "page.price", "page.id")

    def _sorted(self, unpriced: str, place: str, price: str, row_id: str) -> str:
        return f"{unpriced}, {place}, {price} {self._way}, {row_id} {self._way}"

    def shown(self, wanted: Wanted, after: Keys) -> Steps:
        stages = self._stages(wanted, after)
        if wanted.is_by_price_only:
            rows = WALK_BY_PRICE.format(stages=stages, page=BY_PRICE.columns)
            return rows, wanted.parameters(self._follows(after))
        follows = self._follows(after)
        searched = Where((*wanted.searched.conditions, *follows.conditions))
        steps = BY_PRICE.hits.format(
            stages=stages,
            page=BY_PRICE.columns,
            walked=wanted.walked.sql(),
            probes=AT_ONCE if wanted.is_searched_at_once else MONTH_BY_MONTH,
            searched=searched.sql(),
            sort=self._sorted("unpriced", "place", "price", "id"),
        )
        return steps, wanted.parameters(follows, walk_rows=WALK_ROWS_BY_PRICE)

    def _stages(self, wanted: Wanted, after: Keys) -> str:
        """The index of prices, read in pieces that are in order: each is read to its end, or
        until there is enough, before the next."""
        limit = "%(rows)s" if wanted.is_by_price_only else "%(walk)s"
        bounds = [c for c in wanted.walked.conditions if c.startswith("price ")]
        if wanted.is_by_price_only:
            bounds.append("expires_at > %(now)s")
        stages = []
        for unpriced in (0,) if wanted.has_bounds else (0, 1):
            for place, currency in enumerate(CURRENCIES, start=1):
                if wanted.currency in (None, currency) and self._is_ahead(unpriced, place, after):
                    conditions = [f"currency = '{currency}'", *bounds]
                    conditions.append("price IS NULL" if unpriced else "price IS NOT NULL")
                    conditions += self._after_in_stage(unpriced, place, after)
                    stages.append(
                        BY_PRICE.stage.format(
                            where=" AND ".join(conditions), way=self._way, limit=limit
                        )
                    )
        return " UNION ALL ".join(stages or [BY_PRICE.none])

    @staticmethod
    def _is_ahead(unpriced: int, place: int, after: Keys) -> bool:
        return after is None or (unpriced, place) >= (after[0], after[1])

    def _after_in_stage(self, unpriced: int, place: int, after: Keys) -> list[str]:
        if after is None or (unpriced, place) != (after[0], after[1]):
            return []
        if unpriced:
            return [f"id {self._beyond} %(after_id)s"]
        return [f"(price, id) {self._beyond} (%(after_price)s, %(after_id)s)"]

    def _follows(self, after: Keys) -> Where:
        if after is None:
            return Where()
        unpriced, place, price, post_id = after
        mine = f"{BY_PRICE.unpriced}, {BY_PRICE.place}, {self._sign}coalesce(price, 0)"
        theirs = f"%(after_unpriced)s, %(after_place)s, {self._sign}%(after_price)s"
        return Where().plus(
            f"({mine}, {self._sign}id) > ({theirs}, {self._sign}%(after_id)s)",
            after_unpriced=unpriced,
            after_place=place,
            after_price=price,
            after_id=post_id,
        )

    def own(self, template: str, own: Where, after: Keys) -> Steps:
        follows = self._follows(after)
        where = Where((*own.conditions, *follows.conditions), {**own.params, **follows.params})
        # By the expressions: a name would mean the column, whose nulls stand elsewhere.
        order = self._sorted(BY_PRICE.unpriced, BY_PRICE.place, "coalesce(price, 0)", "id")
        sql = template.format(columns=BY_PRICE.columns, own=where.sql(), order=order)
        return sql, dict(where.params)


ORDERS: dict[str, Order] = {
    "-created_at": NewestFirst(),
    "price": ByPrice(dearest_first=False),
    "-price": ByPrice(dearest_first=True),
}
