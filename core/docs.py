"""The API's own pages: the OpenAPI document, a browser for it, every problem code."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import TITLES, DomainError
from core.health import read_only


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, made once per process: it only changes with the code."""

    _made: Response | None = None

    def _get_schema_response(self, request: Request) -> Response:
        cls = type(self)
        if cls._made is None:
            cls._made = super()._get_schema_response(request)  # type: ignore[no-untyped-call]
        return Response(cls._made.data, headers=dict(cls._made.headers))


class DocsView(SpectacularSwaggerSplitView):
    """A page to read and try the API; its scripts come from us, so it works offline."""

    url_name = "schema"


@read_only
def problems(request: HttpRequest) -> HttpResponse:
    """Every code a refusal can carry: where the `type` of a problem answer points."""
    listed = {error.code: (int(error.status), error.title) for error in _refusals(DomainError)}
    for status, (code, title) in TITLES.items():
        listed.setdefault(code, (status, title))
    rows: list[dict[str, Any]] = [
        {"code": code, "status": status, "title": title}
        for code, (status, title) in sorted(listed.items())
    ]
    return render(request, "docs/problems.html", {"problems": rows})


def _refusals(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from _refusals(child)
