from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.errors import NotFound
from ledger.actions.books import Membership, RoleNotAllowed, update_book
from ledger.actions.debts import ImmutableField, edit_debt, void_debt
from ledger.actions.holding import CurrencyNotEnabled, OccurredInFuture
from ledger.models import Debt, Entry, Role
from tests.ledger.money.conftest import NOON, credited, hours_ago, remaining, totals


class TestCreateDebt:
    def test_is_owed_in_full(self, bobur_owes, lend):
        row = lend("150000.50", description="un", due_date=date(2026, 6, 1))
        assert (row.amount, row.remaining, row.status) == (
            Decimal("150000.50"),
            Decimal("150000.50"),
            "pending",
        )
        assert (row.full_name, row.currency) == ("Bobur usta", "UZS")
        assert row.occurred_at == row.created_at == NOON
        assert totals(bobur_owes) == ("150000.50", "0.00")

    def test_writes_one_journal_line(self, azizas_book, lend):
        row = lend(100, description="un", occurred_at=hours_ago(2))
        line = Entry.objects.get()
        assert (line.seq, line.kind, line.amount, line.balance) == (1, "debt", 100, 100)
        assert (line.debt_id, line.payment_id, line.description) == (row.id, None, "un")
        assert line.recorded_by_id == azizas_book.account_id
        assert (line.created_at, line.occurred_at) == (NOON, hours_ago(2))

    def test_uses_credit_at_once_oldest_payment_first(self, bobur_owes, lend, pay):
        newer, older = pay(50), pay(30, occurred_at=hours_ago(1))
        row = lend(60)
        assert (row.remaining, row.status) == (0, "paid")
        assert credited(newer, older) == ["20.00", "0.00"]
        assert totals(bobur_owes) == ("0.00", "20.00")

    def test_credit_that_is_not_enough_pays_a_part(self, bobur_owes, lend, pay):
        pay(25)
        row = lend(60)
        assert (row.remaining, row.status) == (35, "partially_paid")
        assert totals(bobur_owes) == ("35.00", "0.00")

    def test_credit_of_another_currency_stays(self, bobur_owes, dollars, lend, pay):
        pay(25, currency="USD")
        assert lend(60).remaining == 60
        assert totals(bobur_owes, "USD") == ("0.00", "25.00")

    def test_refuses_a_currency_that_is_not_switched_on(self, lend):
        with pytest.raises(CurrencyNotEnabled):
            lend(5, currency="USD")

    def test_refuses_a_currency_that_was_switched_off(self, azizas_book, dollars, lend):
        lend(5, currency="USD")
        owner = azizas_book.account_id
        update_book(account_id=owner, book_id=owner, currencies=["UZS"])
        with pytest.raises(CurrencyNotEnabled):
            lend(5, currency="USD")

    def test_refuses_what_is_still_to_come(self, lend):
        with pytest.raises(OccurredInFuture) as refusal:
            lend(5, occurred_at=NOON + timedelta(microseconds=1))
        assert [error.field for error in refusal.value.errors] == ["occurred_at"]

    def test_another_book_does_not_find_the_debtor(self, bobur_owes, charos, lend):
        lend(5)
        with pytest.raises(NotFound):
            lend(5, membership=Membership(charos.pk, charos.pk, Role.OWNER))
        assert Debt.objects.count() == 1

    def test_never_stands_before_the_line_it_follows(self, lend):
        lend(5)
        late = lend(5, now=NOON - timedelta(seconds=3))  # a server whose clock is behind
        assert late.created_at == NOON


class TestEditDebt:
    def edit(self, membership, debt, **changes):
        return edit_debt(membership=membership, debt_id=debt.id, changes=changes)

    def test_changes_description_and_due_date(self, azizas_book, lend):
        row = self.edit(azizas_book, lend(5), description="un", due_date=date(2026, 6, 1))
        assert (row.description, row.due_date) == ("un", date(2026, 6, 1))

    def test_refuses_everything_else(self, azizas_book, lend):
        with pytest.raises(ImmutableField) as refusal:
            self.edit(azizas_book, lend(5), amount=Decimal(1), description="x", status="paid")
        assert [error.field for error in refusal.value.errors] == ["amount", "status"]
        assert Debt.objects.get().description == ""

    def test_a_cashier_may_not(self, charos_keeps, lend):
        with pytest.raises(RoleNotAllowed):
            self.edit(charos_keeps(Role.CASHIER), lend(5), description="x")

    def test_another_book_does_not_find_it(self, charos, lend):
        debt = lend(5)
        with pytest.raises(NotFound):
            self.edit(Membership(charos.pk, charos.pk, Role.OWNER), debt, description="x")


class TestVoidDebt:
    def void(self, membership, debt):
        void_debt(membership=membership, debt_id=debt.id, now=NOON)

    def test_nothing_is_owed_any_more(self, azizas_book, bobur_owes, lend):
        self.void(azizas_book, lend(5))
        assert totals(bobur_owes) == ("0.00", "0.00")
        assert not Debt.objects.live().exists()

    def test_what_paid_it_goes_to_the_oldest_open_debt(self, azizas_book, lend, pay):
        first, second, third = lend(10), lend(10), lend(10)
        pay(10, to={third.id: 10})
        self.void(azizas_book, third)
        assert remaining(first, second) == ["0.00", "10.00"]

    def test_what_paid_it_is_credit_when_nothing_is_open(self, azizas_book, bobur_owes, lend, pay):
        debt = lend(10)
        paid = pay(10)
        self.void(azizas_book, debt)
        assert credited(paid) == ["10.00"]
        assert totals(bobur_owes) == ("0.00", "10.00")

    def test_is_not_found_a_second_time(self, azizas_book, lend):
        debt = lend(5)
        self.void(azizas_book, debt)
        with pytest.raises(NotFound):
            self.void(azizas_book, debt)
        assert [line.kind for line in Entry.objects.order_by("seq")] == ["debt", "void_debt"]

    @pytest.mark.parametrize("role", [Role.CASHIER])
    def test_a_cashier_may_not(self, charos_keeps, lend, role):
        with pytest.raises(RoleNotAllowed):
            self.void(charos_keeps(role), lend(5))

    def test_a_manager_may(self, charos_keeps, lend):
        self.void(charos_keeps(Role.MANAGER), lend(5))
        assert not Debt.objects.live().exists()

    def test_another_book_does_not_find_it(self, charos, lend):
        debt = lend(5)
        with pytest.raises(NotFound):
            self.void(Membership(charos.pk, charos.pk, Role.OWNER), debt)
