"""Requests generated from our own OpenAPI document: no crash, no undocumented answer."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.wsgi import application
from ledger.tokens import issue_pair
from tests.conftest import open_session

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


def generate(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def trading_aziza(aziza, enable, subscribe):
    """Aziza may post, or no generated post would pass the first door."""
    enable(aziza)
    subscribe(aziza)
    return aziza


def send_signed_in(case, person):
    # A session of its own for each example: some of them end it.
    access = issue_pair(open_session(person)).access
    case.call_and_validate(headers={"Authorization": f"Bearer {access}"}, checks=CHECKS)


@schema.parametrize()
@generate(10)
@pytest.mark.django_db(transaction=True)
def test_signed_in(case, trading_aziza):
    send_signed_in(case, trading_aziza)


@schema.parametrize()
@generate(10)
@pytest.mark.django_db(transaction=True)
def test_not_signed_in(case):
    case.call_and_validate(checks=CHECKS)


@schema.parametrize()
@generate(200)
@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_signed_in_at_length(case, trading_aziza):
    send_signed_in(case, trading_aziza)


@schema.parametrize()
@generate(200)
@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_not_signed_in_at_length(case):
    case.call_and_validate(checks=CHECKS)
