"""What holds for every request, before any view: its id, its log line, its limits, its headers."""

import logging
import time
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from core.errors import (
    DATABASE_IS_AWAY,
    NotFound,
    PayloadTooLarge,
    ServerError,
    Unavailable,
    problem_response,
)
from core.metrics import count_request
from core.request_id import begin_request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
access_log = logging.getLogger("daftar.access")
logger = logging.getLogger(__name__)

# One line of style stands inside a page of Django's admin: its list without actions. Nothing else
# is inline in any page of ours; what draws the documentation page makes styles as it goes.
STYLE_OF_THE_ADMIN = "'sha256-blvLUW3UscWqsXGByNOqdBboM+ShWAuugp2mC/wbafU='"
STYLE_OF_THE_DOCS = "'unsafe-inline'"


def content_security_policy(style: str) -> str:
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self'",
            f"style-src 'self' {style}",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


POLICY = content_security_policy(STYLE_OF_THE_ADMIN)
POLICY_OF_THE_DOCS = content_security_policy(STYLE_OF_THE_DOCS)


class Middleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response


class RequestIdMiddleware(Middleware):
    """Take or make `X-Request-ID` and give it back."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = begin_request_id(request.headers.get("X-Request-ID"))
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class AccessLogMiddleware(Middleware):
    """One line a request: never the query string, which may carry a name or a number."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        count_request(
            route=match.route if match else "unknown",
            method=request.method or "",
            status=response.status_code,
            seconds=seconds,
        )
        path = escape_uri_path(request.path)  # a line break in it would forge a line
        access_log.info(
            "%s %s %s",
            request.method,
            path,
            response.status_code,
            extra={
                "method": request.method,
                "path": path,
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
                "account": getattr(request, "account_id", None),
            },
        )
        return response


class SecurityHeadersMiddleware(Middleware):
    """The headers Django has no setting for."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_docs = request.path_info == "/api/docs/"
        policy = POLICY_OF_THE_DOCS if is_docs else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class FaultMiddleware(Middleware):
    """What no view expected is a problem answer too, in development as well: clients read it."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith("/admin/"):
            return None  # people read these pages
        if isinstance(exception, DATABASE_IS_AWAY):
            logger.error("the database is away: %s", type(exception).__name__)
            return problem_response(Unavailable(retry_after=2))
        if isinstance(exception, RequestDataTooBig):
            return problem_response(PayloadTooLarge(limit_bytes=settings.UPLOAD_BODY_LIMIT_BYTES))
        if isinstance(exception, Http404):
            return problem_response(NotFound())
        if isinstance(exception, PermissionDenied | SuspiciousOperation):
            return None
        got_request_exception.send(sender=type(self), request=request)
        logger.exception("%s %s crashed", request.method, request.path)
        return problem_response(ServerError())


class BodyLimitMiddleware(Middleware):
    """Refuse a body by its announced length, before reading it; one without a length by reading
    it to the limit, since the framework would take it for empty."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        limit = (
            settings.UPLOAD_BODY_LIMIT_BYTES
            if request.content_type == "multipart/form-data"
            else settings.JSON_BODY_LIMIT_BYTES
        )
        if "HTTP_TRANSFER_ENCODING" in request.META:
            announced = self._measure(request, limit)
        if announced.isdigit() and int(announced) > limit:
            return problem_response(PayloadTooLarge(limit_bytes=limit))
        return self.get_response(request)

    @staticmethod
    def _measure(request: HttpRequest, limit: int) -> str:
        """Read a chunked body (RFC 9112, 7.1), which the server has put together already."""
        source = request.META.get("wsgi.input", request)
        body = source.read(limit + 1)
        request._stream = BytesIO(body)
        request._read_started = False  # type: ignore[attr-defined]
        request.META["CONTENT_LENGTH"] = length = str(len(body))
        return length


class TrailingSlashMiddleware(Middleware):
    """Answer both spellings of a path directly: a redirected POST loses its body."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        files = (settings.STATIC_URL, settings.MEDIA_URL)
        if not request.path_info.endswith("/") and not request.path_info.startswith(files):
            request.path_info += "/"
        return self.get_response(request)
