"""Reports about a whole book: one statement each, a JSON text a row.

A currency that was switched off is still shown while there is something to say in it.
"""

from datetime import date, datetime
from typing import Any

from core.json_rows import day, fetch_json, json_object, money, number, text
from core.money import CURRENCIES, DEFAULT_CURRENCY
from core.times import LOCAL_SQL, local_date, local_days

CURRENCIES_OF_BOOK = """
  SELECT currency, place, currency = %(default)s
         OR currency IN (SELECT unnest(currencies) FROM ledger_book WHERE id = %(book)s) AS is_on
  FROM unnest(%(currencies)s::text[]) WITH ORDINALITY AS known (currency, place)
"""

SUMMARY_JSON = json_object(
    {
        "currency": text("kept.currency"),
        "open_total": money("coalesce(account.open_total, 0.00)"),
        "credit_total": money("coalesce(account.credit_total, 0.00)"),
        "overdue_total": money("coalesce(overdue.total, 0.00)"),
        "debtors_owing": number("coalesce(account.debtors_owing, 0)"),
        "lent_today": money("coalesce(lent.total, 0.00)"),
        "collected_today": money("coalesce(collected.total, 0.00)"),
    }
)
SUMMARY = f"""
WITH kept AS ({CURRENCIES_OF_BOOK}), account AS (
  SELECT currency, sum(open_total) AS open_total, sum(credit_balance) AS credit_total,
         count(*) FILTER (WHERE open_total > 0) AS debtors_owing
  FROM ledger_account WHERE book_id = %(book)s GROUP BY currency
), overdue AS (
  SELECT currency, sum(remaining) AS total FROM ledger_debt
  WHERE book_id = %(book)s AND status IN ('pending', 'partially_paid') AND due_date < %(today)s
  GROUP BY currency
), lent AS (
  SELECT currency, sum(amount) AS total FROM ledger_debt
  WHERE book_id = %(book)s AND voided_at IS NULL
    AND created_at >= %(start)s AND created_at < %(end)s
  GROUP BY currency
), collected AS (
  SELECT currency, sum(amount) AS total FROM ledger_payment
  WHERE book_id = %(book)s AND voided_at IS NULL
    AND created_at >= %(start)s AND created_at < %(end)s
  GROUP BY currency
)
SELECT {SUMMARY_JSON} FROM kept
LEFT JOIN account USING (currency) LEFT JOIN overdue USING (currency)
LEFT JOIN lent USING (currency) LEFT JOIN collected USING (currency)
WHERE is_on OR account.open_total > 0 OR account.credit_total > 0
  OR lent.total > 0 OR collected.total > 0
ORDER BY place
"""  # noqa: S608  (columns of ours)

# Days past the due date, or past the day it occurred where there is none.
DAYS_LATE = f"%(today)s - coalesce(due_date, {LOCAL_SQL.format('occurred_at')}::date) AS days"
AGES = {
    "current": "days <= 0",
    "days_1_30": "days BETWEEN 1 AND 30",
    "days_31_60": "days BETWEEN 31 AND 60",
    "days_61_90": "days BETWEEN 61 AND 90",
    "days_over_90": "days > 90",
}
AGING_JSON = json_object(
    {"currency": text("currency")}
    | {
        name: money(f"coalesce(sum(remaining) FILTER (WHERE {condition}), 0.00)")
        for name, condition in AGES.items()
    }
)
AGING = f"""
WITH kept AS ({CURRENCIES_OF_BOOK}), late AS (
  SELECT currency, remaining, {DAYS_LATE} FROM ledger_debt
  WHERE book_id = %(book)s AND status IN ('pending', 'partially_paid')
)
SELECT {AGING_JSON} FROM kept LEFT JOIN late USING (currency)
WHERE is_on OR remaining > 0 GROUP BY currency, place ORDER BY place
"""  # noqa: S608  (columns of ours)

DAILY_JSON = json_object(
    {
        "date": day("date"),
        "currency": text("currency"),
        "lent": money("coalesce(lent, 0.00)"),
        "collected": money("coalesce(collected, 0.00)"),
    }
)
DAILY = f"""
WITH kept AS ({CURRENCIES_OF_BOOK}), moved AS (
  SELECT currency, {LOCAL_SQL.format("created_at")}::date AS date,
         sum(lent) AS lent, sum(collected) AS collected
  FROM (
    SELECT currency, created_at, amount AS lent, 0.00 AS collected FROM ledger_debt
    WHERE book_id = %(book)s AND voided_at IS NULL
      AND created_at >= %(start)s AND created_at < %(end)s
    UNION ALL
    SELECT currency, created_at, 0.00, amount FROM ledger_payment
    WHERE book_id = %(book)s AND voided_at IS NULL
      AND created_at >= %(start)s AND created_at < %(end)s
  ) AS both_ways
  GROUP BY 1, 2
)
SELECT {DAILY_JSON}
FROM generate_series(%(first)s::date, %(last)s::date, '1 day') AS series (instant)
CROSS JOIN LATERAL (SELECT instant::date AS date) AS calendar
CROSS JOIN kept LEFT JOIN moved USING (currency, date)
WHERE is_on OR currency IN (SELECT currency FROM moved)
ORDER BY date DESC, place
"""  # noqa: S608  (columns of ours)


def summary(book_id: int, *, now: datetime) -> list[bytes]:
    """What is owed, in credit and overdue, and what moved today, by currency."""
    today = local_date(now)
    return fetch_json(SUMMARY, {**_book(book_id), **_days(today, today), "today": today})


def aging(book_id: int, *, now: datetime) -> list[bytes]:
    """What remains by days past due, by currency."""
    return fetch_json(AGING, {**_book(book_id), "today": local_date(now)})


def daily(book_id: int, *, first: date, last: date) -> list[bytes]:
    """What was lent and collected on each local day, newest first, by currency."""
    days = {"first": first, "last": last, **_days(first, last)}
    return fetch_json(DAILY, {**_book(book_id), **days})


def _book(book_id: int) -> dict[str, Any]:
    return {"book": book_id, "currencies": list(CURRENCIES), "default": DEFAULT_CURRENCY}


def _days(first: date, last: date) -> dict[str, Any]:
    start, end = local_days(first, last)
    return {"start": start, "end": end}
