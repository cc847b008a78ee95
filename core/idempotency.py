"""`Idempotency-Key`: the same write sent again gets the first answer again.

The key's row is inserted before the write and filled with the answer after it, in the
transaction of the write: both exist or neither does, whatever dies in between. A twin waits
on the row's unique index until the first has committed or rolled back.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import DomainError
from core.models import StoredAnswer
from core.query_params import read_flag

KEEP_DAYS = 30
VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
# A twin waits at most this long; afterwards the transaction's own waits are not limited by it.
CLAIM = """
SET LOCAL lock_timeout = '10s';
INSERT INTO core_storedanswer AS kept (account_id, book_id, path, key, fingerprint, created_at)
VALUES (%(account_id)s, %(book_id)s, %(path)s, %(key)s, %(fingerprint)s, %(now)s)
ON CONFLICT ON CONSTRAINT one_answer_per_idempotency_key
DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
              status = NULL, body = NULL
WHERE kept.created_at < %(forgotten)s
RETURNING id;
SET LOCAL lock_timeout TO DEFAULT
"""
FIND = """
SELECT fingerprint, status, body FROM core_storedanswer
WHERE account_id = %(account_id)s AND book_id = %(book_id)s
  AND path = %(path)s AND key = %(key)s AND created_at >= %(forgotten)s
"""
KEEP = "UPDATE core_storedanswer SET status = %s, body = %s WHERE id = %s"

Handler = TypeVar("Handler", bound=Callable[..., Any])


class IdempotencyKeyInvalid(DomainError):
    code = "idempotency_key_invalid"
    title = _("An Idempotency-Key is 1 to 255 visible characters.")


class IdempotencyMismatch(DomainError):
    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_mismatch"
    title = _("This Idempotency-Key was used with another body.")


class IdempotencyInProgress(DomainError):
    status, code = HTTPStatus.CONFLICT, "idempotency_in_progress"
    title = _("The same request is still being worked on.")


def retry_safe(post: Handler) -> Handler:
    """Let a `post` handler honour `Idempotency-Key`. Only 2xx answers are kept.

    The scope is account, book (`request.book_id`, else the account's own) and path. A view
    that knows `?dry_run=true` says so by `allows_dry_run`: then the key is ignored. What is slow
    a view does in `prepare`, before the transaction; what it gives is passed to `post` by name.
    Raises IdempotencyKeyInvalid, IdempotencyMismatch, IdempotencyInProgress.
    """

    @wraps(post)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        prepare = getattr(view, "prepare", None)
        if key is None or _is_dry_run(view, request):
            more = prepare(request, *args, **kwargs) if prepare else {}
            _refuse_unreadable(request)
            return post(view, request, *args, **kwargs, **more)
        if not VISIBLE.fullmatch(key):
            raise IdempotencyKeyInvalid
        scope = _scope(request, key)
        if prepare:
            more = _answer_or_prepare(scope, partial(prepare, request, *args, **kwargs))
            if isinstance(more, HttpResponse):
                return more
            kwargs |= more
        with transaction.atomic():
            claimed = _claim(scope)
            if claimed is None:
                return _kept_answer(scope)
            response = post(view, request, *args, **kwargs)
            if response.status_code < 300:
                _keep(claimed, response)
            else:
                transaction.set_rollback(True)
            return response

    run.retry_safe = True  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]


def forget_answers(*, account_id: int, path: str = "") -> None:
    """Delete the answers kept for an account (of one path): they may hold personal data."""
    answers = StoredAnswer.objects.filter(account_id=account_id)
    (answers.filter(path=path.rstrip("/")) if path else answers).delete()


def rewrite_answers(
    *,
    account_ids: Iterable[int],
    path: str,
    since: datetime,
    edit: Callable[[Any], Any | None],
) -> None:
    """Change the answers to `path` that were kept for these accounts since `since`: for words
    that must be gone. `edit(body)` gives the new body, or None to leave it; a retry gets it."""
    kept = StoredAnswer.objects.filter(
        account_id__in=list(account_ids),
        path=path.rstrip("/"),
        created_at__gte=since,
        body__gt=b"",
    )
    for answer in kept:
        changed = edit(json.loads(bytes(answer.body or b"")))
        if changed is not None:
            StoredAnswer.objects.filter(pk=answer.pk).update(body=JSONRenderer().render(changed))


def _answer_or_prepare(
    scope: dict[str, Any], prepare: Callable[[], dict[str, Any]]
) -> HttpResponse | dict[str, Any]:
    """The answer that is kept already, or what the view prepares. A refusal may be a twin's
    doing, which was done meanwhile: then its answer is ours."""
    if (first := _kept_answer(scope)) is not None:
        return first
    try:
        return prepare()
    except DomainError:
        if (first := _kept_answer(scope)) is not None:
            return first
        raise


def _refuse_unreadable(request: Request) -> None:
    """Also where nothing is read from the body: with a key it would be, to compare it."""
    _ = request.data


def _is_dry_run(view: Any, request: Request) -> bool:
    return getattr(view, "allows_dry_run", False) and read_flag(request, "dry_run")


def _scope(request: Request, key: str) -> dict[str, Any]:
    account_id = request.user.pk
    now = timezone.now()
    return {
        "account_id": account_id,
        "book_id": getattr(request, "book_id", account_id),
        "path": request.path.rstrip("/")[:200],
        "key": key,
        "fingerprint": _fingerprint(request),
        "now": now,
        "forgotten": now - timedelta(days=KEEP_DAYS),
    }


def _claim(scope: dict[str, Any]) -> int | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, scope)
            cursor.nextset()  # past SET, onto INSERT
            row = cursor.fetchone()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise IdempotencyInProgress(retry_after=1) from error
        raise
    return row[0] if row else None


def _kept_answer(scope: dict[str, Any]) -> HttpResponse | None:
    with connection.cursor() as cursor:
        cursor.execute(FIND, scope)
        found = cursor.fetchone()
    if found is None:
        return None
    fingerprint, status, body = found
    if bytes(fingerprint) != scope["fingerprint"]:
        raise IdempotencyMismatch
    response = HttpResponse(bytes(body), status=status, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _keep(claimed: int, response: Response) -> None:
    body = b"" if response.data is None else JSONRenderer().render(response.data)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [response.status_code, body, claimed])


def _fingerprint(request: Request) -> bytes:
    """SHA-256 of the body as parsed: spacing, key order and `1.0` for `1` make no difference."""
    if request.FILES:
        parts: Any = {
            "text": sorted((name, sorted(values)) for name, values in request.POST.lists()),
            "files": sorted(
                (name, hashlib.sha256(upload.read()).hexdigest(), upload.seek(0))
                for name, uploads in request.FILES.lists()
                for upload in uploads
            ),
        }
    else:
        parts = _canonical(request.data)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        sign, digits, exponent = Decimal(value).as_tuple()
        written = "".join(map(str, digits)).lstrip("0")
        significant = written.rstrip("0")
        zeros = len(written) - len(significant)
        return {"number": [sign, significant, int(exponent) + zeros if significant else 0]}
    return value
