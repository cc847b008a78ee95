import pytest
from django.db import connection

from benchmarks.scratch import database_url
from benchmarks.servers import command, free_port, serving
from tests.jobs.queue import empty


@pytest.fixture
def service(transactional_db):
    """`with service() as base:` serves, each time on the same port."""
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "DATABASE_URL": database_url(connection, connection.settings_dict["NAME"]),
        "DEV_OTP": "1",
    }
    yield lambda: serving(command("uvicorn", port), port, environment=environment)
    empty()  # the jobs: Django empties the tables of its own models only
