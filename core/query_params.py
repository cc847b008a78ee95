"""Known query parameters: absent, or right, or a 400 that names them. Unknown ones are ignored."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

FLAGS = {"1": True, "true": True, "0": False, "false": False}


def read_flag(request: Request, name: str) -> bool:
    """`?name=1` or `true`; absent is false."""
    raw = request.query_params.get(name)
    if raw is None:
        return False
    if raw.lower() not in FLAGS:
        raise bad_parameter(name, _("Write 1 or 0."))
    return FLAGS[raw.lower()]


def read_int(request: Request, name: str, *, least: int, most: int) -> int | None:
    """A whole number in ASCII digits between `least` and `most`, both allowed."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    digits = raw if raw.isascii() and raw.isdigit() and len(raw) <= 19 else ""
    if not digits or not least <= int(digits) <= most:
        message = _("A whole number from {least} to {most} is wanted.")
        raise bad_parameter(name, message.format(least=least, most=most))
    return int(digits)


def read_date(request: Request, name: str) -> date | None:
    """A local day, `YYYY-MM-DD`."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    try:
        day = date.fromisoformat(raw) if len(raw) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise bad_parameter(name, _("A date as YYYY-MM-DD is wanted."))
    return day


def read_choice(request: Request, name: str, choices: Collection[str]) -> str | None:
    """One of `choices`, as it is written."""
    raw = request.query_params.get(name)
    if raw is not None and raw not in choices:
        message = _("One of these is wanted: {choices}.")
        raise bad_parameter(name, message.format(choices=", ".join(choices)))
    return raw


def read_text(request: Request, name: str, *, most: int) -> str | None:
    """Stripped text of at most `most` characters that a database can compare."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    if "\x00" in raw or len(raw) > most:
        message = _("A text of at most {most} characters is wanted.")
        raise bad_parameter(name, message.format(most=most))
    return raw.strip()


def bad_parameter(name: str, message: str) -> ValidationError:
    return ValidationError({name: [message]}, code="invalid")
