from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import NotFound
from ledger.actions.books import Membership, RoleNotAllowed
from ledger.actions.debtors import create_debtor
from ledger.actions.debts import void_debt
from ledger.actions.holding import CurrencyNotEnabled, OccurredInFuture
from ledger.actions.payments import (
    AllocationInvalid,
    CreditRefunded,
    void_payment,
)
from ledger.actions.refunds import refund_credit
from ledger.models import DebtPayment, Entry, Payment, Role
from ledger.serializers.rows import AllocationRow
from tests.ledger.money.conftest import NOON, credited, hours_ago, remaining, totals


class TestRecordPayment:
    def test_pays_oldest_debt_first(self, bobur_owes, lend, pay):
        newer, oldest = lend(10), lend(10, occurred_at=hours_ago(5))
        paid = pay(15)
        assert paid.allocations == [(oldest.id, 10), (newer.id, 5)]
        assert remaining(oldest, newer) == ["0.00", "5.00"]
        assert totals(bobur_owes) == ("5.00", "0.00")

    def test_debts_of_one_moment_go_by_id(self, lend, pay):
        first, second = lend(10), lend(10)
        assert pay(15).allocations == [(first.id, 10), (second.id, 5)]

    def test_what_no_debt_takes_is_credit(self, bobur_owes, lend, pay):
        lend(10)
        paid = pay(25)
        assert (paid.payment.amount, paid.payment.credited) == (25, 15)
        assert totals(bobur_owes) == ("0.00", "15.00")

    def test_named_debts_come_first_then_the_oldest(self, lend, pay):
        oldest, newer, newest = lend(10), lend(10), lend(10)
        paid = pay(17, to={newest.id: 4})
        assert paid.allocations == [(newest.id, 4), (oldest.id, 10), (newer.id, 3)]
        origins = DebtPayment.objects.order_by("pk").values_list("origin", flat=True)
        assert list(origins) == ["chosen", "automatic", "automatic"]

    def test_a_named_debt_also_takes_its_turn_for_the_rest(self, lend, pay):
        oldest, newer = lend(10), lend(10)
        assert pay(12, to={oldest.id: 4}).allocations == [(oldest.id, 10), (newer.id, 2)]

    def test_debts_of_another_currency_are_not_paid(self, dollars, lend, pay):
        dollar_debt = lend(10, currency="USD")
        assert pay(10).allocations == []
        assert remaining(dollar_debt) == ["10.00"]

    def test_writes_one_journal_line(self, azizas_book, lend, pay):
        lend(10)
        paid = pay(25, description="naqd")
        line = Entry.objects.get(seq=2)
        assert (line.kind, line.amount, line.balance) == ("payment", -25, -15)
        assert (line.payment_id, line.debt_id, line.description) == (paid.payment.id, None, "naqd")

    def test_earlier_allocations_stay_when_an_older_debt_turns_up(self, lend, pay):
        known = lend(10)
        pay(10)
        forgotten = lend(10, occurred_at=hours_ago(5))
        assert remaining(known, forgotten) == ["0.00", "10.00"]
        assert pay(4).allocations == [(forgotten.id, 4)]

    def test_refuses_what_is_still_to_come(self, lend, pay):
        with pytest.raises(OccurredInFuture):
            pay(5, occurred_at=NOON + timedelta(seconds=1))

    def test_refuses_a_currency_that_is_not_switched_on(self, pay):
        with pytest.raises(CurrencyNotEnabled):
            pay(5, currency="USD")

    def test_a_cashier_records(self, charos_keeps, lend, pay):
        lend(10)
        assert pay(10, membership=charos_keeps(Role.CASHIER)).payment.id

    def test_another_book_does_not_find_the_debtor(self, charos, pay):
        with pytest.raises(NotFound):
            pay(5, membership=Membership(charos.pk, charos.pk, Role.OWNER))
        assert not Payment.objects.exists()


