"""Debts: create, edit, void."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, FieldError, NotFound
from core.money import DEFAULT_CURRENCY
from ledger.actions.books import Membership
from ledger.actions.disputes import close_dispute_of_void
from ledger.actions.filling import fill
from ledger.actions.holding import (
    enabled_account,
    hold_debtor_for,
    hold_debtor_of,
    refuse_future,
)
from ledger.actions.telling import notify_holder, tell_changes, tell_debt, tell_debt_voided
from ledger.models import Debt, Entry
from ledger.queries.allocation import reverse_on_debt
from ledger.queries.changed_rows import read_debts
from ledger.queries.debts import NewDebt, insert_debt
from ledger.queries.held import HeldAccount, HeldDebtor
from ledger.queries.journal import post
from ledger.serializers.rows import DebtRow

EDITABLE = frozenset({"description", "due_date"})


class ImmutableField(DomainError):
    code = "immutable_field"
    title = _("This cannot be changed any more.")


@action
def create_debt(
    *,
    membership: Membership,
    debtor_id: int,
    amount: Decimal,
    now: datetime,
    currency: str = DEFAULT_CURRENCY,
    description: str = "",
    due_date: date | None = None,
    occurred_at: datetime | None = None,
) -> DebtRow:
    """Record a debt. The debtor's credit is spent on it at once, oldest payment first.

    Raises NotFound, NotAMember, CurrencyNotEnabled, OccurredInFuture.
    """
    refuse_future(occurred_at, now=now)
    held = hold_debtor_for(membership, debtor_id)
    account = enabled_account(held, currency)
    at = account.moment(now)
    debt = NewDebt(amount, description, due_date, occurred_at or at, at)
    return _write(held, account, debt, recorded_by=membership.account_id)


def _write(held: HeldDebtor, account: HeldAccount, debt: NewDebt, *, recorded_by: int) -> DebtRow:
    debt_id = insert_debt(held, account, debt)
    account.open_total += debt.amount
    used = fill(account, book_id=held.book_id, at=debt.at)
    post(
        account,
        book_id=held.book_id,
        kind=Entry.Kind.DEBT,
        amount=debt.amount,
        at=debt.at,
        occurred_at=debt.occurred_at,
        debt_id=debt_id,
        description=debt.description,
        recorded_by=recorded_by,
    )
    row = find_debt(held, debt_id)
    tell_debt(held, "created", row)
    notify_holder(held, "debt_recorded", row)
    tell_changes(held, payments={share.payment_id for share in used})
    return row


@action
def edit_debt(*, membership: Membership, debt_id: int, changes: Mapping[str, Any]) -> DebtRow:
    """Change a debt's `description` or `due_date`.

    Raises ImmutableField for another key, RoleNotAllowed, NotFound, DebtorArchived.
    """
    _refuse_immutable(changes)
    held = hold_debtor_of(membership, Debt, debt_id)
    if changes:
        Debt.objects.filter(pk=debt_id, voided_at__isnull=True).update(**changes)
    row = find_debt(held, debt_id)
    tell_debt(held, "changed", row)
    return row


def _refuse_immutable(changes: Mapping[str, Any]) -> None:
    fields = sorted(changes.keys() - EDITABLE)
    if fields:
        title = str(ImmutableField.title)
        raise ImmutableField(errors=[FieldError(f, ImmutableField.code, title) for f in fields])


@action
def void_debt(*, membership: Membership, debt_id: int, now: datetime) -> None:
    """Undo a debt: what paid it is credit again, and goes to the oldest open debts.

    Raises RoleNotAllowed, NotFound (also when it is void already), DebtorArchived.
    """
    held = hold_debtor_of(membership, Debt, debt_id)
    before = find_debt(held, debt_id)
    account = held.accounts[before.currency]
    at = account.moment(now)
    freed = reverse_on_debt(debt_id, at=at)
    Debt.objects.filter(pk=debt_id).update(voided_at=at)
    account.open_total -= before.remaining
    account.credit_balance += sum(share.amount for share in freed)
    filled = fill(account, book_id=held.book_id, at=at)
    post(
        account,
        book_id=held.book_id,
        kind=Entry.Kind.VOID_DEBT,
        amount=before.written_off - before.amount,
        at=at,
        debt_id=debt_id,
        recorded_by=membership.account_id,
    )
    close_dispute_of_void(held, debt_id, at=at)
    tell_debt_voided(held, before)
    notify_holder(held, "debt_voided", before)
    tell_changes(
        held,
        debts={share.debt_id for share in filled},
        payments={share.payment_id for share in (*freed, *filled)},
    )


def find_debt(held: HeldDebtor, debt_id: int) -> DebtRow:
    """The live debt as it now is, under the lock. Raises NotFound when it is void."""
    found = read_debts(held, [debt_id])
    if not found or found[0].status == Debt.Status.VOID:
        raise NotFound
    return found[0]
