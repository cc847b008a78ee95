"""What a payment costs against the number of open debts, and of debts it closes."""

import statistics
import time
from decimal import Decimal

from benchmarks.ledger_shop import DEBT, Shop, open_shop

RUNS = 5
OPEN_DEBTS = (10, 100, 1_000, 10_000)
PAYMENTS = 20


def compare_open_debts() -> None:
    costs: dict[int, list[float]] = {size: [] for size in OPEN_DEBTS}
    closing: list[float] = []
    for _ in range(RUNS):
        for size in OPEN_DEBTS:
            shop = open_shop(debtors=PAYMENTS if size < 1_000 else 2, debts_each=size)
            costs[size].append(statistics.median(milliseconds(shop, Decimal(25), PAYMENTS)))
        shop = open_shop(debtors=3, debts_each=1_000)
        closing.append(statistics.median(milliseconds(shop, DEBT * 1_000, 3)))
    report(costs, closing)


def milliseconds(shop: Shop, amount: Decimal, payments: int) -> list[float]:
    from django.utils import timezone

    from ledger.actions.books import Membership
    from ledger.actions.payments import record_payment
    from ledger.models import Role

    keeper = Membership(shop.owner_id, shop.owner_id, Role.OWNER)
    costs = []
    for number in range(payments):
        debtor_id = shop.debtor_ids[number % len(shop.debtor_ids)]
        started = time.perf_counter()
        record_payment(membership=keeper, debtor_id=debtor_id, amount=amount, now=timezone.now())
        costs.append((time.perf_counter() - started) * 1_000)
    return costs


def report(costs: dict[int, list[float]], closing: list[float]) -> None:
    print(f"A payment that settles three debts, median of {RUNS} interleaved runs")
    for size, each in costs.items():
        print(f"  {size:6} open debts {statistics.median(each):7.2f} ms")
    ratio = statistics.median(
        most / least for most, least in zip(costs[10_000], costs[10], strict=True)
    )
    print(f"  10,000 / 10 open debts: {ratio:.2f} (at most 3)")
    print(f"  closing 1,000 debts at once: {statistics.median(closing):.0f} ms (below 100)")
