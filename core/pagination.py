"""Keyset lists: a bare JSON array, the next page in `Link`, each page at the first one's price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.query_params import bad_parameter, read_flag, read_int

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
UNLIMITED = 1000  # for old clients, which know no Link

_READ: dict[type, Any] = {
    int: int,
    str: str,
    Decimal: Decimal,
    float: float,
    datetime: datetime.fromisoformat,
}


@dataclass(frozen=True)
class Page:
    """What the client asked for. `after`: the sort keys of the last row it has, or None."""

    name: str
    limit: int
    after: tuple[Any, ...] | None
    wants_count: bool


def read_page(
    request: Request, *, name: str, keys: Sequence[type], unlimited: bool = False
) -> Page:
    """Read `limit`, `cursor` and `count`. A bad one is a 400.

    `name` ties a cursor to its list and order; `keys` are the types of its sort keys.
    """
    limit = read_int(request, "limit", least=1, most=MAX_LIMIT)
    cursor = request.query_params.get("cursor")
    if limit is None:
        limit = UNLIMITED if unlimited and cursor is None else DEFAULT_LIMIT
    after = None if cursor is None else _read_cursor(cursor, name, keys)
    return Page(name, limit, after, read_flag(request, "count"))


def list_response(
    request: Request,
    page: Page,
    *,
    rows: Sequence[bytes],
    next_after: Sequence[Any] | None,
    count: int | None = None,
) -> HttpResponse:
    """Answer `rows`, each a JSON document already. `next_after`: None on the last page."""
    response = HttpResponse(b"[" + b",".join(rows) + b"]", content_type="application/json")
    if next_after is not None:
        response["Link"] = f'<{_next_url(request, page, next_after)}>; rel="next"'
    if count is not None:
        response["X-Total-Count"] = str(count)
    return response


def _next_url(request: Request, page: Page, next_after: Sequence[Any]) -> str:
    query = request.query_params.copy()
    query["cursor"] = signing.dumps([_written(v) for v in next_after], salt=_salt(page.name))
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read_cursor(cursor: str, name: str, keys: Sequence[type]) -> tuple[Any, ...]:
    # Signed, so that what comes back is what we gave: no type to check, nothing to probe.
    try:
        values = signing.loads(cursor, salt=_salt(name))
    except signing.BadSignature:
        values = []
    if len(values) != len(keys):  # another list's, or an older release's
        raise bad_parameter("cursor", _("This cursor does not belong to this list."))
    return tuple(_READ[key](value) for key, value in zip(keys, values, strict=True))


def _salt(name: str) -> str:
    return f"cursor:{name}"
