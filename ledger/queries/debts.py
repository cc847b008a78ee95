"""Writing a debt."""

from datetime import date, datetime
from decimal import Decimal

from ledger.queries.held import HeldAccount, HeldDebtor
from ledger.queries.sql import rows

INSERT_DEBT = """
INSERT INTO ledger_debt
  (book_id, debtor_id, account_id, currency, amount, paid, written_off, description, due_date,
   occurred_at, created_at)
VALUES
  (%(book)s, %(debtor)s, %(account)s, %(currency)s, %(amount)s, 0, 0, %(description)s,
   %(due_date)s, %(occurred_at)s, %(at)s)
RETURNING id
"""


def insert_debt(
    held: HeldDebtor,
    account: HeldAccount,
    *,
    amount: Decimal,
    description: str,
    due_date: date | None,
    occurred_at: datetime,
    at: datetime,
) -> int:
    """Gives the debt's id."""
    params = {
        "book": held.book_id,
        "debtor": held.debtor_id,
        "account": account.id,
        "currency": account.currency,
        "amount": amount,
        "description": description,
        "due_date": due_date,
        "occurred_at": occurred_at,
        "at": at,
    }
    return int(rows(INSERT_DEBT, params)[0][0])
