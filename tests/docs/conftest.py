import pytest
from django.db import connection

from benchmarks.scratch import database_url
from benchmarks.servers import command, free_port, serving


@pytest.fixture
def service(transactional_db):
    """`with service() as base:` serves, each time on the same port."""
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "DATABASE_URL": database_url(connection, connection.settings_dict["NAME"]),
        "DEV_OTP": "1",
    }
    return lambda: serving(command("uvicorn", port), port, environment=environment)
