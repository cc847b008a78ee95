"""Books: who may do what in them, and their settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from ledger.models import Book, BookMember, Role, User
from ledger.queries.book_lock import shut_books

RANK = {Role.CASHIER: 1, Role.MANAGER: 2, Role.OWNER: 3}


class NotAMember(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "not_a_member"
    title = _("You do not keep this book.")


class RoleNotAllowed(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "role_not_allowed"
    title = _("Your role in this book does not allow this.")


@dataclass(frozen=True)
class Membership:
    """An account at work in a book. Every ledger action takes one."""

    book_id: int
    account_id: int
    role: Role

    def require(self, least: Role) -> None:
        """Raises RoleNotAllowed below the role `least`."""
        if RANK[self.role] < RANK[least]:
            raise RoleNotAllowed


def find_membership(*, account_id: int, book_id: int | None = None) -> Membership:
    """Who `account_id` is in the book `book_id` (None: its own). Raises NotAMember."""
    if book_id is None or book_id == account_id:
        return Membership(account_id, account_id, Role.OWNER)
    member = BookMember.objects.filter(book_id=book_id, user_id=account_id).first()
    if member is None:
        raise NotAMember
    return Membership(book_id, account_id, Role(member.role))


@action
def open_book(*, account_id: int) -> Book:
    """The account's own book, made on first use."""
    book, _created = Book.objects.get_or_create(owner_id=account_id)
    return book


def shut_own_book(account_id: int) -> None:
    """Wait for the writers in the account's book and let no new one in until we commit.

    Raises NotAMember when the account was erased meanwhile.
    """
    shut_books([account_id])
    if not User.objects.filter(pk=account_id, is_active=True).exists():
        raise NotAMember


@action
def update_book(
    *,
    account_id: int,
    book_id: int,
    name: str | None = None,
    currencies: Sequence[str] | None = None,
) -> Book:
    """Change a book's name or currencies; the default currency always stays.

    A currency switched off takes no new debts or payments; what is owed in it stays and can
    be voided, written off and refunded. Raises NotFound, RoleNotAllowed, NotAMember.
    """
    if find_member_of(account_id=account_id, book_id=book_id).role != Role.OWNER:
        raise RoleNotAllowed
    # Against the share that every writer holds: who was told that USD is off sees no later one.
    shut_own_book(book_id)
    book = open_book(account_id=account_id)
    if name is not None:
        book.name = name
    if currencies is not None:
        book.currencies = sorted(set(currencies), reverse=True)
    book.save(update_fields=["name", "currencies"])
    return book


def find_member_of(*, account_id: int, book_id: int) -> Membership:
    """As `find_membership`, for a book named in the path: another's is NotFound."""
    try:
        return find_membership(account_id=account_id, book_id=book_id)
    except NotAMember as error:
        raise NotFound from error
