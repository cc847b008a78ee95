"""What views have in common: reading a body, answering a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from core.listing import Listing
from core.pagination import Page, list_response, read_page
from core.serializers import Serializer

# The sort keys of every newest-first list.
NEWEST = (datetime, int)


def checked(shape: type[Serializer], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The body as `shape` reads it. Raises ValidationError."""
    body = shape(data=request.data, partial=partial)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def answer_list(request: Request, page: Page, listing: Listing) -> HttpResponse:
    return list_response(
        request, page, rows=listing.rows, next_after=listing.next_after, count=listing.count
    )


def answer_few(request: Request, *, name: str, rows: Sequence[Any]) -> HttpResponse:
    """A list that is read whole, in an order of its own: `limit`, `cursor` and `count` hold."""
    page = read_page(request, name=name, keys=[int])
    start = page.after[0] if page.after else 0
    end = start + page.limit
    return list_response(
        request,
        page,
        rows=[JSONRenderer().render(row) for row in rows[start:end]],
        next_after=[end] if end < len(rows) else None,
        count=len(rows) if page.wants_count else None,
    )


def answer_rows(rows: Sequence[bytes]) -> HttpResponse:
    """A report: an array of rows that are JSON already."""
    return HttpResponse(b"[" + b",".join(rows) + b"]", content_type="application/json")
