"""The list of a book's payments."""

from dataclasses import dataclass

from core.json_rows import json_object, moment, money, nullable, number, text
from core.listing import Created, Listing, Where
from core.pagination import Page
from ledger.queries.book_rows import BookRows

# The bytes of PaymentSerializer.
PAYMENT_JSON = json_object(
    {
        "id": number("payment.id"),
        "user": number("payment.debtor_id"),
        "full_name": text("debtor.full_name"),
        "phone_number": nullable(text("debtor.phone_number")),
        "amount": money("payment.amount"),
        "description": nullable(text("nullif(payment.description, '')")),
        "created_at": moment("payment.created_at"),
        "occurred_at": moment("payment.occurred_at"),
        "currency": text("payment.currency"),
        "credited": money("payment.credited"),
        "refunded": money("payment.refunded"),
    }
)
PAYMENTS = BookRows("payment", PAYMENT_JSON)


@dataclass(frozen=True)
class PaymentFilters:
    """None: not filtered by."""

    created: Created
    user: int | None = None
    currency: str | None = None
    full_name: str | None = None


def list_payments(book_id: int, filters: PaymentFilters, page: Page) -> Listing:
    """Newest first."""
    where = Where(("voided_at IS NULL",)).created(filters.created)
    if filters.currency is not None:
        where = where.plus("currency = %(currency)s", currency=filters.currency)
    return PAYMENTS.listing(
        where, page, book_id=book_id, user=filters.user, full_name=filters.full_name
    )
