"""The database itself refuses what must never be, whoever asks it."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.actions.books import Membership
from ledger.actions.debtors import create_debtor
from ledger.actions.debts import create_debt
from ledger.models import Account, Debt, DebtPayment, Entry, Payment, Role
from tests.ledger.money.conftest import NOON


@contextmanager
def refused_by(rule):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    assert refusal.value.__cause__.diag.constraint_name == rule


class TestJournal:
    @pytest.fixture(autouse=True)
    def one_line(self, lend):
        lend(10)

    def test_refuses_update(self):
        with refused_by("journal_is_append_only"):
            Entry.objects.update(amount=1)

    def test_refuses_delete(self):
        with refused_by("journal_is_append_only"):
            Entry.objects.all().delete()

    def test_refuses_truncate(self):
        with refused_by("journal_is_append_only"), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing else is in its way
            cursor.execute("SET LOCAL ledger.guard_journal = 'on'")
            cursor.execute("TRUNCATE ledger_entry")

    def test_numbers_an_account_once(self):
        entry = Entry.objects.get()
        entry.pk = None
        with refused_by("entry_number_once"):
            entry.save(force_insert=True)

    @pytest.mark.parametrize(
        ("rule", "fields"),
        [
            ("entry_sign_fits_its_kind", {"amount": -10}),
            ("entry_names_what_it_is_about", {"debt_id": None}),
            ("entry_number_is_positive", {"seq": 0}),
        ],
    )
    def test_takes_only_lines_that_make_sense(self, rule, fields):
        entry = Entry.objects.get()
        entry.pk, entry.seq = None, 2
        for name, value in fields.items():
            setattr(entry, name, value)
        with refused_by(rule):
            entry.save(force_insert=True)


class TestNumbers:
    @pytest.mark.parametrize(
        ("rule", "fields"),
        [
            ("debt_is_never_overpaid", {"paid": 11}),
            ("debt_is_never_overpaid", {"paid": 6, "written_off": 5}),
            ("debt_paid_is_not_negative", {"paid": -1}),
            ("debt_written_off_is_not_negative", {"written_off": -1}),
            ("void_debt_holds_no_payments", {"voided_at": NOON, "paid": 1}),
            ("debt_terms_never_change", {"amount": 11}),
            ("debt_terms_never_change", {"occurred_at": "2020-01-01T00:00Z"}),
        ],
    )
    def test_of_a_debt(self, lend, rule, fields):
        lend(10)
        with refused_by(rule):
            Debt.objects.update(**fields)

    @pytest.mark.parametrize(
        ("rule", "fields"),
        [
            ("payment_is_never_overspent", {"allocated": 11}),
            ("payment_is_never_overspent", {"allocated": 6, "refunded": 5}),
            ("payment_allocated_is_not_negative", {"allocated": -1}),
            ("payment_refunded_is_not_negative", {"refunded": -1}),
            ("void_payment_is_spent_on_nothing", {"voided_at": NOON, "refunded": 1}),
            ("payment_terms_never_change", {"amount": 11}),
        ],
    )
    def test_of_a_payment(self, pay, rule, fields):
        pay(10)
        with refused_by(rule):
            Payment.objects.update(**fields)

    @pytest.mark.parametrize(
        ("rule", "fields"),
        [
            ("account_has_no_credit_beside_open_debts", {"credit_balance": 1}),
            ("account_open_total_is_not_negative", {"open_total": -1}),
            ("account_credit_is_not_negative", {"credit_balance": -1}),
        ],
    )
    def test_of_an_account(self, lend, rule, fields):
        lend(10)
        with refused_by(rule):
            Account.objects.filter(currency="UZS").update(**fields)

    def test_a_void_debt_stays_void(self, lend):
        lend(10)
        Debt.objects.update(voided_at=NOON)
        with refused_by("debt_terms_never_change"):
            Debt.objects.update(voided_at=None)

    def test_a_reversed_allocation_stays_reversed(self, lend, pay):
        lend(10), pay(10)
        DebtPayment.objects.update(reversed_at=NOON)
        with refused_by("allocation_is_only_reversed"):
            DebtPayment.objects.update(reversed_at=None)


class TestBooksApart:
    """Every key carries its book and account: no row can point across."""

    @pytest.fixture
    def elsewhere(self, charos):
        """A debt in charos's book."""
        own = Membership(charos.pk, charos.pk, Role.OWNER)
        debtor = create_debtor(membership=own, full_name="D", now=NOON)
        row = create_debt(membership=own, debtor_id=debtor.id, amount=Decimal(9), now=NOON)
        return Debt.objects.get(pk=row.id)

    def test_an_allocation_joins_rows_of_one_account(self, elsewhere, lend, pay):
        lend(10), pay(5)
        part = DebtPayment.objects.get()
        part.pk, part.debt_id = None, elsewhere.pk
        with refused_by("allocation_debt_is_of_its_account"):
            part.save(force_insert=True)

    def test_an_allocation_does_not_cross_currencies(self, dollars, lend, pay):
        lend(10), pay(5)
        part = DebtPayment.objects.get()
        part.pk, part.debt_id = None, lend(10, currency="USD").id
        with refused_by("allocation_debt_is_of_its_account"):
            part.save(force_insert=True)

    def test_a_debt_is_in_its_debtors_book(self, elsewhere, azizas_book, lend):
        with refused_by("debt_account_is_of_its_debtor"):
            Debt.objects.create(
                book_id=azizas_book.book_id,
                debtor_id=elsewhere.debtor_id,
                account_id=elsewhere.account_id,
                currency="UZS",
                amount=1,
            )

    def test_a_debt_has_its_accounts_currency(self, lend):
        debt = Debt.objects.get(pk=lend(10).id)
        debt.pk, debt.currency = None, "USD"
        with refused_by("debt_account_is_of_its_debtor"):
            debt.save(force_insert=True)

    def test_a_journal_line_is_about_its_own_account(self, elsewhere, lend):
        lend(10)
        entry = Entry.objects.get(book_id=elsewhere.book_id)
        own = Entry.objects.exclude(book_id=elsewhere.book_id).get()
        own.pk, own.seq, own.debt_id = None, 2, entry.debt_id
        with refused_by("entry_debt_is_of_its_account"):
            own.save(force_insert=True)


class TestStatus:
    """The status follows the numbers, in the database."""

    @pytest.mark.parametrize(
        ("status", "fields"),
        [
            ("pending", {}),
            ("pending", {"written_off": 4}),
            ("partially_paid", {"paid": 4}),
            ("partially_paid", {"paid": 4, "written_off": 5}),
            ("paid", {"paid": 10}),
            ("paid", {"written_off": 10}),
            ("void", {"voided_at": NOON}),
        ],
    )
    def test_of_a_debt(self, lend, status, fields):
        lend(10)
        Debt.objects.update(**fields)
        assert Debt.objects.get().status == status
