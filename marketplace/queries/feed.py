"""The list of posts: which fit, in which order, one page of them.

One statement whatever is asked. It walks the newest (or cheapest) posts first and stops when
the page is full: what many posts have is met soon. Only when a walk of bounded length did not
fill it, so that what is wanted is rare, posts are looked up in the search index instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.folding import fold_part_number
from core.json_rows import fetch_keyed_json
from core.listing import Listing, Where
from core.money import DEFAULT_CURRENCY
from core.pagination import Page
from core.sql import row
from marketplace.queries.facets import author_code, brand_code, having, having_all, price_codes
from marketplace.queries.feed_orders import ORDERS, Order, Wanted
from marketplace.queries.feed_relevance import Relevance
from marketplace.queries.folded import fold_brand
from marketplace.queries.indexed_words import indexed
from marketplace.queries.posts import POST_JSON, WITH_PROFILE
from marketplace.queries.words import LEAST_INFIX, Words, containing, matching, read_words

TABLE = "marketplace_b2bpost"
PUBLISHED = "status = 'published'"
ON_SHOW = "expires_at > %(now)s"
NEWEST, RELEVANCE = "-created_at", "relevance"
# What is not run makes a statement look dear: compiling it took PostgreSQL longer than running it.
WITHOUT_JIT = "SET LOCAL jit = off; "
# OFFSET 0: each post is looked up for the page's rows, never joined to the whole table.
PAGE = """
{steps} SELECT {json}, {keys} FROM page
CROSS JOIN LATERAL (SELECT * FROM marketplace_b2bpost WHERE id = page.id OFFSET 0) AS post
{profile} ORDER BY {order}
"""
# An account's own posts are few, and none of the feed's indexes knows those that are over.
OWN = """
WITH page AS MATERIALIZED (
  SELECT {columns} FROM marketplace_b2bpost AS post WHERE {own} ORDER BY {order} LIMIT %(rows)s
)
"""


@dataclass(frozen=True)
class FeedFilters:
    """None: not filtered by. `brand` and `part` are folded. Prices are of one currency: the
    default one, where bounds are given without it."""

    words: Words | None = None
    kind: str | None = None
    region: str | None = None
    brand: str | None = None
    part: str | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    currency: str | None = None
    author: int | None = None

    @property
    def has_bounds(self) -> bool:
        return self.price_min is not None or self.price_max is not None

    @property
    def has_only_bounds(self) -> bool:
        """No words beside them: then the index of prices is the one that knows them best."""
        return self.has_bounds and self.words is None and self.part is None

    def without_prices(self) -> "FeedFilters":
        return replace(self, currency=None, price_min=None, price_max=None)

    def settled(self) -> "FeedFilters":
        """With the currency that bounds are in."""
        if self.currency is None and self.has_bounds:
            return replace(self, currency=DEFAULT_CURRENCY)
        return self


def read_filters(given: Mapping[str, Any]) -> FeedFilters:
    """From what `FilterInput` has checked. What was left blank is not filtered by."""
    named = {name: value for name, value in given.items() if value != ""}
    brand, part = named.pop("brand", None), named.pop("part_number", None)
    return FeedFilters(
        words=read_words(named.pop("q", "")),
        brand=None if brand is None else fold_brand(brand),
        part=None if part is None else fold_part_number(part),
        **named,
    )


def list_feed(
    filters: FeedFilters, order: Order, page: Page, *, mine: int | None, now: datetime
) -> Listing:
    """Posts on show of everybody, or all that the account `mine` has, in any state."""
    filters = filters.settled()
    if mine is not None:
        steps, params = _own(filters, order, page, mine)
    else:
        steps, params = _shown(filters, order, page)
    params |= {"now": now, "rows": page.limit + 1}
    count = _count(filters, order, page, mine, params) if page.wants_count else None
    sql = PAGE.format(
        steps=steps, json=POST_JSON, keys=order.keys, profile=WITH_PROFILE, order=order.sort
    )
    found = fetch_keyed_json(WITHOUT_JIT + sql, params)
    rows = [text for text, *_keys in found[: page.limit]]
    after = tuple(found[page.limit - 1][1:]) if len(found) > page.limit else None
    return Listing(rows, after, count)


def find_order(ordering: str, filters: FeedFilters, *, is_mine: bool) -> Order:
    """Relevance is about words: without any, and among one's own posts, the newest come first."""
    if ordering != RELEVANCE:
        return ORDERS[ordering]
    if is_mine or filters.words is None:
        return ORDERS[NEWEST]
    return Relevance(filters.words)


