"""What lists of posts cost among a million: `make bench-feed`.

Every shape of the list, explained and run by PostgreSQL, in milliseconds and as a share of the
50 that are allowed; then a new post against 10,000 saved searches, as the worker does it.
Indexes of words need `pg_trgm`: name a full PostgreSQL in DATABASE_URL.
"""

import json
import os
import statistics
import sys
from typing import Any

from benchmarks.feed_rows import make_market
from benchmarks.feed_searches import measure_matching
from benchmarks.scratch import scratch_database

POSTS = int(os.environ.get("BENCH_FEED_POSTS", "1000000"))
AUTHORS = 5_000
RUNS = 5
LIMIT_MS = 50.0

SHAPES: list[tuple[str, dict[str, str]]] = [
    ("newest", {}),
    ("kind", {"kind": "offer"}),
    ("region", {"region": "UZ-XO"}),
    ("brand, frequent", {"brand": "toyota"}),
    ("brand, rare", {"brand": "delkor"}),
    ("kind, region, brand", {"kind": "request", "region": "UZ-XO", "brand": "delkor"}),
    ("currency", {"currency": "USD"}),
    ("author, busy", {"author": "{busy}"}),
    ("author, quiet", {"author": "{quiet}"}),
    ("mine", {"mine": "1"}),
    ("mine, q, by price", {"mine": "1", "q": "tormoz", "ordering": "price"}),
    ("price range, wide", {"price_min": "20000", "price_max": "2000000"}),
    ("price range, narrow", {"price_min": "40000000", "price_max": "40010000"}),
    ("price range, region, brand",
     {"price_min": "500000", "price_max": "900000", "region": "UZ-SU", "brand": "mutlu"}),
    ("by price", {"ordering": "price"}),
    ("dearest first", {"ordering": "-price"}),
    ("by price, currency, region", {"ordering": "price", "currency": "USD", "region": "UZ-NW"}),
    ("by price, brand rare", {"ordering": "price", "brand": "delkor"}),
    ("dearest first, kind, region, brand",
     {"ordering": "-price", "kind": "request", "region": "UZ-XO", "brand": "varta"}),
    ("dearest first, price range", {"ordering": "-price", "price_max": "300000"}),
    ("part number, whole", {"part_number": "{part}"}),
    ("part number, piece", {"part_number": "{piece}"}),
    ("part number, frequent piece", {"part_number": "040"}),
    ("q: part number", {"q": "{part}"}),
    ("q: piece of it in two", {"q": "{two}"}),
    ("q: every second post", {"q": "yetkazib"}),
    ("q: one in six", {"q": "tormoz"}),
    ("q: one in thirty", {"q": "klapan"}),
    ("q: one in eighty", {"q": "glushitel"}),
    ("q: one in ten thousand", {"q": "soz12345"}),
    ("q: in no post", {"q": "qwertyuiop"}),
    ("q: two words, always together", {"q": "tormoz kolodkasi"}),
    ("q: two words, seldom together", {"q": "glushitel delkor"}),
    ("q: two words, never together", {"q": "glushitel kolodkasi"}),
    ("q: four words", {"q": "tormoz kolodkasi toyota 1995"}),
    ("q: begins with two letters", {"q": "va"}),
    ("q, newest first, frequent", {"q": "yetkazib", "ordering": "-created_at"}),
    ("q, newest first, rare", {"q": "soz12345", "ordering": "-created_at"}),
    ("q, by price, frequent", {"q": "tormoz", "ordering": "price"}),
    ("q, by price, one in eighty", {"q": "glushitel", "ordering": "price"}),
    ("q, by price, rare", {"q": "soz12345", "ordering": "price"}),
    ("q, dearest first, two words", {"q": "glushitel mutlu", "ordering": "-price"}),
    ("q, region, price range",
     {"q": "tormoz", "region": "UZ-SA", "price_min": "50000", "price_max": "500000"}),
    ("q, narrow price range", {"q": "tormoz", "price_min": "40000000", "price_max": "40100000"}),
    ("q, kind, brand, region",
     {"q": "yetkazib", "kind": "request", "brand": "delkor", "region": "UZ-AN"}),
]  # fmt: skip


def statements(query: dict[str, str], *, account_id: int) -> tuple[str, Any]:
    """The one statement that the list runs for `query`, with its parameters."""
    from django.db import connection
    from django.http import QueryDict
    from django.utils import timezone

    from core.pagination import Page
    from marketplace.queries.feed import WITHOUT_JIT, find_order, list_feed, read_filters
    from marketplace.serializers.searches import FilterInput

    parameters = QueryDict(mutable=True)
    parameters.update(query)
    given = FilterInput(data=parameters.dict())
    given.is_valid(raise_exception=True)
    filters = read_filters(given.validated_data)
    mine = account_id if "mine" in query else None
    # Words are asked for by relevance where a shape says nothing: that costs the most.
    asked = query.get("ordering") or ("relevance" if filters.words else "-created_at")
    order = find_order(asked, filters, is_mine=mine is not None)
    kept: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        kept.append((sql.removeprefix(WITHOUT_JIT), params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        list_feed(filters, order, Page("", 50, None, False), mine=mine, now=timezone.now())
    [statement] = kept
    return statement


def milliseconds(sql: str, params: Any) -> float:
    """Planning and running, as PostgreSQL says. The statement ran once before."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET jit = off; EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        cursor.nextset()
        [(plan,)] = cursor.fetchall()
    told = plan[0] if isinstance(plan, list) else json.loads(plan)[0]
    return float(told["Planning Time"] + told["Execution Time"])


def examples(authors: list[int]) -> dict[str, str]:
    from core.sql import row

    (part,) = row("SELECT part_number FROM marketplace_b2bpost ORDER BY id LIMIT 1")
    digits = part.replace("-", "")
    return {
        "busy": str(authors[0]),
        "quiet": str(authors[-2]),
        "part": part,
        "piece": digits[1:8],
        "two": f"{digits[1:5]} {digits[5:8]}",
    }


def measure_shapes(authors: list[int]) -> None:
    known = examples(authors)
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    slowest = 0.0
    print(f"{POSTS:,} posts, a page of 50: median of {RUNS} runs, its share of {LIMIT_MS:.0f} ms")
    for name, shape in SHAPES:
        if wanted not in name:
            continue
        query = {key: value.format(**known) for key, value in shape.items()}
        sql, params = statements(query, account_id=authors[0])
        taken = [milliseconds(sql, params) for _ in range(RUNS)]
        middle = statistics.median(taken)
        slowest = max(slowest, middle)
        spread = f"({min(taken):.1f}-{max(taken):.1f})"
        print(f"  {name:36}{middle:8.1f} ms  {middle / LIMIT_MS:5.2f}  {spread}", flush=True)
    print(f"  slowest: {slowest:.1f} ms, {slowest / LIMIT_MS:.2f} of what is allowed")


def main() -> None:
    with scratch_database():
        authors = make_market(posts=POSTS, authors=AUTHORS)
        measure_shapes(authors)
        measure_matching()


if __name__ == "__main__":
    main()
