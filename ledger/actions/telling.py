"""Who hears of what the ledger's actions change: the book's keepers, and the debtor whose
verified number the book holds."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from core.events import notify, publish
from core.money import money
from ledger.queries.changed_rows import read_debts, read_payments
from ledger.queries.held import HeldDebtor
from ledger.serializers.events import (
    debt_data,
    dispute_data,
    my_debt_data,
    my_payment_data,
    payment_data,
    user_data,
)
from ledger.serializers.rows import DebtRow, DisputeRow, PaymentRow

# One write that touches more rows says so in one event: streams are not held for long.
MAX_SINGLE_CHANGES = 100


def are_told_singly(rows: int) -> bool:
    """Is a write that touches so many debts and payments told of row by row?"""
    return rows <= MAX_SINGLE_CHANGES


def tell_debtor_changed(held: HeldDebtor) -> None:
    data = {**user_data(held.user()), "book": held.book_id}
    publish("debtor.changed", to=held.keepers, data=data)


def tell_debt(held: HeldDebtor, what: str, row: DebtRow) -> None:
    """`what` is `created` or `changed`."""
    data = {**debt_data(row), "book": held.book_id}
    publish(f"debt.{what}", to=held.keepers, data=data)
    _tell_my_debt(held, what, row)


def tell_debt_voided(held: HeldDebtor, row: DebtRow) -> None:
    """`row` is the debt as it stood before."""
    data = {"id": row.id, "user": row.user, "book": held.book_id}
    publish("debt.voided", to=held.keepers, data=data)
    _tell_my_debt(held, "voided", row)


def tell_payment_created(held: HeldDebtor, row: PaymentRow) -> None:
    data = {**payment_data(row), "book": held.book_id}
    publish("payment.created", to=held.keepers, data=data)
    _tell_my_payment(held, "created", row)


def tell_payment_voided(held: HeldDebtor, row: PaymentRow) -> None:
    data = {"id": row.id, "user": row.user, "book": held.book_id}
    publish("payment.voided", to=held.keepers, data=data)
    _tell_my_payment(held, "voided", row)


def tell_dispute(held: HeldDebtor, event: str, row: DisputeRow) -> None:
    to = {*held.keepers, *_holder(held)}
    publish(event, to=to, data=dispute_data(row))


def tell_changes(
    held: HeldDebtor,
    *,
    debts: Collection[int] = (),
    payments: Collection[int] = (),
    known: Sequence[DebtRow] = (),
    beside: int = 1,
) -> None:
    """Tell of the debts and payments whose numbers moved, and of the debtor's new totals.

    `known` are those of the debts that need not be read again; `beside` counts the rows that
    the same write made or voided and told of already.
    """
    if are_told_singly(len(debts) + len(payments) + beside):
        _tell_single_changes(held, debts, payments, known)
    else:
        data = {"user": held.debtor_id, "book": held.book_id}
        publish("debts.changed", to=held.keepers, data=data)
        tell_my_debts_changed(held.book_id, *_holder(held))
    tell_debtor_changed(held)


def tell_my_debts_changed(book_id: int, *holders: int | None) -> None:
    to = {holder for holder in holders if holder is not None}
    publish("my_debts.changed", to=to, data={"book": book_id})


def notify_holder(held: HeldDebtor, text: str, row: DebtRow | PaymentRow) -> None:
    """A line in the debtor's notifications, about a debt or a payment."""
    kind = "debt" if isinstance(row, DebtRow) else "payment"
    _notify(held, kind, text, row.amount, row.currency, {kind: row.id})


def notify_refund(held: HeldDebtor, amount: Decimal, currency: str) -> None:
    _notify(held, "payment", "credit_refunded", amount, currency, {})


def _notify(
    held: HeldDebtor, kind: str, text: str, amount: Decimal, currency: str, data: dict[str, Any]
) -> None:
    notify(
        kind,
        to=_holder(held),
        text=text,
        params={"shop": held.shop, "amount": money(amount), "currency": currency},
        data={"book": held.book_id, **data},
    )


def _tell_single_changes(
    held: HeldDebtor,
    debts: Collection[int],
    payments: Collection[int],
    known: Sequence[DebtRow],
) -> None:
    unread = set(debts) - {row.id for row in known}
    for debt in [*known, *(read_debts(held, unread) if unread else ())]:
        tell_debt(held, "changed", debt)
    for payment in read_payments(held, payments) if payments else ():
        data = {**payment_data(payment), "book": held.book_id}
        publish("payment.changed", to=held.keepers, data=data)


def _tell_my_debt(held: HeldDebtor, what: str, row: DebtRow) -> None:
    if held.holder is not None:
        about: dict[str, Any] = {"book": held.book_id, "currency": row.currency}
        publish(f"my_debt.{what}", to=_holder(held), data={**my_debt_data(row), **about})


def _tell_my_payment(held: HeldDebtor, what: str, row: PaymentRow) -> None:
    if held.holder is not None:
        data = {**my_payment_data(row), "book": held.book_id}
        publish(f"my_payment.{what}", to=_holder(held), data=data)


def _holder(held: HeldDebtor) -> tuple[int, ...]:
    return () if held.holder is None else (held.holder,)
