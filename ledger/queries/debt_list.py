"""The list of a book's debts."""

from dataclasses import dataclass
from datetime import date

from core.json_rows import day, flag, json_object, moment, money, nullable, number, text
from core.listing import Created, Listing, Where
from core.pagination import Page
from ledger.queries.book_rows import BookRows

# The bytes of DebtSerializer.
DEBT_JSON = json_object(
    {
        "id": number("debt.id"),
        "user": number("debt.debtor_id"),
        "full_name": text("debtor.full_name"),
        "phone_number": nullable(text("debtor.phone_number")),
        "amount": money("debt.amount"),
        "remaining": money("debt.remaining"),
        "written_off": money("debt.written_off"),
        "status": text("debt.status"),
        "description": text("debt.description"),
        "created_at": moment("debt.created_at"),
        "occurred_at": moment("debt.occurred_at"),
        "currency": text("debt.currency"),
        "due_date": nullable(day("debt.due_date")),
        "is_disputed": flag(
            "EXISTS (SELECT FROM ledger_dispute AS dispute"
            " WHERE dispute.debt_id = debt.id AND dispute.resolved_at IS NULL)"
        ),
    }
)
DEBTS = BookRows("debt", DEBT_JSON)


@dataclass(frozen=True)
class DebtFilters:
    """None: not filtered by. `overdue`: with something remaining and past its due date."""

    created: Created
    today: date
    user: int | None = None
    status: str | None = None
    currency: str | None = None
    full_name: str | None = None
    overdue: bool | None = None


def list_debts(book_id: int, filters: DebtFilters, page: Page) -> Listing:
    """Newest first."""
    # Said with every other condition, too: the indexes leave void debts out.
    where = Where(("voided_at IS NULL",)).created(filters.created)
    if filters.status is not None:
        where = where.plus("status = %(status)s", status=filters.status)
    if filters.currency is not None:
        where = where.plus("currency = %(currency)s", currency=filters.currency)
    if filters.overdue is not None:
        where = _overdue(where, filters.overdue, filters.today)
    return DEBTS.listing(
        where, page, book_id=book_id, user=filters.user, full_name=filters.full_name
    )


def _overdue(where: Where, overdue: bool, today: date) -> Where:
    if overdue:
        where = where.plus("status IN ('pending', 'partially_paid')")
        return where.plus("due_date < %(today)s", today=today)
    return where.plus("(status = 'paid' OR due_date >= %(today)s OR due_date IS NULL)", today=today)
