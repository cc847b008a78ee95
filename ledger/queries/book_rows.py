"""Lists of a book's debts and payments, each row with its debtor's name and number."""

from dataclasses import dataclass

from core.listing import Listing, Where, count_rows, fetch_listing, newest_first
from core.pagination import Page
from ledger.queries.names import NAMED, few_debtors_named, named

# OFFSET 0: the debtor is looked up for the page's rows, never joined to the whole table.
ROWS = """
SELECT {json} FROM ({page}) AS {alias}
CROSS JOIN LATERAL (
  SELECT full_name, phone_number FROM ledger_debtor WHERE id = {alias}.debtor_id OFFSET 0
) AS debtor
ORDER BY {alias}.created_at DESC, {alias}.id DESC
"""
# The newest rows of each debtor, and of these the newest: one read of an index a debtor.
OF_EACH = """
SELECT newest.* FROM unnest(%(debtors)s::bigint[]) AS one (id)
CROSS JOIN LATERAL ({page}) AS newest
ORDER BY created_at DESC, id DESC LIMIT %(rows)s
"""

IN_BOOK = "book_id = %(book)s"
# Of one debtor: asked once, of the debtor. With the rows' own book in the conditions, an index
# that begins with the book could be walked through millions of rows of other debtors.
IS_OF_BOOK = "(SELECT book_id FROM ledger_debtor WHERE id = %(user)s) = %(book)s"
# IS TRUE keeps this a test of each row, and so the list's index walked in order; as a join it
# may read and sort all rows of all these debtors.
IS_NAMED = f"(debtor_id IN ({NAMED})) IS TRUE"


@dataclass(frozen=True)
class BookRows:
    """A table of debts or payments, and the JSON of its row, which is called `alias` there."""

    alias: str
    json: str

    @property
    def table(self) -> str:
        return f"ledger_{self.alias}"

    def listing(
        self, where: Where, page: Page, *, book_id: int, user: int | None, full_name: str | None
    ) -> Listing:
        """One page of what fits `where`: of one debtor, of those whose name contains
        `full_name`, or of the whole book."""
        if user is not None:
            return self._of_one(where, page, book_id, user, full_name)
        if full_name is None:
            return self._walk(where.plus(IN_BOOK, book=book_id), page)
        few = few_debtors_named(book_id, full_name)
        if few is None:
            everybody = where.plus(IN_BOOK, book=book_id)
            return self._walk(everybody.plus(IS_NAMED, **named(book_id, full_name)), page)
        return self._of_few(where, page, few) if few else Listing.empty(page)

    def _of_one(
        self, where: Where, page: Page, book_id: int, user: int, full_name: str | None
    ) -> Listing:
        theirs = where.plus("debtor_id = %(user)s", user=user)
        theirs = theirs.plus(IS_OF_BOOK, book=book_id)
        if full_name is not None:
            theirs = theirs.plus(IS_NAMED, **named(book_id, full_name))
        return self._walk(theirs, page)

    def _walk(self, where: Where, page: Page) -> Listing:
        count = count_rows(self.table, where) if page.wants_count else None
        shown = where.after(page)
        return self._fetch(newest_first(self.table, shown), shown, page, count)

    def _of_few(self, where: Where, page: Page, few: list[int]) -> Listing:
        theirs = where.plus("debtor_id = ANY(%(debtors)s)", debtors=few)
        count = count_rows(self.table, theirs) if page.wants_count else None
        of_one = where.plus("debtor_id = one.id", debtors=few).after(page)
        newest = OF_EACH.format(page=newest_first(self.table, of_one))
        return self._fetch(newest, of_one, page, count)

    def _fetch(self, newest: str, where: Where, page: Page, count: int | None) -> Listing:
        sql = ROWS.format(json=self.json, page=newest, alias=self.alias)
        return fetch_listing(sql, where, page, count)
