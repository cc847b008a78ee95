"""kill -9 of the serving process around a commit: a retry by key tells the truth."""

import contextlib
import os
import subprocess
import sys

import httpx
import pytest
from django.db import connection

from benchmarks.scratch import database_url
from benchmarks.servers import ROOT, free_port, wait_until_it_answers
from ledger.models import Payment
from ledger.tokens import issue_pair
from tests.conftest import open_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web():
    """gunicorn, whose master starts a new worker for each one that dies."""
    port = free_port()
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "tests.reliability.dying_wsgi:application",
            "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4",
            "--workers", "1", "--no-control-socket",
        ],
        cwd=ROOT,
        env=os.environ | {
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "DATABASE_URL": database_url(connection, name),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_it_answers(base, process)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=15)


@pytest.fixture
def signed_in(aziza):
    return {"Authorization": f"Bearer {issue_pair(open_session(aziza)).access}"}


def send(base, headers, path, body, **more):
    """Send until some answer comes: a dying server gives none."""
    for _ in range(200):
        with contextlib.suppress(httpx.TransportError):
            return httpx.post(f"{base}{path}", headers=headers | more, json=body, timeout=15)
    raise AssertionError("no answer at all")


def send_into_death(base, headers, path, body, **more):
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{base}{path}", headers=headers | more, json=body, timeout=15)


def pay_through_deaths(web, signed_in, times):
    debtor = send(web, signed_in, "/api/v1/users/", {"full_name": "Bobur"}).json()["id"]
    for number in range(times):
        where = "after-commit" if number % 2 == 0 else "before-commit"
        key = {"Idempotency-Key": f"receipt-{number}"}
        body = {"user": debtor, "amount": f"{number + 1}.00"}
        send_into_death(web, signed_in, "/api/v1/payments/", body, **key, **{"X-Die": where})
        first = send(web, signed_in, "/api/v1/payments/", body, **key)
        again = send(web, signed_in, "/api/v1/payments/", body, **key)
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        replayed = first.headers.get("Idempotent-Replayed") == "true"
        assert replayed == (where == "after-commit")
        assert again.headers["Idempotent-Replayed"] == "true"
    amounts = [payment.amount for payment in Payment.objects.order_by("amount")]
    assert amounts == [number + 1 for number in range(times)]


def test_each_payment_is_recorded_once_through_four_deaths(web, signed_in):
    pay_through_deaths(web, signed_in, times=4)


@pytest.mark.prove
def test_each_payment_is_recorded_once_through_a_hundred_deaths(web, signed_in):
    pay_through_deaths(web, signed_in, times=100)
