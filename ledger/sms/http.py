"""Calls to a gateway, with its faults sorted into temporary and permanent ones."""

from typing import Any

import httpx

from ledger.sms.gateway import TemporaryFailure

# Short: a worker that is told to stop waits for the call under way.
TIMEOUT = httpx.Timeout(5.0, connect=3.0)


def post(client: httpx.Client, path: str, *, gateway: str, **request: Any) -> httpx.Response:
    """POST and return the answer, 4xx included.

    Raises TemporaryFailure for what another try may mend: no answer in time, 429, 5xx.
    """
    try:
        response = client.post(path, **request)
    except httpx.TransportError as error:
        raise TemporaryFailure(gateway, type(error).__name__) from error
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        raise TemporaryFailure(gateway, f"HTTP {response.status_code}")
    return response


def json_object(response: httpx.Response, *, gateway: str) -> dict[str, Any]:
    """The answer's JSON object. Raises TemporaryFailure when there is none: a proxy's page."""
    try:
        body = response.json()
    except ValueError as error:
        raise TemporaryFailure(gateway, f"HTTP {response.status_code} without JSON") from error
    if not isinstance(body, dict):
        raise TemporaryFailure(gateway, f"HTTP {response.status_code} without a JSON object")
    return body
