"""The README's tour, pasted line by line into a shell against a running service."""

import re
import subprocess

import pytest
from django.db import connection

from benchmarks.scratch import database_url
from benchmarks.servers import command, free_port, serving
from ledger.models import Debt, Payment
from tests.test_tidy import ROOT

README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"<!-- tour: (?P<name>[a-z ]+) -->\n```bash\n(?P<lines>.*?)```", re.DOTALL)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service():
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "DATABASE_URL": database_url(connection, connection.settings_dict["NAME"]),
        "DEV_OTP": "1",
    }
    with serving(command("uvicorn", port), port, environment=environment) as base:
        yield base


def test_the_tour_works_as_it_stands(service):
    tour = [(m["name"], m["lines"]) for m in BLOCK.finditer(README)]
    assert [name for name, _ in tour][:2] == ["sign in", "debt book"]
    script = "set -eu\nACCESS=\n" + "\n".join(lines for _, lines in tour)
    run = subprocess.run(
        ["bash", "-c", script],
        env={"BASE": service, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert '"code"' not in run.stdout, run.stdout
    payment = Payment.objects.get()
    assert (payment.amount, payment.credited) == (175000, 0)
    assert sorted(Debt.objects.values_list("status", flat=True)) == ["paid", "partially_paid"]
