"""What a page of debts costs: page 1 and page 10,000, in a small book and in a huge one."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benchmarks.ledger_rows import make_book, sign_in
from benchmarks.scratch import scratch_database

RUNS = 5
READS = 40
ROWS = 50
SMALL, HUGE = 50_000, 5_000_000
DEEP = 10_000

# Each with its WHERE, to find the cursor of the deep page.
FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "all": ({}, "true"),
    "status": ({"status": "pending"}, "status = 'pending'"),
    "currency": ({"currency": "UZS"}, "currency = 'UZS'"),
    "overdue": (
        {"overdue": True},
        "status IN ('pending', 'partially_paid') AND due_date < current_date",
    ),
    "name of many": (
        {"full_name": "Бобур"},
        "debtor_id IN (SELECT id FROM ledger_debtor WHERE folded_name LIKE '%%bobur%%')",
    ),
}


@dataclass
class Cost:
    """Milliseconds of a page, run by run."""

    first_of_small: list[float] = field(default_factory=list)
    first_of_huge: list[float] = field(default_factory=list)
    deep_of_huge: list[float] = field(default_factory=list)


def compare_pages() -> None:
    small, _access = sign_in("+998901110002")
    make_book(owner_id=small, debtors=2_000, debts=SMALL)
    huge, _access = sign_in("+998901110003")
    make_book(owner_id=huge, debtors=20_000, debts=HUGE)
    report(costs_of(small, huge))


def costs_of(small: int, huge: int) -> dict[str, Cost]:
    costs = {name: Cost() for name in FILTERS}
    deep = {name: keys_before(huge, where, DEEP) for name, (_, where) in FILTERS.items()}
    for _ in range(RUNS):
        for name, (filters, _where) in FILTERS.items():
            cost = costs[name]
            cost.first_of_small.append(milliseconds(page_of(small, filters, None)))
            cost.first_of_huge.append(milliseconds(page_of(huge, filters, None)))
            cost.deep_of_huge.append(milliseconds(page_of(huge, filters, deep[name])))
    return costs


def keys_before(book_id: int, where: str, page: int) -> tuple[Any, ...]:
    """The sort keys of the last row before a page."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT created_at, id FROM ledger_debt WHERE book_id = %s AND {where}"
            " ORDER BY created_at DESC, id DESC OFFSET %s LIMIT 1",
            [book_id, (page - 1) * ROWS - 1],
        )
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def page_of(book_id: int, filters: dict[str, Any], after: Any) -> Callable[[], int]:
    from core.listing import Created
    from core.pagination import Page
    from ledger.queries.debt_list import DebtFilters, list_debts

    asked = DebtFilters(created=Created(), today=date.today(), **filters)
    page = Page("debts", ROWS, after, wants_count=False)
    return lambda: len(list_debts(book_id, asked, page).rows)


def milliseconds(read: Callable[[], int]) -> float:
    """The median of some reads, the first ones left out."""
    each = []
    for _ in range(READS):
        started = time.perf_counter()
        assert read() == ROWS
        each.append((time.perf_counter() - started) * 1_000)
    return statistics.median(each[READS // 4 :])


def report(costs: dict[str, Cost]) -> None:
    print(f"A page of {ROWS} debts in ms, median of {RUNS} interleaved runs of {READS} reads")
    print(f"  {'':14}page 1 of {SMALL:,}  page 1 of {HUGE:,}  page {DEEP:,}   ratios")
    for name, cost in costs.items():
        middles = [
            statistics.median(each)
            for each in (cost.first_of_small, cost.first_of_huge, cost.deep_of_huge)
        ]
        ratios = [
            statistics.median(a / b for a, b in zip(each, cost.first_of_small, strict=True))
            for each in (cost.first_of_huge, cost.deep_of_huge)
        ]
        wanted = " (at most 1.3)" if name == "all" else ""
        print(
            f"  {name:14}{middles[0]:14.2f}{middles[1]:21.2f}{middles[2]:13.2f}"
            f"   {ratios[0]:.2f}, {ratios[1]:.2f}{wanted}"
        )


def main() -> None:
    with scratch_database():
        compare_pages()


if __name__ == "__main__":
    main()
