"""An answer's time must not tell which numbers have an account."""

import time
from statistics import median

import pytest
from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient

from ledger.models import NumberLimit, User
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]

ROUNDS = 300
APART_MILLISECONDS = 5


@pytest.fixture
def numbers():
    """Pairs of a number with and one without an account, each in a prefix of its own."""
    password = make_password(PASSWORD)
    mobile = [20, 33, 50, 70, 77, 80, 87, 88, 90, 91, 92, 93]
    pairs = [
        (f"+998{mobile[n // 90]}{n % 90 + 10}11111", f"+998{mobile[n // 90]}{n % 90 + 10}22222")
        for n in range(ROUNDS)
    ]
    User.objects.bulk_create(User(phone_number=known, password=password) for known, _ in pairs)
    return pairs


def milliseconds(url, body):
    client = APIClient()
    started = time.perf_counter()
    response = client.post(url, body)
    elapsed = (time.perf_counter() - started) * 1000
    assert response.status_code in (202, 401), response.content
    return elapsed


def medians(url, numbers, **body):
    """Interleaved, the order turned around every time: drifts hit both alike."""
    milliseconds(url, body | {"phone_number": "+998991110000"})  # the first pays for all
    times: tuple[list[float], list[float]] = ([], [])
    for n, pair in enumerate(numbers):
        for which in (0, 1) if n % 2 else (1, 0):
            times[which].append(milliseconds(url, body | {"phone_number": pair[which]}))
    known, unknown = map(median, times)
    print(f"{url}: known {known:.2f} ms, unknown {unknown:.2f} ms")  # noqa: T201
    return known, unknown


class TestTimeTellsNothing:
    def test_of_login(self, numbers):
        known, unknown = medians("/api/v1/login/", numbers, password="wrong-guess-1")
        assert abs(known - unknown) < APART_MILLISECONDS

    def test_of_request_otp(self, numbers):
        known, unknown = medians("/api/auth/request-otp/", numbers)
        assert abs(known - unknown) < APART_MILLISECONDS
        assert NumberLimit.objects.count() == 2 * ROUNDS + 1
