"""Every invariant's query finds the row that breaks it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.metrics import exposition
from ledger.actions.disputes import open_dispute
from ledger.health import check_ledger
from ledger.models import LedgerCheck
from ledger.queries.verify import INVARIANTS, find_drift
from ledger.tasks.money import verify
from tests.ledger.money.conftest import NOON

NO_TRIGGERS = "SET LOCAL session_replication_role = replica; "
# Past the CHECKs, which refuse the coarser kinds.
SABOTAGE = {
    "debt_paid_is_the_sum_of_its_live_allocations": (
        "UPDATE ledger_debt SET paid = paid - 1 WHERE paid > 0"
    ),
    "payment_allocated_is_the_sum_of_its_live_allocations": (
        "UPDATE ledger_payment SET allocated = allocated - 1 WHERE allocated > 0"
    ),
    "account_open_total_is_what_remains_of_its_debts": (
        "UPDATE ledger_account SET open_total = open_total + 1 WHERE open_total > 0"
    ),
    "account_credit_is_what_is_unspent_of_its_payments": (
        "UPDATE ledger_account SET credit_balance = 1 WHERE open_total = 0"
    ),
    "nobody_has_credit_beside_an_open_debt": (
        "UPDATE ledger_payment SET allocated = 0 WHERE allocated > 0"
    ),
    "account_balance_is_that_of_its_last_journal_line": "UPDATE ledger_account SET seq = seq + 1",
    "journal_counts_without_gaps_and_adds_up": (
        NO_TRIGGERS + "UPDATE ledger_entry SET balance = balance + 1 WHERE seq = 1"
    ),
    "debt_is_what_its_journal_lines_say": (
        "UPDATE ledger_debt SET written_off = 1 WHERE remaining > 1"
    ),
    "payment_is_what_its_journal_lines_say": (
        NO_TRIGGERS + "UPDATE ledger_entry SET amount = amount - 1 WHERE kind = 'payment'"
    ),
    "refunds_in_the_journal_are_what_payments_gave_back": (
        "UPDATE ledger_payment SET allocated = 0, refunded = 1"
    ),
    "archived_debtor_owes_nothing_and_has_no_credit": (
        "UPDATE ledger_debtor SET archived_at = now()"
    ),
    "void_debt_is_not_disputed": (
        "UPDATE ledger_debt SET paid = 0, voided_at = now() "
        "WHERE id IN (SELECT debt_id FROM ledger_dispute)"
    ),
}


def broken():
    return {found.invariant for found in find_drift()}


@pytest.fixture
def busy_book(lend, pay, bobur):
    """Something of everything: open, partly paid, settled, disputed."""
    lend(10), lend(10), lend(10)
    pay(14)
    open_dispute(account_id=bobur.pk, debt_id=lend(5).id, reason="x", now=NOON)


def test_a_sound_ledger_has_no_drift(busy_book):
    assert broken() == set()


def test_every_invariant_has_its_sabotage():
    assert SABOTAGE.keys() == INVARIANTS.keys()


@pytest.mark.parametrize("invariant", SABOTAGE)
def test_finds_what_breaks(invariant, busy_book):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(SABOTAGE[invariant])
    assert invariant in broken()


class TestCommand:
    def test_says_that_all_is_well(self, busy_book):
        out = StringIO()
        call_command("verify_ledger", stdout=out)
        assert out.getvalue() == f"{len(INVARIANTS)} invariants hold.\n"
        assert LedgerCheck.objects.get().is_clean

    def test_prints_drift_and_fails(self, busy_book, bobur_owes):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_account SET open_total = 999 WHERE open_total > 0")
        out = StringIO()
        with pytest.raises(CommandError, match="2 of 12"):
            call_command("verify_ledger", stdout=out)
        assert "account_open_total_is_what_remains_of_its_debts: 1 rows" in out.getvalue()
        assert "open_total=999.00 remaining=21.00" in out.getvalue()


class TestLastResult:
    def test_there_is_none_at_first(self, db):
        assert check_ledger() == {"ok": True, "checked_at": None}

    def test_the_nightly_check_is_shown(self, busy_book):
        verify(timestamp=0)
        assert check_ledger()["ok"] is True
        assert b"daftar_ledger_drift_rows{invariant=" in exposition()

    def test_drift_is_shown(self, busy_book):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_account SET seq = 9 WHERE open_total > 0")
        verify(timestamp=0)
        shown = check_ledger()
        assert shown["ok"] is False
        assert shown["drift"] == {"account_balance_is_that_of_its_last_journal_line": 1}
        assert b'_that_of_its_last_journal_line"} 1.0' in exposition()
