"""Hand-written SQL, run on Django's connection."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

Parameters = Sequence[Any] | Mapping[str, Any]


def rows(sql: str, params: Parameters = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def row(sql: str, params: Parameters = ()) -> Any:
    """The first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def run(sql: str, params: Parameters = ()) -> int:
    """Gives the number of rows that were written."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def array(values: Iterable[object]) -> str:
    """Numbers or plain words as one array literal: quoted once, not a thousand times."""
    return "{" + ",".join(map(str, values)) + "}"
