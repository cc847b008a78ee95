"""What the end of an account means for its book and for the books it helped to keep."""

from http import HTTPStatus

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.idempotency import forget_answers
from ledger.models import Account, Book, BookMember, Debtor
from ledger.queries.book_lock import shut_books

MEMBERS_PATH = "/api/v1/book/members"


class BookHasBalances(DomainError):
    status, code = HTTPStatus.CONFLICT, "book_has_balances"
    title = _("Somebody in your book still owes or has credit.")


def refuse_open_balances(account_id: int) -> DomainError | None:
    """The obstacle: a book in which something is open.

    Shuts the account's own book and those it helps to keep, so that nobody writes in them as
    this account, or into its book, while it is erased.
    """
    kept = BookMember.objects.filter(user=account_id).values_list("book", flat=True)
    shut_books({account_id, *kept})
    open_ = Account.objects.filter(book=account_id).filter(
        Q(open_total__gt=0) | Q(credit_balance__gt=0)
    )
    return BookHasBalances() if open_.exists() else None


def erase_book(account_id: int) -> None:
    """The eraser: nobody keeps the book any more, its own words go, its money history stays
    for the debtors who see their side of it."""
    for owner_id in BookMember.objects.filter(user=account_id).values_list("book", flat=True):
        # The kept answer to "add this member" names the person.
        forget_answers(account_id=owner_id, path=MEMBERS_PATH)
    BookMember.objects.filter(Q(book=account_id) | Q(user=account_id)).delete()
    Book.objects.filter(pk=account_id).update(name="")
    Debtor.objects.filter(book=account_id).exclude(note="").update(note="")
