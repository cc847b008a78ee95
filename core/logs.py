"""Log lines: one JSON object each, without secrets and phone numbers."""

import json
import logging
import re
from typing import Any

from core.request_id import current_request_id

_PHONE = re.compile(r"(\+?998)[ \-]?(\d{2})\d{5}(\d{2})(?!\d)")
_FOREIGN_PHONE = re.compile(r"\+([1-9]\d{2})\d{2,10}(\d{2})(?!\d)")
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+(\.[\w-]*)?")
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_OF_EVERY_SOCKET = {'%s - "WebSocket %s" [accepted]', "connection open", "connection closed"}
_NOT_OURS = frozenset({"request", "server_time", "status_code"})


def redact(text: str) -> str:
    """Mask phone numbers, drop tokens."""
    masked = _FOREIGN_PHONE.sub(r"+\1*****\2", _PHONE.sub(r"\1\2*****\3", text))
    return _TOKEN.sub("[token]", masked)


class WithoutQuery(logging.Filter):
    """Servers log paths with their query string, those of sockets even when told not to.

    What uvicorn says of every single socket is dropped: metrics count them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg in _OF_EVERY_SOCKET:
            return False
        if isinstance(record.args, tuple):
            record.args = tuple(_without_query(argument) for argument in record.args)
        return True


def _without_query(argument: object) -> object:
    is_path = isinstance(argument, str) and argument.startswith("/")
    return str(argument).partition("?")[0] if is_path else argument


class JSONFormatter(logging.Formatter):
    """For machines: time, level, logger, message, request id and the record's extras."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_request_id(),
        }
        extras = record.__dict__.items()
        line |= {name: value for name, value in extras if name not in _STANDARD | _NOT_OURS}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(line, ensure_ascii=False, default=str))


class PlainFormatter(logging.Formatter):
    """For the developer's terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def logging_settings(*, level: str, pretty: bool) -> dict[str, Any]:
    """Django's LOGGING. The servers' own access logs stay off: ours says more and hides more."""
    formatters = {
        "json": {"()": JSONFormatter},
        "plain": {"()": PlainFormatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "filters": {"without_query": {"()": WithoutQuery}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "plain" if pretty else "json",
            },
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": "INFO", "propagate": True, "handlers": []},
            # Each refusal has its access line already.
            "django.request": {"level": "ERROR"},
            "django.channels.server": {"level": "WARNING"},
            "django.server": {"level": "WARNING", "propagate": True, "handlers": []},
            "httpx": {"level": "WARNING"},
            # Below INFO these show whole handshakes, tokens among them, whatever uvicorn is told.
            "uvicorn.asgi": {"level": "INFO"},
            "uvicorn.error": {"level": "INFO", "filters": ["without_query"]},
            "uvicorn.access": {"filters": ["without_query"]},
            # Which tasks there are, at each start, and each schedule kept.
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
        },
    }
