"""Browsers of the product's frontend."""

import pytest
from django.test import Client

from tests.seeds.test_parthub import FRONTEND


@pytest.fixture
def page(api):
    """`page(aziza)`: her browser, on the frontend's own origin, with her access token."""

    def opened(person):
        bearer = api(person)._credentials["HTTP_AUTHORIZATION"]
        return Client(
            enforce_csrf_checks=True, headers={"Origin": FRONTEND, "Authorization": bearer}
        )

    return opened
