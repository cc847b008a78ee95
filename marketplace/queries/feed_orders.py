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
    DAY_BY_DAY,
    HITS_BY_TIME,
    MONTH_BY_MONTH,
    RANKED,
    WALK,
    WALK_BY_PRICE,
    WEEK_BY_WEEK,
)
from marketplace.queries.words import Words, beginning, containing

Keys = tuple[Any, ...] | None
Steps = tuple[str, dict[str, Any]]

# How many posts are walked before the search index is asked: of rows, or of index entries.
WALK_ROWS, WALK_ENTRIES = 2_000, 20_000
MOST_RANKED = 1_000


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

    @property
    def walk(self) -> int:
        return WALK_ROWS if self.looks_into_rows else WALK_ENTRIES

    def parameters(self, *others: Where) -> dict[str, Any]:
        both: dict[str, Any] = {**self.walked.params, **self.searched.params, "walk": self.walk}
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
        steps = f"{hits}, page AS (SELECT * FROM hits)"  # noqa: S608  (our own names)
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


def hits_by_time(columns: str, wanted: Wanted, follows: Where, probes: str, *, need: str) -> str:
    and_follows = "".join(f" AND {condition}" for condition in follows.conditions)
    return HITS_BY_TIME.format(
        columns=columns,
        need=need,
        walked=wanted.walked.sql(),
        searched=wanted.searched.sql(),
        probes=AT_ONCE if wanted.is_searched_at_once else probes.format(follows=and_follows),
        follows=and_follows,
    )


class Relevance(Order):
    """The part number itself, then what it begins with, then pieces of it, then words; the
    newest first in each. Of the newest thousand hits: a cursor keeps the newest of them, so
    that the thousand are the same on every page."""

    name = "relevance"
    types = (int, datetime, int, datetime, int)
    keys = "page.rank, page.created_at, page.id, page.top_at, page.top_id"
    sort = "page.rank, page.created_at DESC, page.id DESC"

    def __init__(self, words: Words) -> None:
        self._parts = words.parts

    def shown(self, wanted: Wanted, after: Keys) -> Steps:
        window, follows = Where(), Where(("true",))
        if after is not None:
            rank, moment, post_id, top_at, top_id = after
            window = window.plus(
                "(created_at, id) <= (%(top_at)s, %(top_id)s)", top_at=top_at, top_id=top_id
            )
            follows = follows.plus(
                "(rank > %(after_rank)s OR rank = %(after_rank)s"
                " AND (ranked.created_at, ranked.id) < (%(after_moment)s, %(after_id)s))",
                after_rank=rank,
                after_moment=moment,
                after_id=post_id,
            )
        columns = "id, created_at, part_folded"
        hits = hits_by_time(columns, wanted, window, DAY_BY_DAY, need=str(MOST_RANKED))
        return hits + RANKED.format(follows=follows.sql()), {
            **wanted.parameters(window, follows),
            "parts": self._parts,
            "beginnings": [beginning(part) for part in self._parts],
            "pieces": [containing(part) for part in self._parts],
        }

    def own(self, template: str, own: Where, after: Keys) -> Steps:
        raise NotImplementedError("one's own posts are not ranked")


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
        return steps, wanted.parameters(follows)

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
