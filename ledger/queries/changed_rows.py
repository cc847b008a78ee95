"""Rows that an action has just written, in the shape its events need."""

from collections.abc import Iterable

from core.sql import array, rows
from ledger.queries.held import HeldDebtor
from ledger.serializers.rows import DebtRow, PaymentRow

# In the order of DebtRow, whose last two fields are the debtor's.
DEBT_COLUMNS = """
  debt.id, debt.debtor_id, debt.amount, debt.remaining, debt.written_off, debt.status,
  debt.description, debt.created_at, debt.occurred_at, debt.currency, debt.due_date,
  EXISTS (SELECT FROM ledger_dispute AS dispute
          WHERE dispute.debt_id = debt.id AND dispute.resolved_at IS NULL) AS is_disputed
"""
# In the order of PaymentRow, likewise.
PAYMENT_COLUMNS = """
  payment.id, payment.debtor_id, payment.amount, payment.description, payment.created_at,
  payment.occurred_at, payment.currency, payment.credited, payment.refunded
"""
DEBTS = f"""
SELECT {DEBT_COLUMNS} FROM ledger_debt AS debt
WHERE debt.book_id = %(book)s AND debt.id = ANY(%(ids)s::bigint[])
ORDER BY debt.occurred_at, debt.id
"""  # noqa: S608  (columns of ours)
PAYMENTS = f"""
SELECT {PAYMENT_COLUMNS} FROM ledger_payment AS payment
WHERE payment.book_id = %(book)s AND payment.id = ANY(%(ids)s::bigint[])
ORDER BY payment.occurred_at, payment.id
"""  # noqa: S608  (columns of ours)


def read_debts(held: HeldDebtor, ids: Iterable[int]) -> list[DebtRow]:
    """The held debtor's debts with these ids, oldest first."""
    found = rows(DEBTS, {"book": held.book_id, "ids": array(ids)})
    return [DebtRow._make((*values, held.full_name, held.phone_number)) for values in found]


def read_payments(held: HeldDebtor, ids: Iterable[int]) -> list[PaymentRow]:
    """The held debtor's payments with these ids, oldest first."""
    found = rows(PAYMENTS, {"book": held.book_id, "ids": array(ids)})
    return [PaymentRow._make((*values, held.full_name, held.phone_number)) for values in found]
