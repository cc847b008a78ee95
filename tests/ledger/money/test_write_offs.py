from decimal import Decimal

import pytest

from core.errors import NotFound
from ledger.actions.books import Membership, RoleNotAllowed
from ledger.actions.payments import void_payment
from ledger.actions.write_offs import NotEnoughRemaining, take_back_write_off, write_off_debt
from ledger.models import Entry, Role
from tests.ledger.money.conftest import NOON, credited, remaining, totals


@pytest.fixture
def write_off(azizas_book):
    def write_off(debt, amount=None, membership=azizas_book):
        given_up = None if amount is None else Decimal(str(amount))
        return write_off_debt(
            membership=membership, debt_id=debt.id, amount=given_up, reason="ketdi", now=NOON
        )

    return write_off


@pytest.fixture
def take_back(azizas_book):
    def take_back(debt, membership=azizas_book):
        return take_back_write_off(membership=membership, debt_id=debt.id, now=NOON)

    return take_back


class TestWriteOff:
    def test_gives_up_all_that_remains(self, bobur_owes, lend, pay, write_off):
        debt = lend(10)
        pay(4)
        row = write_off(debt)
        assert (row.written_off, row.remaining, row.status) == (6, 0, "paid")
        assert totals(bobur_owes) == ("0.00", "0.00")

    def test_gives_up_a_part_and_another(self, lend, write_off):
        debt = lend(10)
        assert write_off(debt, 3).status == "pending"
        assert write_off(debt, 2).written_off == 5
        assert remaining(debt) == ["5.00"]

    def test_says_why_in_the_journal(self, lend, write_off):
        debt = lend(10)
        write_off(debt, 3)
        line = Entry.objects.get(seq=2)
        assert (line.kind, line.amount, line.balance) == ("write_off", -3, 7)
        assert (line.debt_id, line.description) == (debt.id, "ketdi")

    def test_refuses_more_than_remains(self, lend, pay, write_off):
        debt = lend(10)
        pay(4)
        with pytest.raises(NotEnoughRemaining):
            write_off(debt, "6.01")

    def test_refuses_when_nothing_remains(self, lend, pay, write_off):
        debt = lend(10)
        pay(10)
        with pytest.raises(NotEnoughRemaining):
            write_off(debt)

    def test_a_cashier_may_not(self, charos_keeps, lend, write_off):
        debt = lend(10)
        with pytest.raises(RoleNotAllowed):
            write_off(debt, membership=charos_keeps(Role.CASHIER))

    def test_another_book_does_not_find_it(self, charos, lend, write_off):
        debt = lend(10)
        with pytest.raises(NotFound):
            write_off(debt, membership=Membership(charos.pk, charos.pk, Role.OWNER))


class TestTakeBack:
    def test_all_of_it_is_owed_again(self, bobur_owes, lend, write_off, take_back):
        debt = lend(10)
        write_off(debt, 3), write_off(debt, 2)
        row = take_back(debt)
        assert (row.written_off, row.remaining) == (0, 10)
        line = Entry.objects.get(seq=4)
        assert (line.kind, line.amount, line.balance) == ("undo_write_off", 5, 10)

    def test_credit_is_spent_on_it_at_once(self, bobur_owes, lend, pay, write_off, take_back):
        debt = lend(10)
        write_off(debt)
        paid = pay(4)
        row = take_back(debt)
        assert (row.remaining, row.status) == (6, "partially_paid")
        assert credited(paid) == ["0.00"]
        assert totals(bobur_owes) == ("6.00", "0.00")

    def test_a_payment_may_pay_the_same_debt_again(
        self, azizas_book, lend, pay, write_off, take_back
    ):
        debt = lend(10)
        write_off(debt, 4)
        paid = pay(8)
        take_back(debt)
        assert remaining(debt) == ["2.00"]
        void_payment(membership=azizas_book, payment_id=paid.payment.id, now=NOON)
        assert remaining(debt) == ["10.00"]

    def test_is_not_found_when_nothing_was_written_off(self, lend, take_back):
        debt = lend(10)
        with pytest.raises(NotFound):
            take_back(debt)

    def test_a_cashier_may_not(self, charos_keeps, lend, write_off, take_back):
        debt = lend(10)
        write_off(debt)
        with pytest.raises(RoleNotAllowed):
            take_back(debt, membership=charos_keeps(Role.CASHIER))
