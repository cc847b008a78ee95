"""The id that ties a request's answer, its log lines and its jobs together."""

import re
import uuid
from contextvars import ContextVar

SANE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request being answered, or an empty string outside one."""
    return _current.get()


def begin_request_id(offered: str | None) -> str:
    """Take the caller's id if it is sane, else make one."""
    request_id = offered if offered and SANE.fullmatch(offered) else uuid.uuid4().hex
    _current.set(request_id)
    return request_id
