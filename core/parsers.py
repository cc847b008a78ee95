"""Request bodies: bounded in size and depth, numbers kept exact, text that can be stored."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from core.errors import PayloadTooLarge


class NumberLiteral(Decimal):
    """A JSON number that remembers how it was written: `1e2` is not an amount of money."""

    literal: str

    def __new__(cls, literal: str) -> "NumberLiteral":
        number = super().__new__(cls, literal)
        number.literal = literal
        return number


class JSONParser(BaseParser):
    """Strict JSON (RFC 8259). Raises ParseError, ValidationError, PayloadTooLarge."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        # Read here, not by the framework: a chunked body has no length to be refused by.
        body = stream.read(settings.JSON_BODY_LIMIT_BYTES + 1)
        if len(body) > settings.JSON_BODY_LIMIT_BYTES:
            raise PayloadTooLarge(limit_bytes=settings.JSON_BODY_LIMIT_BYTES)
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """Decode a body. An empty one is an empty object, as old clients send it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error
    if not text.strip():
        return {}
    if _depth(text) > settings.JSON_DEPTH_LIMIT:
        raise ParseError(_("The body is nested too deeply."))
    try:
        parsed = json.loads(text, parse_float=NumberLiteral, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError) as error:
        raise ParseError(_("The body is not valid JSON.")) from error
    # Only an escape or a raw NUL can bring in what PostgreSQL cannot store.
    if "\\u" in text or "\x00" in text:
        _refuse_unstorable_text(parsed)
    return parsed


_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', re.DOTALL)


def _depth(text: str) -> int:
    """How deep the brackets nest. Never recursive: the decoder dies of some thousand."""
    if text.count("[") + text.count("{") <= settings.JSON_DEPTH_LIMIT:
        return 0
    depth = deepest = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_unstorable_text(value: Any, field: str = "") -> None:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            message = _("NUL characters and lone surrogates are not allowed.")
            raise ValidationError({field: [message]}, code="text_invalid")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_unstorable_text(name, field)
            _refuse_unstorable_text(inner, f"{field}.{name}" if field else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_unstorable_text(inner, f"{field}.{index}" if field else str(index))
