"""The queue as tests look at it."""

from typing import Any

from django.core.management import call_command
from django.db import connection


def work_until_idle() -> None:
    call_command("worker", until_idle=True)


def jobs(columns: str = "task_name, status", *, of: str = "%") -> list[Any]:
    """The rows (of one task), oldest first; plain values when one column is asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM procrastinate_jobs WHERE task_name LIKE %s ORDER BY id", [of]
        )
        return [row[0] if len(row) == 1 else row for row in cursor.fetchall()]


def make_due() -> None:
    change("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def empty() -> None:
    """Django empties the tables of its own models after a test, not the queue's."""
    change("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def change(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
