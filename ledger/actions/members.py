"""Members of a book: added and removed by its owner."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, FieldError, NotFound
from ledger.actions.books import Membership, open_book, shut_own_book
from ledger.models import BookMember, Role, User

MAX_MEMBERS = 40


class NoSuchAccount(DomainError):
    code = "no_such_account"
    title = _("This number has no account yet.")


class OwnerIsNoMember(DomainError):
    code = "owner_is_no_member"
    title = _("The owner keeps the book already.")


class TooManyMembers(DomainError):
    status, code = HTTPStatus.CONFLICT, "too_many_members"
    title = _("This book has as many members as it can have.")
    detail = _("A book has at most {limit} members.")


@action
def add_member(
    *, membership: Membership, phone_number: str, role: Role, now: datetime
) -> BookMember:
    """Let the account with this number keep the book; a member gets the new role.

    Raises RoleNotAllowed, NoSuchAccount, OwnerIsNoMember, TooManyMembers, NotAMember.
    """
    membership.require(Role.OWNER)
    person = _hold_person(phone_number)
    if person.pk == membership.book_id:
        raise OwnerIsNoMember
    shut_own_book(membership.book_id)
    open_book(account_id=membership.book_id)
    member, created = BookMember.objects.update_or_create(
        book_id=membership.book_id,
        user=person,
        defaults={"role": role},
        create_defaults={"role": role, "created_at": now},
    )
    # Counted under the book's lock, which every other addition waits for.
    if created and BookMember.objects.filter(book_id=membership.book_id).count() > MAX_MEMBERS:
        raise TooManyMembers(limit=MAX_MEMBERS)
    return member


def _hold_person(phone_number: str) -> User:
    """Whose number it is, until we commit: who is being erased becomes no member. An erasure
    locks the account before its books, and so do we. Raises NoSuchAccount."""
    active = User.objects.select_for_update(no_key=True).filter(is_active=True)
    person = active.filter(phone_number=phone_number).first()
    if person is None:
        field = FieldError("phone_number", NoSuchAccount.code, str(NoSuchAccount.title))
        raise NoSuchAccount(errors=[field])
    return person


@action
def remove_member(*, membership: Membership, member_id: int) -> None:
    """Take a member out. Writes of theirs under way are waited for; no later one commits.

    Raises RoleNotAllowed, NotFound, NotAMember.
    """
    membership.require(Role.OWNER)
    shut_own_book(membership.book_id)
    deleted, _rows = BookMember.objects.filter(book_id=membership.book_id, pk=member_id).delete()
    if not deleted:
        raise NotFound
