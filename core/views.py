"""The base of every API view: closed by default, JSON whatever `Accept` says."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView as FrameworkView


class JSONOnly(DefaultContentNegotiation):
    """Choose by the body's type when reading; always JSON when writing."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class APIView(FrameworkView):
    content_negotiation_class = JSONOnly

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # For the access log, which sees only Django's request.
        request._request.account_id = request.user.pk  # type: ignore[attr-defined]
