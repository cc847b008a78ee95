"""JSON made by PostgreSQL, byte for byte as `JSONRenderer` writes it: what hot lists answer.

The serializer stays the description of the shape; a test compares the two.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from core.times import ISO_SQL

# The renderer escapes both, so that JSON is JavaScript too; PostgreSQL does not.
LINE_SEPARATORS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))


def json_object(members: Mapping[str, str]) -> str:
    """SQL of an object's text. `members`: each name with the SQL of its value's JSON."""
    parts = [f"""'{"," if place else "{"}"{name}":' || """ for place, name in enumerate(members)]
    values = " || ".join(f"{part}{sql}" for part, sql in zip(parts, members.values(), strict=True))
    return f"{values} || '}}'"


def text(sql: str) -> str:
    return f"to_json({sql})::text"


def number(sql: str) -> str:
    return f"({sql})::text"


def money(sql: str) -> str:
    """A numeric with two places. A sum of no rows has none: `coalesce(sum(x), 0.00)`."""
    return f"""'"' || ({sql})::text || '"'"""


def moment(sql: str) -> str:
    return f"""'"' || {ISO_SQL.format(sql)} || '"'"""


def day(sql: str) -> str:
    return f"""'"' || to_char({sql}, 'YYYY-MM-DD') || '"'"""


def flag(sql: str) -> str:
    return f"({sql})::text"


def nullable(sql: str) -> str:
    return f"coalesce({sql}, 'null')"


def fetch_json(sql: str, params: Mapping[str, Any]) -> list[bytes]:
    """The rows of a query that selects one JSON text each."""
    return [row for row, *_keys in fetch_keyed_json(sql, params)]


def fetch_keyed_json(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Likewise, of a query that selects sort keys after the text. Settings for it alone may
    stand before it: `SET LOCAL jit = off;`."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while cursor.nextset():
            pass
        return [(_strict(row.encode()), *keys) for row, *keys in cursor.fetchall()]


def _strict(row: bytes) -> bytes:
    if b"\xe2\x80" in row:
        for raw, escaped in LINE_SEPARATORS:
            row = row.replace(raw, escaped)
    return row


class _Keys(msgspec.Struct):
    created_at: datetime
    id: int


def newest_keys(row: bytes) -> tuple[datetime, int]:
    """`created_at` and `id` of a row: where the next page of a newest-first list goes on."""
    keys = msgspec.json.decode(row, type=_Keys)
    return keys.created_at, keys.id
