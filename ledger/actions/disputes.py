"""Disputes: opened by the debtor, resolved by the shop."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from core.events import notify
from core.sql import row
from ledger.actions.books import Membership
from ledger.actions.holding import hold_debtor_of
from ledger.actions.telling import tell_dispute
from ledger.models import Debt, User
from ledger.queries.held import HeldDebtor, hold_debtor
from ledger.serializers.rows import DisputeRow

# The unique index of open disputes decides, whoever comes at once.
OPEN = """
INSERT INTO ledger_dispute
  (book_id, account_id, debt_id, reason, note, opened_by_id, created_at)
SELECT book_id, account_id, id, %(reason)s, '', %(opened_by)s, %(now)s
FROM ledger_debt
WHERE book_id = %(book)s AND debtor_id = %(debtor)s AND id = %(debt)s AND voided_at IS NULL
ON CONFLICT (debt_id) WHERE resolved_at IS NULL DO NOTHING
RETURNING id, debt_id, reason, note, created_at, resolved_at
"""
RESOLVE = """
UPDATE ledger_dispute SET note = %(note)s, resolved_at = %(at)s
WHERE debt_id = %(debt)s AND resolved_at IS NULL
RETURNING id, debt_id, reason, note, created_at, resolved_at
"""


class AlreadyDisputed(DomainError):
    status, code = HTTPStatus.CONFLICT, "already_disputed"
    title = _("This debt is disputed already.")


@action
def open_dispute(*, account_id: int, debt_id: int, reason: str, now: datetime) -> DisputeRow:
    """Say that a debt is not right: for the account whose verified number the book holds.

    Raises NotFound, AlreadyDisputed.
    """
    held = _hold_own_debt(account_id, debt_id)
    opened = row(
        OPEN,
        {
            "book": held.book_id,
            "debtor": held.debtor_id,
            "debt": debt_id,
            "reason": reason,
            "opened_by": account_id,
            "now": now,
        },
    )
    if opened is None:
        raise AlreadyDisputed
    dispute = DisputeRow(*opened)
    tell_dispute(held, "debt.disputed", dispute)
    notify(
        "dispute",
        to=held.keepers,
        text="dispute_opened",
        params={"debtor": held.full_name},
        data={"book": held.book_id, "debt": debt_id, "dispute": dispute.id},
    )
    return dispute


def _hold_own_debt(account_id: int, debt_id: int) -> HeldDebtor:
    number = User.objects.filter(pk=account_id).values("phone_number")
    own = Debt.objects.live().filter(
        pk=debt_id, debtor__phone_number__in=number, debtor__archived_at__isnull=True
    )
    found = own.values_list("book_id", "debtor_id").first()
    if found is None:
        raise NotFound
    book_id, debtor_id = found
    held = hold_debtor(book_id=book_id, debtor_id=debtor_id)
    # Read again under the lock: the number may have moved, the debt may be void.
    if held is None or held.holder != account_id or held.archived_at or not own.exists():
        raise NotFound
    return held


@action
def resolve_dispute(
    *, membership: Membership, debt_id: int, note: str, now: datetime
) -> DisputeRow:
    """Close the open dispute of a debt, with a note for the debtor.

    Raises RoleNotAllowed, NotFound (also when there is no open one), DebtorArchived.
    """
    held = hold_debtor_of(membership, Debt, debt_id)
    resolved = _resolve(held, debt_id, note=note, at=now)
    if resolved is None:
        raise NotFound
    return resolved


def close_dispute_of_void(held: HeldDebtor, debt_id: int, *, at: datetime) -> None:
    """A void debt is no longer disputed: the debtor was right, or it was a slip."""
    _resolve(held, debt_id, note="", at=at)


def _resolve(held: HeldDebtor, debt_id: int, *, note: str, at: datetime) -> DisputeRow | None:
    closed = row(RESOLVE, {"note": note, "debt": debt_id, "at": at})
    if closed is None:
        return None
    dispute = DisputeRow(*closed)
    tell_dispute(held, "dispute.resolved", dispute)
    notify(
        "dispute",
        to=() if held.holder is None else (held.holder,),
        text="dispute_resolved",
        params={"shop": held.shop},
        data={"book": held.book_id, "debt": debt_id, "dispute": dispute.id},
    )
    return dispute
