"""Bodies without a length, over real servers: the framework would take them for empty."""

import httpx
import pytest
from django.db import connection

from benchmarks.scratch import database_url
from benchmarks.servers import command, free_port, serving
from ledger.tokens import issue_pair
from tests.conftest import open_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", ["gunicorn", "uvicorn", "daphne"])
def test_are_read_and_measured(kind, aziza):
    headers = {"Authorization": f"Bearer {issue_pair(open_session(aziza)).access}"}
    headers["Content-Type"] = "application/json"
    database = database_url(connection, connection.settings_dict["NAME"])
    environment = {"DJANGO_SETTINGS_MODULE": "core.settings", "DATABASE_URL": database}
    port = free_port()

    def chunks(*parts):
        yield from parts

    with serving(command(kind, port), port, environment=environment) as base:
        url = f"{base}/api/auth/me/"
        answer = httpx.patch(url, headers=headers, content=chunks(b'{"full_name":', b' "Zuhra"}'))
        assert (answer.status_code, answer.json()["full_name"]) == (200, "Zuhra")
        large = chunks(*[b" " * 65_536] * 20)
        assert httpx.patch(url, headers=headers, content=large).status_code == 413
