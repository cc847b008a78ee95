"""Debtors: create, edit, archive."""

from datetime import datetime
from http import HTTPStatus
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from core.action import action
from core.errors import DomainError
from core.events import publish
from core.folding import fold_name
from core.money import CURRENCIES
from core.sql import row
from ledger.actions.books import Membership, open_book
from ledger.actions.holding import hold_debtor_for
from ledger.actions.telling import tell_debtor_changed, tell_my_debts_changed
from ledger.models import Book, Debtor, Role, User
from ledger.models.debtors import FOLDED_CHARACTERS
from ledger.queries.book_lock import share_book
from ledger.queries.held import HeldDebtor
from ledger.serializers.rows import UserRow

# Accounts come with the debtor: what is locked before a write always exists.
INSERT_DEBTOR = """
WITH debtor AS (
  INSERT INTO ledger_debtor (book_id, full_name, folded_name, phone_number, note, created_at)
  VALUES (%(book)s, %(full_name)s, %(folded_name)s, %(phone_number)s, %(note)s, %(now)s)
  ON CONFLICT ON CONSTRAINT debtor_phone_number_once_in_a_book DO NOTHING
  RETURNING id
), account AS (
  INSERT INTO ledger_account (book_id, debtor_id, currency, open_total, credit_balance, seq)
  SELECT %(book)s, debtor.id, currency, 0, 0, 0
  FROM debtor CROSS JOIN unnest(%(currencies)s::text[]) WITH ORDINALITY AS c (currency, place)
  ORDER BY place
)
SELECT id FROM debtor
"""


class DuplicatePhoneNumber(DomainError):
    status, code = HTTPStatus.CONFLICT, "duplicate_phone_number"
    title = _("This number is in the book already.")


class DebtorHasBalance(DomainError):
    status, code = HTTPStatus.CONFLICT, "debtor_has_balance"
    title = _("The debtor still owes or has credit.")


class DebtorChanges(TypedDict, total=False):
    """What may be edited; a key that is absent stays."""

    full_name: str
    phone_number: str | None
    note: str


@action
def create_debtor(
    *,
    membership: Membership,
    full_name: str,
    now: datetime,
    phone_number: str | None = None,
    note: str = "",
) -> UserRow:
    """Put a debtor into the book. An archived one with this number comes back, renamed;
    its note stays unless there is a new one.

    Raises DuplicatePhoneNumber with the `id` of who has the number, NotAMember.
    """
    share_book(membership.book_id)  # before new rows, which writers may wait for
    if membership.role == Role.OWNER:
        open_book(account_id=membership.book_id)
    params = {
        "book": membership.book_id,
        "full_name": full_name,
        "folded_name": fold_name(full_name)[:FOLDED_CHARACTERS],
        "phone_number": phone_number,
        "note": note,
        "now": now,
        "currencies": list(CURRENCIES),
    }
    created = row(INSERT_DEBTOR, params)
    if created is None:
        # Now nobody else moves numbers; the one in our way may be gone already.
        _hold_numbers(membership.book_id)
        created = row(INSERT_DEBTOR, params)
    if created is None:
        return _bring_back(membership, phone_number, full_name=full_name, note=note)
    held = hold_debtor_for(membership, created[0])
    tell_debtor_changed(held)
    return held.user()


def _bring_back(
    membership: Membership, phone_number: str | None, *, full_name: str, note: str
) -> UserRow:
    debtor_id = _debtor_with(membership.book_id, phone_number)
    held = hold_debtor_for(membership, debtor_id, archived=True)
    # Read under the lock: of many who bring back at once, one does.
    if held.archived_at is None:
        raise DuplicatePhoneNumber(id=debtor_id)
    held.archived_at, held.full_name = None, full_name
    held.note = note or held.note
    _save(held)
    tell_debtor_changed(held)
    if held.was_used():
        tell_my_debts_changed(held.book_id, held.holder)
    return held.user()


@action
def edit_debtor(*, membership: Membership, debtor_id: int, changes: DebtorChanges) -> UserRow:
    """Change a debtor's name, number or note.

    Raises NotFound, DuplicatePhoneNumber with the `id` of who has it, RoleNotAllowed.
    """
    membership.require(Role.MANAGER)
    if "phone_number" in changes:
        share_book(membership.book_id)  # before its row, which writers may wait for
        _hold_numbers(membership.book_id)
    held = hold_debtor_for(membership, debtor_id, least=Role.MANAGER)
    number_before, holder_before = held.phone_number, held.holder
    held.full_name = changes.get("full_name", held.full_name)
    held.note = changes.get("note", held.note)
    held.phone_number = changes.get("phone_number", held.phone_number)
    _save(held)
    if held.phone_number != number_before:
        held.holder = _holder_of(held.phone_number)
        if held.was_used():
            tell_my_debts_changed(held.book_id, holder_before, held.holder)
    tell_debtor_changed(held)
    return held.user()


def _save(held: HeldDebtor) -> None:
    fields = {
        "full_name": held.full_name,
        "folded_name": fold_name(held.full_name)[:FOLDED_CHARACTERS],
        "phone_number": held.phone_number,
        "note": held.note,
        "archived_at": held.archived_at,
    }
    try:
        with transaction.atomic():
            Debtor.objects.filter(pk=held.debtor_id).update(**fields)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        holder = _debtor_with(held.book_id, held.phone_number)
        raise DuplicatePhoneNumber(id=holder) from error


def _hold_numbers(book_id: int) -> None:
    """One mover of numbers in a book at a time: two debtors who swap theirs would wait for
    each other. Other writers are let through."""
    Book.objects.select_for_update(no_key=True).filter(pk=book_id).first()


def _debtor_with(book_id: int, phone_number: str | None) -> int:
    return Debtor.objects.values_list("pk", flat=True).get(
        book_id=book_id, phone_number=phone_number
    )


def _holder_of(phone_number: str | None) -> int | None:
    if phone_number is None:
        return None
    return (
        User.objects.filter(phone_number=phone_number, is_active=True)
        .values_list("pk", flat=True)
        .first()
    )


@action
def archive_debtor(*, membership: Membership, debtor_id: int, now: datetime) -> None:
    """Take a debtor out of the lists; the history stays.

    Raises NotFound, DebtorHasBalance, RoleNotAllowed.
    """
    held = hold_debtor_for(membership, debtor_id, least=Role.MANAGER)
    if held.owes_or_has_credit():
        raise DebtorHasBalance
    held.archived_at = now
    _save(held)
    data = {"id": held.debtor_id, "book": held.book_id}
    publish("debtor.archived", to=held.keepers, data=data)
    if held.was_used():
        tell_my_debts_changed(held.book_id, held.holder)
