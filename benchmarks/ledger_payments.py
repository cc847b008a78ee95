"""Payments a second: the action, a naive loop, and the action's statements in pgbench."""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from benchmarks.ledger_pgbench import payments_per_second
from benchmarks.ledger_shop import Shop, open_shop

RUNS = 5
PAYMENTS = 300
DEBTORS = 30
AMOUNT = Decimal(25)  # three debts of 10, one of them in part


def compare_payments(url: str) -> None:
    rates: dict[str, list[float]] = {"action": [], "naive loop": [], "pgbench": []}
    for _ in range(RUNS):
        shops = [open_shop(debtors=DEBTORS, debts_each=60) for _ in range(2)]
        rates["action"].append(rate(acting(shops[0])))
        rates["naive loop"].append(rate(naive(shops[1])))
        many = open_shop(debtors=100, debts_each=600)
        rates["pgbench"].append(payments_per_second(many, url, seconds=3, clients=1))
    report(rates)


def acting(shop: Shop) -> Callable[[int], object]:
    from django.utils import timezone

    from ledger.actions.books import Membership
    from ledger.actions.payments import record_payment
    from ledger.models import Role

    keeper = Membership(shop.owner_id, shop.owner_id, Role.OWNER)
    return lambda place: record_payment(
        membership=keeper, debtor_id=shop.debtor_ids[place], amount=AMOUNT, now=timezone.now()
    )


def naive(shop: Shop) -> Callable[[int], object]:
    from benchmarks.naive_ledger import pay_naively

    return lambda place: pay_naively(shop.account_ids[place], AMOUNT)


def rate(pay: Callable[[int], object]) -> float:
    for place in range(DEBTORS):  # warm: connections, caches, compiled imports
        pay(place)
    started = time.perf_counter()
    for number in range(PAYMENTS):
        pay(number % DEBTORS)
    return PAYMENTS / (time.perf_counter() - started)


def report(rates: dict[str, list[float]]) -> None:
    print(f"Payments that settle three debts, one client, median of {RUNS} interleaved runs")
    for kind, each in rates.items():
        print(f"  {kind:11}{statistics.median(each):7.0f}/s  ({min(each):.0f}-{max(each):.0f})")
    for peer, wanted in (("naive loop", " (at least 1.5)"), ("pgbench", "")):
        ratio = statistics.median(
            ours / theirs for ours, theirs in zip(rates["action"], rates[peer], strict=True)
        )
        print(f"  action / {peer}: {ratio:.2f}{wanted}")
