"""Refusals and faults as `application/problem+json` (RFC 9457), in the reader's language."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from core.request_id import current_request_id

PROBLEM_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="daftar"'
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FieldError:
    """One wrong field of a request: its name, a stable code, a sentence."""

    field: str
    code: str
    detail: str


class DomainError(Exception):
    """A refusal with a stable `code`; what it carries in `extra` stands in the answer.

    `detail` may name the extras in braces: `"{used} of {limit} posts are used."`
    """

    status: ClassVar[int] = HTTPStatus.BAD_REQUEST
    code: ClassVar[str] = "invalid"
    title: ClassVar[Any] = _("The request is not valid.")
    detail: ClassVar[Any] = ""

    def __init__(
        self,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(self.code)
        self.errors = list(errors)
        self.retry_after = retry_after
        self.extra = extra

    def sentence(self) -> str:
        return str(self.detail or self.title).format(**self.extra)


class NotFound(DomainError):
    """Absent, or not the caller's: nobody can tell which."""

    status, code = HTTPStatus.NOT_FOUND, "not_found"
    title = _("Not found.")


class Forbidden(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "forbidden"
    title = _("This is not allowed.")


class MethodNotAllowed(DomainError):
    status, code = HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"
    title = _("This method is not allowed here.")


class PhoneNumberInvalid(DomainError):
    code = "phone_number_invalid"
    title = _("The phone number is not valid.")

    @classmethod
    def of(cls, field: str) -> "PhoneNumberInvalid":
        return cls(errors=[FieldError(field, cls.code, gettext("The phone number is not valid."))])


class PayloadTooLarge(DomainError):
    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large"
    title = _("The request body is too large.")
    detail = _("At most {limit_bytes} bytes are taken.")


class Unavailable(DomainError):
    """The database is away: nothing was written, the same request may be sent again."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"
    title = _("The service is not available right now.")
    detail = _("Nothing was changed. Please send the request again.")


class ServerError(DomainError):
    status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "server_error"
    title = _("Something went wrong on our side.")


DATABASE_IS_AWAY = (OperationalError, InterfaceError, PoolTimeout)

# Django REST Framework's own refusals: status -> (code, title).
TITLES: dict[int, tuple[str, Any]] = {
    400: ("invalid", _("The request is not valid.")),
    401: ("not_authenticated", _("Sign in first.")),
    403: ("forbidden", _("This is not allowed.")),
    404: ("not_found", _("Not found.")),
    405: ("method_not_allowed", _("This method is not allowed here.")),
    406: ("not_acceptable", _("The answer cannot be given in the wanted form.")),
    413: ("payload_too_large", _("The request body is too large.")),
    415: ("unsupported_media_type", _("This content type is not taken here.")),
    429: ("throttled", _("Too many requests. Please wait.")),
}


def problem_body(
    *,
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: Sequence[FieldError] = (),
    **extra: Any,
) -> dict[str, Any]:
    """The members every problem answer has, plus `extra`."""
    return {
        "type": f"/api/docs/problems/#{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "errors": [asdict(error) for error in errors],
        "request_id": current_request_id(),
        **extra,
    }


def domain_problem(error: DomainError) -> dict[str, Any]:
    return problem_body(
        status=int(error.status),
        code=error.code,
        title=str(error.title),
        detail=error.sentence(),
        errors=error.errors,
        **error.extra,
    )


def problem_response(error: DomainError) -> HttpResponse:
    """A refusal outside Django REST Framework: middleware, unknown paths, crashes."""
    return HttpResponse(
        json.dumps(domain_problem(error), ensure_ascii=False),
        status=error.status,
        content_type=PROBLEM_TYPE,
        headers=_headers(error),
    )


def _headers(error: DomainError) -> dict[str, str]:
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = CHALLENGE
    return headers


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST_FRAMEWORK["EXCEPTION_HANDLER"]: one place turns every refusal into a problem."""
    if isinstance(exc, DATABASE_IS_AWAY):
        logger.error("the database is away: %s", type(exc).__name__)
        exc = Unavailable(retry_after=2)
    if isinstance(exc, DomainError):
        return _problem(domain_problem(exc), _headers(exc))
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, exceptions.APIException):
        return _framework_problem(exc)
    return None


def _problem(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM_TYPE)


def _framework_problem(exc: exceptions.APIException) -> Response:
    code, title = TITLES.get(exc.status_code, ("invalid", _("The request is not valid.")))
    errors: list[FieldError] = []
    detail = ""
    if isinstance(exc, exceptions.ValidationError):
        errors = list(field_errors(exc.detail))
    else:
        detail = str(exc.detail)
    headers: dict[str, str] = {}
    # Kept by hand: a handler that builds a new answer loses both.
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    body = problem_body(
        status=exc.status_code, code=code, title=str(title), detail=detail, errors=errors
    )
    return _problem(body, headers)


def field_errors(detail: Any, field: str = "") -> Iterator[FieldError]:
    """Flatten DRF's nested validation detail; nested names are joined by dots."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from field_errors(inner, ".".join(filter(None, (field, own))))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping) and inner
            yield from field_errors(inner, f"{field}.{index}" if nested else field)
    else:
        yield FieldError(field, getattr(detail, "code", None) or "invalid", str(detail))


@csrf_exempt  # nothing is written here, and a POST deserves its 404 too
def unknown_path(request: HttpRequest) -> HttpResponse:
    return problem_response(NotFound())


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(NotFound())


def handler500(request: HttpRequest) -> HttpResponse:
    return problem_response(ServerError())


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(DomainError())


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(Forbidden())
