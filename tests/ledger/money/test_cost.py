"""What a payment costs: statements, rows read, and how PostgreSQL writes the rows."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.actions.payments import void_payment
from ledger.models import Debt
from ledger.queries.allocation import FIRST_CHUNK, OLDEST_DEBTS, oldest_open_debts
from tests.ledger.money.conftest import NOON


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    own = (q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE")))
    return len(list(own))


@pytest.mark.usefixtures("published")
class TestStatements:
    """Without those of the stream, which has its own tests."""

    def test_of_a_payment_do_not_grow_with_the_debts_it_settles(self, lend, pay):
        costs = set()
        for debts in (1, 2, 10, 50):
            for _ in range(debts):
                lend(1)
            costs.add(statements(lambda settled=debts: pay(settled)))
        # Lock, look, choose, write; one for the debtor's notification.
        assert costs == {5}

    def test_of_a_payment_with_named_debts_neither(self, lend, pay):
        costs = set()
        for debts in (1, 50):
            named = {lend(1).id: 1 for _ in range(debts)}
            costs.add(statements(lambda named=named: pay(len(named), to=named)))
        assert costs == {5}

    def test_of_a_debt_do_not_grow_with_the_payments_it_uses(self, lend, pay):
        costs = set()
        for payments in (1, 50):
            for _ in range(payments):
                pay(1)
            costs.add(statements(lambda used=payments: lend(used)))
        assert len(costs) == 1

    def test_of_a_void_do_not_grow_with_the_debts_it_reopens(self, azizas_book, lend, pay):
        costs = set()
        for debts in (1, 50):
            for _ in range(debts):
                lend(1)
            paid = pay(debts).payment.id
            about = {"membership": azizas_book, "payment_id": paid, "now": NOON}
            costs.add(statements(lambda about=about: void_payment(**about)))
            pay(debts)
        assert len(costs) == 1


class TestEarlyStop:
    @pytest.fixture
    def thousands_open(self, lend):
        first = Debt.objects.get(pk=lend(1).id)
        Debt.objects.bulk_create(
            Debt(
                book_id=first.book_id,
                debtor_id=first.debtor_id,
                account_id=first.account_id,
                currency="UZS",
                amount=1,
            )
            for _ in range(3000)
        )
        return first.account_id

    def test_choosing_three_debts_reads_one_chunk(self, thousands_open):
        with CaptureQueriesContext(connection) as captured:
            assert len(oldest_open_debts(thousands_open, Decimal(3))) == 3
        assert len(captured) == 1

    def test_choosing_all_reads_growing_chunks(self, thousands_open):
        with CaptureQueriesContext(connection) as captured:
            chosen = oldest_open_debts(thousands_open, Decimal(3001))
        assert len({part.id for part in chosen}) == 3001
        assert len(captured) == 3

    def test_a_chunk_is_read_in_the_order_of_its_index(self, thousands_open):
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE ledger_debt")
            cursor.execute(
                f"EXPLAIN {OLDEST_DEBTS}",
                {
                    "account": thousands_open,
                    "limit": FIRST_CHUNK,
                    "after_moment": "-infinity",
                    "after_id": 0,
                },
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "debt_open_oldest" in plan
        assert "Sort" not in plan


@pytest.mark.django_db(transaction=True)
def test_partial_payments_rewrite_no_index(lend, pay):
    """At least 88 % heap-only updates: predicates name the status, which rarely changes."""
    debts = [lend(1000) for _ in range(5)]
    updates_before, heap_only_before = updates_of_debts()
    for _ in range(50):
        for debt in debts:
            pay(1, to={debt.id: 1})
    updates, heap_only = updates_of_debts()
    assert updates - updates_before == 250
    assert heap_only - heap_only_before >= 220


def updates_of_debts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            """SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
               WHERE relname = 'ledger_debt'"""
        )
        return cursor.fetchone()
