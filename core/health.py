"""Is the process alive, is it ready, what does it count."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from core.errors import DATABASE_IS_AWAY, MethodNotAllowed, Unavailable, problem_response
from core.metrics import CONTENT_TYPE, exposition

DATABASE_ANSWER_SECONDS = 2

# A check gives what it saw; it raises NotReady (or a database error) when the process can't serve.
Check = Callable[[], Any]


class NotReady(Exception):
    """Why a part can't serve, in one sentence."""


def read_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that is only read: other methods are a 405 of ours, not a CSRF page of HTML."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        response = problem_response(MethodNotAllowed())
        response["Allow"] = "GET, HEAD"
        return response

    return answer


@read_only
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@read_only
def readyz(request: HttpRequest) -> HttpResponse:
    """Each part in turn; 503 when one that requests need is not in order."""
    seen: dict[str, Any] = {}
    ready = True
    for name, path in settings.READINESS_CHECKS.items():
        try:
            seen[name] = import_string(path)()
        except (NotReady, *DATABASE_IS_AWAY) as error:
            seen[name] = {"ok": False, "detail": str(error) or type(error).__name__}
            ready = False
            if isinstance(error, DATABASE_IS_AWAY):
                break  # the other parts would each wait for it, too
    if not ready:
        return problem_response(Unavailable(retry_after=2, checks=seen))
    return JsonResponse({"status": "ready", "checks": seen})


def check_database() -> dict[str, Any]:
    """The database answers a query, sooner than a request that waits for it gives up."""
    pool = cast(DatabaseWrapper, connection).pool
    with connection.wrap_database_errors:
        pool.open()
        with pool.connection(timeout=DATABASE_ANSWER_SECONDS) as raw:
            raw.execute("SELECT 1")
    return {"ok": True}


@read_only
def metrics(request: HttpRequest) -> HttpResponse:
    """For a collector on this machine or network; nothing that a proxy passes on gets in."""
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    if forwarded or not _is_near(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def _is_near(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


class ProbesMiddleware:
    """These pages are asked by address, of a container or from a collector's list, and say
    nothing that depends on the host: they are answered before its name is checked."""

    PATHS = frozenset({"/healthz/", "/readyz/", "/metrics/"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in self.PATHS:
            return self.get_response(request)
        request.resolver_match = match = resolve(request.path_info)
        answer: HttpResponse = match.func(request)
        return answer
