"""The ledger's rows as queries give them: what the shapes of the API are made from."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class BalanceRow(NamedTuple):
    currency: str
    open_total: Decimal
    credit_balance: Decimal


class UserRow(NamedTuple):
    """A debtor. `balances`: the default currency first, others once they were used."""

    id: int
    full_name: str
    phone_number: str | None
    note: str
    created_at: datetime
    balances: tuple[BalanceRow, ...]


class DebtRow(NamedTuple):
    """A debt; `user`, `full_name` and `phone_number` are its debtor's."""

    id: int
    user: int
    amount: Decimal
    remaining: Decimal
    written_off: Decimal
    status: str
    description: str
    created_at: datetime
    occurred_at: datetime
    currency: str
    due_date: date | None
    is_disputed: bool
    full_name: str
    phone_number: str | None


class PaymentRow(NamedTuple):
    """A payment; `id` is None in the answer to a dry run."""

    id: int | None
    user: int
    amount: Decimal
    description: str
    created_at: datetime
    occurred_at: datetime
    currency: str
    credited: Decimal
    refunded: Decimal
    full_name: str
    phone_number: str | None


class AllocationRow(NamedTuple):
    """So much of a payment for one debt."""

    debt: int
    amount: Decimal


class DisputeRow(NamedTuple):
    id: int
    debt: int
    reason: str
    note: str
    created_at: datetime
    resolved_at: datetime | None
