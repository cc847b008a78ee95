"""The books an account keeps, and the people who keep a book."""

from dataclasses import dataclass
from typing import Any

from core.serializers import MAX_ID
from ledger.models import Book, BookMember, Role
from ledger.models.books import first_currencies

# One's own book has no membership: in the order of those it stands before the newest.
OWN = MAX_ID


@dataclass(frozen=True)
class KeptBook:
    """A book as one of its people sees it. `place` is its place in their list, descending."""

    id: int
    name: str
    currencies: list[str]
    role: str
    place: int


def kept_books(account_id: int, *, after: int | None, limit: int) -> list[KeptBook]:
    """The account's own book, then those it is a member of, the newest membership first."""
    own = [own_book(account_id)] if after is None else []
    members = (
        BookMember.objects.filter(user_id=account_id, pk__lt=OWN if after is None else after)
        .select_related("book")
        .order_by("-pk")[: limit - len(own)]
    )
    return own + [_of_member(member) for member in members]


def count_books(account_id: int) -> int:
    return 1 + BookMember.objects.filter(user_id=account_id).count()


def own_book(account_id: int) -> KeptBook:
    """One's own book, also before its first use has made it."""
    book = Book.objects.filter(pk=account_id).first()
    if book is None:
        return KeptBook(account_id, "", first_currencies(), Role.OWNER, OWN)
    return KeptBook(account_id, book.name, book.currencies, Role.OWNER, OWN)


def kept_book(account_id: int, book_id: int) -> KeptBook | None:
    """A book that the account keeps."""
    if book_id == account_id:
        return own_book(account_id)
    member = (
        BookMember.objects.filter(user_id=account_id, book_id=book_id)
        .select_related("book")
        .first()
    )
    return None if member is None else _of_member(member)


def members_of(book_id: int, *, after: int | None, limit: int) -> list[BookMember]:
    """With their accounts, the newest first."""
    members = BookMember.objects.filter(book_id=book_id).select_related("user").order_by("-pk")
    return list((members if after is None else members.filter(pk__lt=after))[:limit])


def count_members(book_id: int) -> int:
    return BookMember.objects.filter(book_id=book_id).count()


def _of_member(member: BookMember) -> KeptBook:
    book: Any = member.book
    return KeptBook(book.pk, book.name, book.currencies, member.role, member.pk)
