"""Write-offs: the shop gives up a debt or a part of it, or changes its mind."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from ledger.actions.books import Membership
from ledger.actions.debts import find_debt
from ledger.actions.filling import fill
from ledger.actions.holding import hold_debtor_of
from ledger.actions.telling import notify_holder, tell_changes
from ledger.models import Debt, Entry
from ledger.queries.held import HeldDebtor
from ledger.queries.journal import post
from ledger.serializers.rows import DebtRow


class NotEnoughRemaining(DomainError):
    status, code = HTTPStatus.CONFLICT, "not_enough_remaining"
    title = _("Less than this remains of the debt.")


@action
def write_off_debt(
    *,
    membership: Membership,
    debt_id: int,
    reason: str,
    now: datetime,
    amount: Decimal | None = None,
) -> DebtRow:
    """Give up `amount` of what remains (None: all of it).

    Raises RoleNotAllowed, NotFound, DebtorArchived, NotEnoughRemaining.
    """
    held = hold_debtor_of(membership, Debt, debt_id)
    before = find_debt(held, debt_id)
    given_up = before.remaining if amount is None else amount
    if given_up == 0 or given_up > before.remaining:
        raise NotEnoughRemaining
    account = held.accounts[before.currency]
    at = account.moment(now)
    Debt.objects.filter(pk=debt_id).update(written_off=F("written_off") + given_up)
    account.open_total -= given_up
    post(
        account,
        book_id=held.book_id,
        kind=Entry.Kind.WRITE_OFF,
        amount=-given_up,
        at=at,
        debt_id=debt_id,
        description=reason,
        recorded_by=membership.account_id,
    )
    return _told(held, debt_id, "debt_written_off")


@action
def take_back_write_off(*, membership: Membership, debt_id: int, now: datetime) -> DebtRow:
    """Have all that was written off owed again; credit is spent on it at once.

    Raises RoleNotAllowed, NotFound (also when nothing is written off), DebtorArchived.
    """
    held = hold_debtor_of(membership, Debt, debt_id)
    before = find_debt(held, debt_id)
    if not before.written_off:
        raise NotFound
    account = held.accounts[before.currency]
    at = account.moment(now)
    Debt.objects.filter(pk=debt_id).update(written_off=0)
    account.open_total += before.written_off
    filled = fill(account, book_id=held.book_id, at=at)
    post(
        account,
        book_id=held.book_id,
        kind=Entry.Kind.UNDO_WRITE_OFF,
        amount=before.written_off,
        at=at,
        debt_id=debt_id,
        recorded_by=membership.account_id,
    )
    payments = {share.payment_id for share in filled}
    return _told(held, debt_id, "write_off_taken_back", payments)


def _told(
    held: HeldDebtor, debt_id: int, text: str, payments: frozenset[int] | set[int] = frozenset()
) -> DebtRow:
    row = find_debt(held, debt_id)
    notify_holder(held, text, row)
    tell_changes(held, debts=[debt_id], known=[row], payments=payments, beside=0)
    return row
