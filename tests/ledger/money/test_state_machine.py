"""Random histories: the service, a plain model and two devices agree; planted faults do not."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.money.machine import LedgerMachine

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_CHECK = list(HealthCheck)


@pytest.fixture(autouse=True)
def devices_hear(settings):
    settings.EVENT_BACKEND = "tests.ledger.money.machine.hear"


def run_histories(count, **options):
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=count,
            stateful_step_count=50,
            deadline=None,
            database=None,
            suppress_health_check=EVERY_CHECK,
            **options,
        ),
    )


def test_ledger_and_model_agree_in_200_histories():
    run_histories(200)


@pytest.mark.prove
def test_ledger_and_model_agree_in_2000_histories():
    run_histories(2000)
