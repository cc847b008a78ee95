"""The lock of a book: shared by those who write in it, whole for those who change who may.

Its waiters are served in the order they came. A lock of the book's row would let later writers
join those under way, and in a busy book nobody could be removed. It also exists before the
book's row does, and stands in no foreign key's way.

Locks are taken in this order, and none is waited for while holding a later one:

1. a number (`lock_number`), 2. an account (`lock_account`), 3. the book, here, 4. its row,
5. a debtor's accounts (`hold_debtor`), 6. event streams, at the transaction's end.

Who has the whole lock takes none of 5: writers who wait for the book hold no accounts, and
those who hold accounts have the book already. Of several books, those of lower ids come first.
"""

from collections.abc import Collection

from core.sql import row

# A hash of the whole id and of what it names: ids need all 64 bits, and so does a lock's key.
KEY = "hashtextextended('ledger_book:' || {book}::bigint, 0)"
SHARE = f"SELECT pg_advisory_xact_lock_shared({KEY.format(book='%(book)s')})"
SHUT = f"""
SELECT count(pg_advisory_xact_lock({KEY.format(book="book.id")}))
FROM unnest(%(books)s::bigint[]) AS book (id)
"""  # noqa: S608  (a key of ours)


def share_book(book_id: int) -> None:
    """Let nobody change who keeps the book, or its currencies, until we commit."""
    row(SHARE, {"book": book_id})


def shut_books(book_ids: Collection[int]) -> None:
    """Wait for the writers in these books and let no new one in until we commit."""
    row(SHUT, {"books": sorted(book_ids)})