def _own(filters: FeedFilters, order: Order, page: Page, mine: int) -> tuple[str, dict[str, Any]]:
    own = Where(("author_id = %(mine)s", "deleted_at IS NULL"), {"mine": mine})
    return order.own(OWN, fitting(own, filters), page.after)


def _shown(filters: FeedFilters, order: Order, page: Page) -> tuple[str, dict[str, Any]]:
    wanted = _wanted(filters)
    if filters.words:
        in_texts = _wanted(replace(filters, words=filters.words.in_texts()))
        wanted = replace(wanted, in_texts=in_texts)
    return order.shown(wanted, page.after)


def _wanted(filters: FeedFilters) -> Wanted:
    is_priced = filters.has_bounds and not filters.has_only_bounds
    prices = FeedFilters(
        currency=filters.currency, price_min=filters.price_min, price_max=filters.price_max
    )
    return Wanted(
        walked=fitting(Where((ON_SHOW,)), filters),
        searched=searched(filters),
        currency=filters.currency,
        has_bounds=filters.has_bounds,
        is_everything=filters == FeedFilters(),
        is_by_price_only=filters.without_prices() == FeedFilters(),
        looks_into_rows=bool(filters.words or filters.part or filters.brand),
        is_searched_at_once=filters.has_only_bounds,
        priced=fitting(Where((PUBLISHED,)), prices) if is_priced else None,
    )


def fitting(where: Where, filters: FeedFilters) -> Where:
    """The filters as conditions on columns."""
    for column in ("kind", "region", "currency"):
        if (value := getattr(filters, column)) is not None:
            where = where.plus(f"{column} = %({column})s", **{column: value})
    if filters.author is not None:
        where = where.plus("author_id = %(author)s", author=filters.author)
    return _in_rows(_bounded(where, filters), filters)


def _bounded(where: Where, filters: FeedFilters) -> Where:
    if filters.price_min is not None:
        where = where.plus("price >= %(price_min)s", price_min=filters.price_min)
    if filters.price_max is not None:
        where = where.plus("price <= %(price_max)s", price_max=filters.price_max)
    return where


def _in_rows(where: Where, filters: FeedFilters) -> Where:
    """Conditions on what only the rows themselves have."""
    if filters.brand is not None:
        where = where.plus("brand_folded = %(brand)s AND brand_folded <> ''", brand=filters.brand)
    if filters.part is not None:
        where = having_part(where, filters.part)
    return where if filters.words is None else matching(where, filters.words)


def having_part(where: Where, part: str) -> Where:
    """Posts whose part number contains `part`; is it, when that is a letter or two."""
    if not part:
        return where.plus("false")
    if len(part) < LEAST_INFIX:
        return where.plus("part_folded = %(part)s", part=part)
    return where.plus("part_folded LIKE %(part)s", part=containing(part))


def searched(filters: FeedFilters) -> Where:
    """The filters as the indexes answer them: what they find is then compared in full."""
    codes = [code for code in (filters.kind, filters.region) if code]
    if filters.author is not None:
        codes.append(author_code(filters.author))
    if filters.brand is not None:
        codes.append(brand_code(filters.brand))
    if filters.has_only_bounds:
        return fitting(having_all(Where((PUBLISHED,)), codes), filters)
    any_of = None
    if filters.has_bounds:
        assert filters.currency
        # Codes of prices are of a currency each.
        any_of = price_codes(filters.currency, filters.price_min, filters.price_max)
    elif filters.currency:
        codes.append(filters.currency)
    where = having(Where((PUBLISHED,)), codes, any_of)
    if filters.part is not None:
        where = having_part(where, filters.part)
    return where if filters.words is None else indexed(where, filters.words)


def _count(
    filters: FeedFilters, order: Order, page: Page, mine: int | None, params: dict[str, Any]
) -> int:
    """Of all pages: by relevance that is of at most a thousand hits."""
    if mine is None and isinstance(order, Relevance):
        hits, theirs = order.counted(_wanted(filters), page.after)
        counted = row(f"{hits} SELECT count(*) FROM hits", {**params, **theirs})  # noqa: S608
        return int(counted[0])
    whose = (
        Where((PUBLISHED, ON_SHOW))
        if mine is None
        else Where(("author_id = %(mine)s", "deleted_at IS NULL"))
    )
    where = fitting(whose, filters)
    sql = f"SELECT count(*) FROM {TABLE} WHERE {where.sql()}"  # noqa: S608  (our own names)
    return int(row(sql, {**params, **where.params})[0])
