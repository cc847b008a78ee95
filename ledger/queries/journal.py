"""Writing a journal line, with the totals of its account: one statement."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.sql import run
from ledger.models import Entry
from ledger.queries.held import HeldAccount

TOTALS = """
  UPDATE ledger_account
  SET open_total = %(open_total)s, credit_balance = %(credit_balance)s,
      seq = %(seq)s, last_entry_at = %(at)s
  WHERE id = %(account)s
"""
LINE = """
  INSERT INTO ledger_entry
    (book_id, account_id, seq, kind, amount, balance, debt_id, payment_id, description,
     occurred_at, created_at, recorded_by_id)
  SELECT %(book)s, %(account)s, %(seq)s, %(kind)s, %(added)s, %(balance)s, %(debt)s, {payment},
         %(description)s, %(occurred_at)s, %(at)s, %(recorded_by)s
"""
POST = f"WITH account AS ({TOTALS})" + LINE.format(payment="%(payment)s")


def next_line(
    account: HeldAccount, *, kind: Entry.Kind, amount: Decimal, at: datetime
) -> dict[str, Any]:
    """What TOTALS and LINE say of an account: its totals as they now stand, and its next line,
    which adds `amount` to what is owed."""
    account.seq += 1
    account.last_entry_at = at
    return {
        "account": account.id,
        "open_total": account.open_total,
        "credit_balance": account.credit_balance,
        "seq": account.seq,
        "kind": kind,
        "added": amount,
        "balance": account.balance(),
        "at": at,
    }


def post(
    account: HeldAccount,
    *,
    book_id: int,
    kind: Entry.Kind,
    amount: Decimal,
    at: datetime,
    recorded_by: int,
    occurred_at: datetime | None = None,
    debt_id: int | None = None,
    payment_id: int | None = None,
    description: str = "",
) -> None:
    """Write the account's totals as they now stand, and the line that says why they moved.

    `amount` is what the line adds to what is owed.
    """
    run(
        POST,
        {
            **next_line(account, kind=kind, amount=amount, at=at),
            "book": book_id,
            "debt": debt_id,
            "payment": payment_id,
            "description": description,
            "occurred_at": occurred_at or at,
            "recorded_by": recorded_by,
        },
    )