class TestNamedDebts:
    def refused(self, pay, amount, parts, **fields):
        named = [AllocationRow(debt, Decimal(part)) for debt, part in parts]
        with pytest.raises(AllocationInvalid) as refusal:
            pay(amount, allocations=named, **fields)
        assert not Payment.objects.exists()
        return [error.field for error in refusal.value.errors]

    def test_refuses_more_than_remains(self, lend, pay):
        fine, debt = lend(10), lend(10)
        assert self.refused(pay, 50, [(fine.id, 5), (debt.id, 11)]) == ["allocations.1"]

    def test_refuses_a_debt_named_twice(self, lend, pay):
        debt = lend(10)
        assert self.refused(pay, 50, [(debt.id, 5), (debt.id, 5)]) == ["allocations.1"]

    def test_refuses_a_void_debt(self, azizas_book, lend, pay):
        debt = lend(10)
        void_debt(membership=azizas_book, debt_id=debt.id, now=NOON)
        assert self.refused(pay, 50, [(debt.id, 5)]) == ["allocations.0"]

    def test_refuses_a_debt_of_another_currency(self, dollars, lend, pay):
        debt = lend(10, currency="USD")
        assert self.refused(pay, 50, [(debt.id, 5)]) == ["allocations.0"]

    def test_refuses_a_debt_of_another_debtor(self, azizas_book, lend, pay):
        other = create_debtor(membership=azizas_book, full_name="D", now=NOON)
        debt = lend(10, debtor_id=other.id)
        assert self.refused(pay, 50, [(debt.id, 5)]) == ["allocations.0"]

    def test_refuses_a_debt_that_is_not_there(self, lend, pay):
        lend(10)
        assert self.refused(pay, 50, [(0, 5), (2**62, 5)]) == ["allocations.0", "allocations.1"]

    def test_refuses_to_divide_more_than_was_paid(self, lend, pay):
        first, second = lend(10), lend(10)
        assert self.refused(pay, 15, [(first.id, 10), (second.id, 10)]) == ["allocations"]


class TestDryRun:
    def test_answers_as_the_payment_would_and_writes_nothing(self, bobur_owes, lend, pay):
        lend(10)
        rehearsed = pay(25, dry_run=True, description="naqd")
        assert not Payment.objects.exists()
        assert totals(bobur_owes) == ("10.00", "0.00")
        paid = pay(25, description="naqd")
        assert rehearsed.allocations == paid.allocations
        assert rehearsed.payment == paid.payment._replace(id=None)

    def test_tells_nobody(self, lend, pay, published, notified):
        lend(10)
        published.clear(), notified.clear()
        pay(25, dry_run=True)
        assert published == notified == []


class TestVoidPayment:
    def void(self, membership, recorded):
        void_payment(membership=membership, payment_id=recorded.payment.id, now=NOON)

    def test_its_debts_are_open_again(self, azizas_book, bobur_owes, lend, pay):
        first, second = lend(10), lend(10)
        paid = pay(15)
        self.void(azizas_book, paid)
        assert remaining(first, second) == ["10.00", "10.00"]
        assert totals(bobur_owes) == ("20.00", "0.00")
        assert not DebtPayment.objects.filter(reversed_at__isnull=True).exists()

    def test_its_credit_is_gone(self, azizas_book, bobur_owes, pay):
        self.void(azizas_book, pay(15))
        assert totals(bobur_owes) == ("0.00", "0.00")

    def test_other_credit_goes_to_the_oldest_reopened_debt(
        self, azizas_book, bobur_owes, lend, pay
    ):
        first, second = lend(10), lend(10)
        paid, credit = pay(20), pay(7)
        self.void(azizas_book, paid)
        assert remaining(first, second) == ["3.00", "10.00"]
        assert credited(credit) == ["0.00"]
        assert totals(bobur_owes) == ("13.00", "0.00")

    def test_later_payments_keep_what_they_paid(self, azizas_book, lend, pay):
        first, second = lend(10), lend(10)
        paid = pay(10)
        pay(10)
        self.void(azizas_book, paid)
        assert remaining(first, second) == ["10.00", "0.00"]

    def test_is_not_found_a_second_time(self, azizas_book, lend, pay):
        paid = pay(5)
        self.void(azizas_book, paid)
        with pytest.raises(NotFound):
            self.void(azizas_book, paid)
        kinds = Entry.objects.order_by("seq").values_list("kind", flat=True)
        assert list(kinds) == ["payment", "void_payment"]

    def test_refuses_once_credit_was_handed_back(self, azizas_book, bobur_owes, pay):
        paid = pay(5)
        refund_credit(membership=azizas_book, debtor_id=bobur_owes.id, amount=Decimal(1), now=NOON)
        with pytest.raises(CreditRefunded):
            self.void(azizas_book, paid)

    def test_a_cashier_may_not(self, charos_keeps, pay):
        paid = pay(5)
        with pytest.raises(RoleNotAllowed):
            self.void(charos_keeps(Role.CASHIER), paid)

    def test_another_book_does_not_find_it(self, charos, pay):
        paid = pay(5)
        with pytest.raises(NotFound):
            self.void(Membership(charos.pk, charos.pk, Role.OWNER), paid)
