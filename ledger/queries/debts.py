"""Writing a debt."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from core.sql import row
from ledger.queries.held import HeldAccount, HeldDebtor

INSERT_DEBT = """
INSERT INTO ledger_debt
  (book_id, debtor_id, account_id, currency, amount, paid, written_off, description, due_date,
   occurred_at, created_at)
VALUES
  (%(book)s, %(debtor)s, %(account)s, %(currency)s, %(amount)s, 0, 0, %(description)s,
   %(due_date)s, %(occurred_at)s, %(at)s)
RETURNING id
"""


class NewDebt(NamedTuple):
    """What a debt is to be."""

    amount: Decimal
    description: str
    due_date: date | None
    occurred_at: datetime
    at: datetime


def insert_debt(held: HeldDebtor, account: HeldAccount, debt: NewDebt) -> int:
    """Gives the debt's id."""
    params = {
        "book": held.book_id,
        "debtor": held.debtor_id,
        "account": account.id,
        "currency": account.currency,
        **debt._asdict(),
    }
    return int(row(INSERT_DEBT, params)[0])
