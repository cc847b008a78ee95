"""A debtor's statement: the journal lines of one currency between two days."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.json_rows import fetch_json, json_object, moment, money, nullable, number, text
from core.sql import rows
from core.times import local_days

# The bytes of EntrySerializer.
ENTRY_JSON = json_object(
    {
        "seq": number("seq"),
        "kind": text("kind"),
        "amount": money("amount"),
        "balance": money("balance"),
        "debt": nullable(number("debt_id")),
        "payment": nullable(number("payment_id")),
        "description": text("description"),
        "created_at": moment("created_at"),
        "occurred_at": moment("occurred_at"),
    }
)
# Lines are numbered without gaps and never go back in time, so the first one since a moment is
# found by halving: some twenty reads of the journal's one index, whatever its length.
BOUNDS = """
WITH RECURSIVE account AS (
  SELECT id, seq FROM ledger_account
  WHERE book_id = %(book)s AND debtor_id = %(debtor)s AND currency = %(currency)s
), search (account_id, moment, low, high) AS (
  SELECT account.id, moment, 1::bigint, account.seq + 1
  FROM account CROSS JOIN unnest(ARRAY[%(start)s, %(end)s]::timestamptz[]) AS moment
  UNION ALL
  SELECT search.account_id, moment,
         CASE WHEN entry.created_at < moment THEN entry.seq + 1 ELSE low END,
         CASE WHEN entry.created_at < moment THEN high ELSE entry.seq END
  FROM search JOIN ledger_entry AS entry
    ON entry.account_id = search.account_id AND entry.seq = (low + high) / 2
  WHERE low < high
)
SELECT search.account_id, low, coalesce(before.balance, 0)
FROM search LEFT JOIN ledger_entry AS before
  ON before.account_id = search.account_id AND before.seq = low - 1
WHERE low = high ORDER BY moment
"""
ENTRIES = f"""
SELECT {ENTRY_JSON} FROM ledger_entry
WHERE account_id = %(account)s AND seq >= %(first)s AND seq < %(end)s
ORDER BY seq
"""  # noqa: S608  (columns of ours)


@dataclass(frozen=True)
class Statement:
    """`opening` and `closing`: what was owed before and after the `entries`."""

    opening: Decimal
    closing: Decimal
    entries: list[bytes]


def read_statement(
    *, book_id: int, debtor_id: int, currency: str, first: date, last: date
) -> Statement:
    """The lines created from the local day `first` to `last`, ascending.

    Lines do not change: what is added meanwhile is in all of the answer or in none of it.
    """
    start, end = local_days(first, last)
    key = {"book": book_id, "debtor": debtor_id, "currency": currency}
    (account, opens_at, opening), (_same, closes_at, closing) = rows(
        BOUNDS, {**key, "start": start, "end": end}
    )
    found = fetch_json(ENTRIES, {"account": account, "first": opens_at, "end": closes_at})
    return Statement(opening, closing, found)
