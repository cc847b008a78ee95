"""A database of a benchmark's own, on whatever PostgreSQL the settings name."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote


def prepare_django() -> None:
    # Servers run with DEBUG=0, which refuses the development key: one secret for all processes.
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import django

    django.setup()


@contextmanager
def scratch_database() -> Iterator[str]:
    """Make and migrate a database, point Django at it, drop it afterwards. Gives its URL."""
    prepare_django()
    from django.core.management import call_command
    from django.db import connection

    name = f"daftar_bench_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        connection.close_pool()
        connection.settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        yield database_url(connection, name)
    finally:
        connection.close()
        connection.close_pool()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def database_url(connection: Any, name: str) -> str:
    """The URL by which another process reaches a database on the same server."""
    params = connection.get_connection_params()
    user = quote(str(params.get("user") or ""), safe="")
    password = f":{quote(params['password'], safe='')}" if params.get("password") else ""
    host = quote(str(params.get("host") or "localhost"), safe="")
    port = f":{params['port']}" if params.get("port") else ""
    return f"postgres://{user}{password}@{host}{port}/{name}"
