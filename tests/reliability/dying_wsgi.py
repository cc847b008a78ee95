"""The web role with a trap: it kills itself, as `kill -9` would, where a header says.

X-Die: before-commit    the write is done, its transaction not yet
X-Die: after-commit     committed, but the answer never leaves
"""

import os
import signal
import threading
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from core.wsgi import application as served

asked = threading.local()
_commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _commit_unless_told_to_die(self: Any) -> Any:
    if getattr(asked, "where", None) == "before-commit":
        _die()
    return _commit(self)


BaseDatabaseWrapper._commit = _commit_unless_told_to_die  # type: ignore[attr-defined]


def application(environ: dict[str, Any], start_response: Any) -> Any:
    asked.where = environ.get("HTTP_X_DIE")
    answer = served(environ, start_response)
    if asked.where == "after-commit":
        _die()
    return answer
