"""Random histories: the service, a plain model and two devices agree; planted faults do not."""

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ledger.models import Debt, Entry
from ledger.queries import allocation, journal
from tests.ledger.money.machine import LedgerMachine

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_CHECK = list(HealthCheck)


@pytest.fixture(autouse=True)
def devices_hear(settings):
    settings.EVENT_BACKEND = "tests.ledger.money.side_by_side.hear"


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


@pytest.mark.parametrize("share", range(4))  # in parts, so that all cores may help
def test_ledger_and_model_agree_in_200_histories(share):
    run_histories(50)


@pytest.mark.prove
@pytest.mark.parametrize("share", range(8))
def test_ledger_and_model_agree_in_2000_histories(share):
    run_histories(250)


def no_fill(monkeypatch):
    """After a void, credit lies beside a reopened debt."""
    monkeypatch.setattr("ledger.actions.payments.fill", lambda *_args, **_kwargs: [])


def newest_first(monkeypatch):
    """The newest debt is paid first."""
    order_debts(monkeypatch, "occurred_at DESC, id DESC")


def in_order_of_recording(monkeypatch):
    """The oldest-first rule goes by when debts were written down, not by when they happened."""
    order_debts(monkeypatch, "id")


def order_debts(monkeypatch, order):
    sql = allocation.OLDEST_DEBTS.replace("ORDER BY occurred_at, id", f"ORDER BY {order}")
    monkeypatch.setattr(allocation, "OLDEST_DEBTS", sql)


def lost_write_off(monkeypatch):
    """Voiding a debt takes its whole amount off the journal, what was written off too."""
    monkeypatch.setattr("ledger.actions.debts.post", posting_the_whole_amount)


def posting_the_whole_amount(account, **line):
    if line["kind"] == Entry.Kind.VOID_DEBT:
        line["amount"] = -Debt.objects.get(pk=line["debt_id"]).amount
    return journal.post(account, **line)


def refund_of_the_newest(monkeypatch):
    """Credit is handed back from the wrong payment: every total is still right."""
    sql = allocation.OLDEST_CREDITS.replace("ORDER BY occurred_at, id", "ORDER BY id DESC")
    monkeypatch.setattr(allocation, "OLDEST_CREDITS", sql)


def unheard_payments(monkeypatch):
    """Everything is written, but devices hear nothing of payments whose credit was spent."""
    monkeypatch.setattr("ledger.actions.telling.read_payments", lambda *_args: [])


@pytest.mark.parametrize(
    ("plant", "histories"),
    [
        (newest_first, 200),
        (refund_of_the_newest, 200),
        (unheard_payments, 200),
        pytest.param(in_order_of_recording, 2000, marks=pytest.mark.prove),
        pytest.param(no_fill, 2000, marks=pytest.mark.prove),
        pytest.param(lost_write_off, 2000, marks=pytest.mark.prove),
    ],
)
def test_a_planted_fault_is_caught(plant, histories, monkeypatch):
    """Within as many histories as are run without one; the same ones each time."""
    plant(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError)):
        run_histories(
            histories, phases=[Phase.generate], report_multiple_bugs=False, derandomize=True
        )
