"""Money of all books together, for operators: whole tables are read, so the worker does it."""

from datetime import date, datetime, timedelta
from typing import Any

from core.money import CURRENCIES, DEFAULT_CURRENCY, money
from core.sql import rows
from core.times import LOCAL_SQL, local_date, local_days

DAYS = 30
OUTSTANDING = """
SELECT currency, sum(open_total), sum(credit_balance), count(*) FILTER (WHERE open_total > 0)
FROM ledger_account GROUP BY currency
"""
COLLECTED = f"""
SELECT currency, {LOCAL_SQL.format("created_at")}::date, sum(amount), count(*)
FROM ledger_payment
WHERE voided_at IS NULL AND created_at >= %s AND created_at < %s
GROUP BY 1, 2
"""  # noqa: S608  (columns of ours)


def take_outstanding(now: datetime) -> list[dict[str, Any]]:
    """What is open and in credit now, by currency; the default one always, others if any."""
    known = {currency: figures for currency, *figures in rows(OUTSTANDING)}
    return [
        {
            "currency": currency,
            "open_total": money(open_total),
            "credit_total": money(credit_total),
            "debtors_owing": owing,
        }
        for currency in CURRENCIES
        for open_total, credit_total, owing in [known.get(currency, (0, 0, 0))]
        if currency == DEFAULT_CURRENCY or open_total or credit_total
    ]


def take_collections(now: datetime) -> dict[str, Any]:
    """What was collected on each of the last 30 local days, the oldest first, by currency.

    `{"last": "2026-11-22", "collected": {"UZS": [["1000.00", 2], …]}}`: amount and payments.
    """
    last = local_date(now)
    first = last - timedelta(days=DAYS - 1)
    found = {(row[0], row[1]): row[2:] for row in rows(COLLECTED, local_days(first, last))}
    shown = {DEFAULT_CURRENCY} | {currency for currency, _day in found}
    return {
        "last": last.isoformat(),
        "collected": {
            currency: [_day(found, currency, first + timedelta(days=n)) for n in range(DAYS)]
            for currency in CURRENCIES
            if currency in shown
        },
    }


def _day(found: dict[Any, Any], currency: str, day: date) -> list[Any]:
    amount, payments = found.get((currency, day), (0, 0))
    return [money(amount), payments]
