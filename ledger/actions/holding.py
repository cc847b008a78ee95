"""The start of every money action: lock the debtor, and look again who asks."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, FieldError, NotFound
from ledger.actions.books import Membership, NotAMember
from ledger.models import Debt, Payment, Role
from ledger.queries.held import HeldAccount, HeldDebtor, hold_debtor


class DebtorArchived(DomainError):
    status, code = HTTPStatus.CONFLICT, "debtor_archived"
    title = _("The debtor is archived.")


class CurrencyNotEnabled(DomainError):
    code = "currency_not_enabled"
    title = _("This currency is not switched on in the book.")


class OccurredInFuture(DomainError):
    title = _("This cannot have happened yet.")


def hold_debtor_for(
    membership: Membership,
    debtor_id: int,
    *,
    least: Role = Role.CASHIER,
    archived: bool = False,
) -> HeldDebtor:
    """Lock a debtor's accounts for a write by `membership`. The role is read again under the
    lock: who was removed or demoted meanwhile writes nothing.

    An archived debtor is found only when `archived` says so.
    Raises RoleNotAllowed, NotFound, NotAMember.
    """
    membership.require(least)
    held = hold_debtor(book_id=membership.book_id, debtor_id=debtor_id)
    if held is None or (held.archived_at is not None and not archived):
        raise NotFound
    role = held.roles.get(membership.account_id)
    if role is None:
        raise NotAMember
    Membership(membership.book_id, membership.account_id, role).require(least)
    return held


def hold_debtor_of(membership: Membership, model: type[Debt | Payment], row_id: int) -> HeldDebtor:
    """Lock the debtor of a live debt or payment, for a manager's correction of it.

    Whether the row is still live is to be read again. Raises RoleNotAllowed, NotFound,
    NotAMember, DebtorArchived.
    """
    membership.require(Role.MANAGER)
    found = model._default_manager.filter(
        book_id=membership.book_id, pk=row_id, voided_at__isnull=True
    )
    debtor_id = found.values_list("debtor_id", flat=True).first()
    if debtor_id is None:
        raise NotFound
    held = hold_debtor_for(membership, debtor_id, least=Role.MANAGER, archived=True)
    if held.archived_at is not None:
        raise DebtorArchived
    return held


def enabled_account(held: HeldDebtor, currency: str) -> HeldAccount:
    """The debtor's account for new business. Raises CurrencyNotEnabled."""
    if currency not in held.currencies:
        field = FieldError("currency", CurrencyNotEnabled.code, str(CurrencyNotEnabled.title))
        raise CurrencyNotEnabled(errors=[field])
    return held.accounts[currency]


def refuse_future(occurred_at: datetime | None, *, now: datetime) -> None:
    """Raises OccurredInFuture."""
    if occurred_at is not None and occurred_at > now:
        field = FieldError("occurred_at", OccurredInFuture.code, str(OccurredInFuture.title))
        raise OccurredInFuture(errors=[field])
