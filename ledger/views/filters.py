"""The filters of the book's lists, read from the query string and said in the document."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.listing import Created
from core.money import CURRENCIES
from core.query_params import (
    bad_parameter,
    read_choice,
    read_date,
    read_flag,
    read_int,
    read_text,
)
from core.serializers import MAX_ID
from core.times import local_date, local_days
from ledger.queries.debt_list import DebtFilters
from ledger.queries.payment_list import PaymentFilters
from ledger.serializers.debts import STATUSES

MAX_SEARCH_CHARACTERS = 150
DEFAULT_DAYS = 30


def _parameter(name: str, description: str, **schema: Any) -> OpenApiParameter:
    return OpenApiParameter(name, schema, description=description)


def _day(name: str, description: str) -> OpenApiParameter:
    return _parameter(name, description, type="string", format="date")


QUERY = _parameter(
    "query",
    "A part of the name, in any script, or three or more digits of the number.",
    type="string",
    maxLength=MAX_SEARCH_CHARACTERS,
)
CURRENCY = _parameter("currency", "", type="string", enum=list(CURRENCIES))
ROW_FILTERS = [
    _parameter("user", "The debtor's id.", type="integer", minimum=1, maximum=MAX_ID),
    _parameter(
        "full_name",
        "A part of the debtor's name, in any script.",
        type="string",
        maxLength=MAX_SEARCH_CHARACTERS,
    ),
    CURRENCY,
    _day("created_at", "The local day."),
    _day("created_from", "This local day or later."),
    _day("created_to", "This local day or earlier."),
]
DEBT_FILTERS = [
    *ROW_FILTERS,
    _parameter("status", "", type="string", enum=[str(status) for status in STATUSES]),
    _parameter(
        "overdue",
        "`1`: something remains and the due date is past. `0`: all others.",
        type="string",
        enum=["0", "1", "true", "false"],
    ),
]
PERIOD = [
    _day("from", "The first local day."),
    _day("to", "The last local day; today when absent."),
]


def read_search(request: Request) -> str | None:
    return read_text(request, "query", most=MAX_SEARCH_CHARACTERS)


def read_payment_filters(request: Request) -> PaymentFilters:
    return PaymentFilters(
        created=_created(request),
        user=read_int(request, "user", least=1, most=MAX_ID),
        currency=read_currency(request),
        full_name=read_text(request, "full_name", most=MAX_SEARCH_CHARACTERS),
    )


def read_debt_filters(request: Request, *, now: datetime) -> DebtFilters:
    overdue = read_flag(request, "overdue") if "overdue" in request.query_params else None
    return DebtFilters(
        created=_created(request),
        today=local_date(now),
        user=read_int(request, "user", least=1, most=MAX_ID),
        status=read_choice(request, "status", [str(status) for status in STATUSES]),
        currency=read_currency(request),
        full_name=read_text(request, "full_name", most=MAX_SEARCH_CHARACTERS),
        overdue=overdue,
    )


def read_currency(request: Request) -> str | None:
    return read_choice(request, "currency", CURRENCIES)


def read_period(
    request: Request, *, now: datetime, most_days: int | None = None
) -> tuple[date, date]:
    """`from` and `to`: by default the 30 days that end today, or at `to`."""
    last = read_date(request, "to") or local_date(now)
    month = date.fromordinal(max(last.toordinal() - DEFAULT_DAYS + 1, 1))
    first = read_date(request, "from") or month
    days = (last - first).days + 1
    if days < 1:
        raise bad_parameter("from", _("The first day is after the last one."))
    if most_days is not None and days > most_days:
        message = _("At most {most} days are given at once.")
        raise bad_parameter("from", message.format(most=most_days))
    return first, last


def _created(request: Request) -> Created:
    day = read_date(request, "created_at")
    first = [d for d in (day, read_date(request, "created_from")) if d]
    last = [d for d in (day, read_date(request, "created_to")) if d]
    start, end = local_days(max(first, default=None), min(last, default=None))
    return Created(start, end)
