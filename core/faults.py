"""Faults, told to Sentry: only where SENTRY_DSN is set, and nothing about people."""

from typing import Any

from core.logs import redact
from core.request_id import current_request_id

# What is left of a request: enough to find it in our own logs, where nothing is secret either.
KEPT_OF_A_REQUEST = ("method", "url")


def start(*, dsn: str, environment: str, release: str = "") -> bool:
    """Begin to tell; False when there is nowhere to. ImportError: the package is not installed."""
    if not dsn:
        return False
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        include_local_variables=False,  # names, numbers, sums
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,  # SQL and log lines
        traces_sample_rate=0.0,
        before_send=without_people,
    )
    return True


def without_people(event: Any, hint: Any) -> Any:
    """What leaves the house: the traceback, the path without its query, the request id."""
    request = event.pop("request", {})
    for name in ("user", "breadcrumbs", "extra", "modules", "server_name"):
        event.pop(name, None)
    if request:
        kept = {name: request[name] for name in KEPT_OF_A_REQUEST if name in request}
        kept["url"] = str(kept.get("url", "")).partition("?")[0]
        event["request"] = kept
    event.setdefault("tags", {})["request_id"] = current_request_id()
    return _redacted(event)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _redacted(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(each) for each in value]
    return value
