"""One debtor, debt or payment of a book, as the rows that the API's shapes are made from."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from core.money import DEFAULT_CURRENCY
from core.sql import row, rows
from ledger.queries.changed_rows import DEBT_COLUMNS, PAYMENT_COLUMNS
from ledger.serializers.rows import AllocationRow, BalanceRow, DebtRow, PaymentRow, UserRow

USER = """
SELECT full_name, phone_number, note, created_at FROM ledger_debtor
WHERE book_id = %(book)s AND id = %(id)s AND (archived_at IS NULL OR %(archived)s)
"""
BALANCES = """
SELECT currency, open_total, credit_balance FROM ledger_account
WHERE book_id = %(book)s AND debtor_id = %(id)s AND (currency = %(default)s OR seq > 0)
ORDER BY currency <> %(default)s, id
"""
DEBT = f"""
SELECT {DEBT_COLUMNS}, debtor.full_name, debtor.phone_number
FROM ledger_debt AS debt JOIN ledger_debtor AS debtor ON debtor.id = debt.debtor_id
WHERE debt.book_id = %(book)s AND debt.id = %(id)s AND debt.voided_at IS NULL
"""  # noqa: S608  (columns of ours)
PAYMENT = f"""
SELECT {PAYMENT_COLUMNS}, debtor.full_name, debtor.phone_number
FROM ledger_payment AS payment JOIN ledger_debtor AS debtor ON debtor.id = payment.debtor_id
WHERE payment.book_id = %(book)s AND payment.id = %(id)s AND payment.voided_at IS NULL
"""  # noqa: S608  (columns of ours)
PAYMENTS_OF_DEBT = """
SELECT payment_id, amount, created_at FROM ledger_debtpayment
WHERE debt_id = %(id)s AND reversed_at IS NULL ORDER BY id
"""
DEBTS_OF_PAYMENT = """
SELECT debt_id, amount FROM ledger_debtpayment
WHERE payment_id = %(id)s AND reversed_at IS NULL ORDER BY id
"""


class ReceivedRow(NamedTuple):
    """So much of a payment, as it stands in the debt that got it."""

    payment: int
    amount: Decimal
    created_at: datetime


def find_user(book_id: int, user_id: int, *, archived: bool = False) -> UserRow | None:
    """A debtor of the book; an archived one only when `archived` says so."""
    key = {"book": book_id, "id": user_id}
    found = row(USER, {**key, "archived": archived})
    if found is None:
        return None
    full_name, phone_number, note, created_at = found
    balances = rows(BALANCES, {**key, "default": DEFAULT_CURRENCY})
    return UserRow(
        user_id,
        full_name,
        phone_number,
        note,
        created_at,
        tuple(BalanceRow(*values) for values in balances),
    )


def find_debt(book_id: int, debt_id: int) -> DebtRow | None:
    """A debt of the book that is not void."""
    found = row(DEBT, {"book": book_id, "id": debt_id})
    return None if found is None else DebtRow(*found)


def find_payment(book_id: int, payment_id: int) -> PaymentRow | None:
    """A payment of the book that is not void."""
    found = row(PAYMENT, {"book": book_id, "id": payment_id})
    return None if found is None else PaymentRow(*found)


def payments_of_debt(debt_id: int) -> list[ReceivedRow]:
    """What a debt got, in the order it came."""
    return [ReceivedRow(*values) for values in rows(PAYMENTS_OF_DEBT, {"id": debt_id})]


def debts_of_payment(payment_id: int) -> list[AllocationRow]:
    """What a payment gave, in the order it was given."""
    return [AllocationRow(*values) for values in rows(DEBTS_OF_PAYMENT, {"id": payment_id})]
