"""Payments: record, void."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, FieldError, NotFound
from core.money import DEFAULT_CURRENCY
from ledger.actions.books import Membership
from ledger.actions.filling import fill
from ledger.actions.holding import (
    enabled_account,
    hold_debtor_for,
    hold_debtor_of,
    refuse_future,
)
from ledger.actions.telling import (
    are_told_singly,
    notify_holder,
    tell_changes,
    tell_payment_created,
    tell_payment_voided,
)
from ledger.models import Entry, Payment
from ledger.queries.allocation import (
    Part,
    oldest_open_debts,
    remaining_of,
    reverse_of_payment,
)
from ledger.queries.changed_rows import read_payments
from ledger.queries.held import HeldAccount, HeldDebtor
from ledger.queries.journal import post
from ledger.queries.payments import NewPayment, insert_payment
from ledger.serializers.rows import AllocationRow, PaymentRow


class AllocationInvalid(DomainError):
    code = "allocation_invalid"
    title = _("The payment cannot be divided like this.")


class CreditRefunded(DomainError):
    status, code = HTTPStatus.CONFLICT, "credit_refunded"
    title = _("A part of this payment was handed back already.")


@dataclass(frozen=True)
class RecordedPayment:
    payment: PaymentRow
    allocations: Sequence[AllocationRow]


@action
def record_payment(
    *,
    membership: Membership,
    debtor_id: int,
    amount: Decimal,
    now: datetime,
    currency: str = DEFAULT_CURRENCY,
    description: str = "",
    occurred_at: datetime | None = None,
    allocations: Sequence[AllocationRow] = (),
    dry_run: bool = False,
) -> RecordedPayment:
    """Record money a debtor brought: to the debts named in `allocations`, the rest to the
    oldest open debts, what is left is credit.

    With `dry_run` nothing is written and the payment has no id. Raises NotFound, NotAMember,
    CurrencyNotEnabled, OccurredInFuture, AllocationInvalid.
    """
    refuse_future(occurred_at, now=now)
    held = hold_debtor_for(membership, debtor_id)
    account = enabled_account(held, currency)
    at = account.moment(now)
    parts = _divide(account, amount, allocations)
    payment = NewPayment(
        amount,
        description,
        occurred_at or at,
        at,
        parts,
        frozenset(named.debt for named in allocations),
    )
    if dry_run:
        return _recorded(held, account, payment, None)
    return _write(held, account, payment, recorded_by=membership.account_id)


def _divide(
    account: HeldAccount, amount: Decimal, allocations: Sequence[AllocationRow]
) -> list[Part]:
    """Named debts first, in their order, then the oldest open ones; one part a debt."""
    named = {allocation.debt: allocation.amount for allocation in allocations}
    if allocations:
        _refuse_invalid(account, amount, allocations)
    rest = amount - sum(named.values())
    for debt_id, part in oldest_open_debts(account.id, rest, taken=named):
        named[debt_id] = named.get(debt_id, Decimal(0)) + part
    return [Part(debt_id, part) for debt_id, part in named.items()]


def _refuse_invalid(
    account: HeldAccount, amount: Decimal, allocations: Sequence[AllocationRow]
) -> None:
    remaining = remaining_of(account.id, (named.debt for named in allocations))
    wrong = []
    for place, (debt_id, part) in enumerate(allocations):
        # Popped: the second part for a debt finds none.
        if part > remaining.pop(debt_id, Decimal(0)):
            wrong.append(f"allocations.{place}")
    if not wrong and sum(named.amount for named in allocations) > amount:
        wrong.append("allocations")
    if wrong:
        title = str(AllocationInvalid.title)
        errors = [FieldError(field, AllocationInvalid.code, title) for field in wrong]
        raise AllocationInvalid(errors=errors)


def _write(
    held: HeldDebtor, account: HeldAccount, payment: NewPayment, *, recorded_by: int
) -> RecordedPayment:
    account.open_total -= payment.allocated()
    account.credit_balance += payment.amount - payment.allocated()
    told = are_told_singly(len(payment.parts) + 1)
    payment_id, debts = insert_payment(held, account, payment, recorded_by=recorded_by, told=told)
    recorded = _recorded(held, account, payment, payment_id)
    tell_payment_created(held, recorded.payment)
    notify_holder(held, "payment_recorded", recorded.payment)
    tell_changes(held, debts=[part.id for part in payment.parts], known=debts)
    return recorded


def _recorded(
    held: HeldDebtor, account: HeldAccount, payment: NewPayment, payment_id: int | None
) -> RecordedPayment:
    row = PaymentRow(
        payment_id,
        held.debtor_id,
        payment.amount,
        payment.description,
        payment.at,
        payment.occurred_at,
        account.currency,
        payment.amount - payment.allocated(),
        Decimal(0),
        held.full_name,
        held.phone_number,
    )
    return RecordedPayment(row, [AllocationRow(*part) for part in payment.parts])


@action
def void_payment(*, membership: Membership, payment_id: int, now: datetime) -> None:
    """Undo a payment: its debts are open again, and other credit goes to the oldest of them.

    Raises RoleNotAllowed, NotFound (also when it is void already), DebtorArchived,
    CreditRefunded.
    """
    held = hold_debtor_of(membership, Payment, payment_id)
    before = _find_payment(held, payment_id)
    if before.refunded:
        raise CreditRefunded
    account = held.accounts[before.currency]
    at = account.moment(now)
    reopened = reverse_of_payment(payment_id, at=at)
    Payment.objects.filter(pk=payment_id).update(voided_at=at)
    account.open_total += sum(share.amount for share in reopened)
    account.credit_balance -= before.credited
    filled = fill(account, book_id=held.book_id, at=at)
    post(
        account,
        book_id=held.book_id,
        kind=Entry.Kind.VOID_PAYMENT,
        amount=before.amount,
        at=at,
        payment_id=payment_id,
        recorded_by=membership.account_id,
    )
    tell_payment_voided(held, before)
    notify_holder(held, "payment_voided", before)
    tell_changes(
        held,
        debts={share.debt_id for share in (*reopened, *filled)},
        payments={share.payment_id for share in filled},
    )


def _find_payment(held: HeldDebtor, payment_id: int) -> PaymentRow:
    live = Payment.objects.live().filter(book_id=held.book_id, pk=payment_id)
    found = read_payments(held, live.values_list("pk", flat=True))
    if not found:
        raise NotFound
    return found[0]
