"""What an account owes in books that hold its verified number."""

from datetime import datetime, timedelta

from core.json_rows import (
    day,
    fetch_keyed_json,
    flag,
    json_object,
    moment,
    money,
    nullable,
    number,
    text,
)
from core.listing import Listing
from core.pagination import Page
from core.sql import row

CLOSED_FOR = timedelta(days=90)
MAX_DEBTS = 200

# The bytes of MyDebtSerializer: nothing of the shop's own words about the debtor.
MY_DEBT_JSON = json_object(
    {
        "id": number("debt.id"),
        "amount": money("debt.amount"),
        "remaining": money("debt.remaining"),
        "status": text("debt.status"),
        "description": text("debt.description"),
        "created_at": moment("debt.created_at"),
        "due_date": nullable(day("debt.due_date")),
        "is_disputed": flag(
            "EXISTS (SELECT FROM ledger_dispute AS dispute"
            " WHERE dispute.debt_id = debt.id AND dispute.resolved_at IS NULL)"
        ),
    }
)
# The bytes of MyDebtsSerializer.
MY_DEBTS_JSON = json_object(
    {
        "book": number("account.book_id"),
        "creditor": json_object(
            {
                "full_name": text("owner.full_name"),
                "phone_number": nullable(text("owner.phone_number")),
            }
        ),
        "currency": text("account.currency"),
        "open_total": money("account.open_total"),
        "credit_balance": money("account.credit_balance"),
        "debts": "'[' || coalesce(debts.json, '') || ']'",
    }
)
OPEN = """
SELECT * FROM ledger_debt
WHERE account_id = account.id AND status IN ('pending', 'partially_paid')
ORDER BY created_at DESC, id DESC LIMIT %(most)s
"""
# A debt was closed by the last of what paid it or wrote it off.
CLOSED = """
SELECT * FROM ledger_debt AS paid
WHERE debtor_id = account.debtor_id AND account_id = account.id
  AND status = 'paid' AND voided_at IS NULL
  AND (
    EXISTS (SELECT FROM ledger_debtpayment
            WHERE debt_id = paid.id AND reversed_at IS NULL AND created_at >= %(closed_since)s)
    OR (written_off > 0 AND id IN (
        SELECT debt_id FROM ledger_entry
        WHERE account_id = account.id AND kind = 'write_off' AND created_at >= %(closed_since)s))
  )
ORDER BY created_at DESC, id DESC LIMIT %(most)s
"""
MY_DEBTS = f"""
SELECT {MY_DEBTS_JSON}, account.last_entry_at, account.id
FROM ledger_debtor AS debtor
JOIN ledger_account AS account
  ON account.book_id = debtor.book_id AND account.debtor_id = debtor.id AND account.seq > 0
JOIN ledger_user AS owner ON owner.id = debtor.book_id
CROSS JOIN LATERAL (
  SELECT string_agg({MY_DEBT_JSON}, ',' ORDER BY is_closed, created_at DESC, id DESC) AS json
  FROM (
    SELECT * FROM (
      SELECT false AS is_closed, open.* FROM ({OPEN}) AS open
      UNION ALL
      SELECT true AS is_closed, closed.* FROM ({CLOSED}) AS closed
    ) AS shown
    ORDER BY is_closed, created_at DESC, id DESC LIMIT %(most)s
  ) AS debt
) AS debts
WHERE debtor.phone_number = %(phone_number)s AND debtor.archived_at IS NULL
  AND (account.last_entry_at, account.id) < (%(after_moment)s, %(after_id)s)
ORDER BY account.last_entry_at DESC, account.id DESC LIMIT %(rows)s
"""  # noqa: S608  (columns of ours)
COUNT = """
SELECT count(*) FROM ledger_debtor AS debtor
JOIN ledger_account AS account
  ON account.book_id = debtor.book_id AND account.debtor_id = debtor.id AND account.seq > 0
WHERE debtor.phone_number = %(phone_number)s AND debtor.archived_at IS NULL
"""


def read_my_debts(phone_number: str | None, page: Page, *, now: datetime) -> Listing:
    """One row a book and currency, the latest change first. In each the open debts, then those
    closed in the last 90 days, newest first and at most 200."""
    if phone_number is None:
        return Listing.empty(page)
    after_moment, after_id = page.after or ("infinity", 0)
    params = {
        "phone_number": phone_number,
        "closed_since": now - CLOSED_FOR,
        "most": MAX_DEBTS,
        "after_moment": after_moment,
        "after_id": after_id,
        "rows": page.limit + 1,
    }
    found = fetch_keyed_json(MY_DEBTS, params)
    shown = found[: page.limit]
    return Listing(
        rows=[row for row, *_keys in shown],
        next_after=shown[-1][1:] if len(found) > page.limit else None,
        count=_count(phone_number) if page.wants_count else None,
    )


def _count(phone_number: str) -> int:
    counted = row(COUNT, {"phone_number": phone_number})
    assert counted
    return int(counted[0])
