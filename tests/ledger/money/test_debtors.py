from decimal import Decimal

import pytest

from core.errors import NotFound
from ledger.actions.books import Membership, NotAMember, RoleNotAllowed
from ledger.actions.debtors import (
    DebtorHasBalance,
    DuplicatePhoneNumber,
    archive_debtor,
    create_debtor,
    edit_debtor,
)
from ledger.actions.holding import DebtorArchived
from ledger.actions.payments import void_payment
from ledger.models import Account, Book, Debtor, Role
from tests.ledger.money.conftest import NOON

NUMBER = "+998935550077"


class TestCreateDebtor:
    def test_makes_the_book_on_first_use(self, azizas_book):
        create_debtor(membership=azizas_book, full_name="Dilshod", now=NOON)
        assert Book.objects.get().pk == azizas_book.book_id

    def test_starts_with_nothing_owed_in_the_default_currency(self, azizas_book):
        row = create_debtor(membership=azizas_book, full_name="Dilshod", note="n", now=NOON)
        assert [tuple(balance) for balance in row.balances] == [("UZS", Decimal(0), Decimal(0))]
        assert (row.full_name, row.phone_number, row.note) == ("Dilshod", None, "n")

    def test_has_an_account_for_every_currency(self, bobur_owes):
        accounts = Account.objects.filter(debtor_id=bobur_owes.id).order_by("pk")
        assert [account.currency for account in accounts] == ["UZS", "USD"]

    def test_keeps_a_folded_name_for_searches(self, azizas_book):
        row = create_debtor(membership=azizas_book, full_name="Гʻофур Қўшназаров", now=NOON)
        assert Debtor.objects.get(pk=row.id).folded_name == "gofur qoshnazarov"

    def test_many_have_no_number(self, azizas_book):
        for _ in range(2):
            create_debtor(membership=azizas_book, full_name="Dilshod", now=NOON)
        assert Debtor.objects.count() == 2

    def test_a_number_is_in_a_book_once(self, azizas_book, bobur_owes):
        with pytest.raises(DuplicatePhoneNumber) as refusal:
            create_debtor(
                membership=azizas_book,
                full_name="Somebody else",
                phone_number=bobur_owes.phone_number,
                now=NOON,
            )
        assert refusal.value.extra == {"id": bobur_owes.id}

    def test_two_books_may_hold_the_same_number(self, bobur_owes, charos):
        own = Membership(charos.pk, charos.pk, Role.OWNER)
        row = create_debtor(
            membership=own, full_name="Bobur", phone_number=bobur_owes.phone_number, now=NOON
        )
        assert row.id != bobur_owes.id

    def test_a_cashier_creates(self, charos_keeps):
        row = create_debtor(membership=charos_keeps(Role.CASHIER), full_name="D", now=NOON)
        assert Debtor.objects.filter(pk=row.id).exists()

    def test_an_outsider_creates_nothing(self, azizas_book, bobur_owes, charos):
        claimed = Membership(azizas_book.book_id, charos.pk, Role.MANAGER)
        with pytest.raises(NotAMember):
            create_debtor(membership=claimed, full_name="D", now=NOON)
        assert Debtor.objects.count() == 1

    def test_an_archived_debtor_comes_back_under_the_new_name(self, azizas_book, bobur_owes):
        archive_debtor(membership=azizas_book, debtor_id=bobur_owes.id, now=NOON)
        row = create_debtor(
            membership=azizas_book,
            full_name="Bobur aka",
            phone_number=bobur_owes.phone_number,
            now=NOON,
        )
        assert (row.id, row.full_name) == (bobur_owes.id, "Bobur aka")
        assert Debtor.objects.listed().get().folded_name == "bobur aka"


class TestEditDebtor:
    def test_changes_only_what_is_named(self, azizas_book, bobur_owes):
        row = edit_debtor(
            membership=azizas_book, debtor_id=bobur_owes.id, changes={"full_name": "Bobur aka"}
        )
        assert row.full_name == "Bobur aka"
        assert row.phone_number == bobur_owes.phone_number

    def test_a_number_can_be_taken_away(self, azizas_book, bobur_owes):
        row = edit_debtor(
            membership=azizas_book, debtor_id=bobur_owes.id, changes={"phone_number": None}
        )
        assert row.phone_number is None

    def test_refuses_a_number_that_another_debtor_has(self, azizas_book, bobur_owes):
        other = create_debtor(membership=azizas_book, full_name="D", phone_number=NUMBER, now=NOON)
        with pytest.raises(DuplicatePhoneNumber) as refusal:
            edit_debtor(
                membership=azizas_book,
                debtor_id=other.id,
                changes={"phone_number": bobur_owes.phone_number},
            )
        assert refusal.value.extra == {"id": bobur_owes.id}
        assert Debtor.objects.get(pk=other.id).phone_number == NUMBER

    def test_a_cashier_may_not(self, bobur_owes, charos_keeps):
        with pytest.raises(RoleNotAllowed):
            edit_debtor(membership=charos_keeps(Role.CASHIER), debtor_id=bobur_owes.id, changes={})

    def test_another_book_does_not_find_the_debtor(self, bobur_owes, charos):
        own = Membership(charos.pk, charos.pk, Role.OWNER)
        with pytest.raises(NotFound):
            edit_debtor(membership=own, debtor_id=bobur_owes.id, changes={"note": "mine"})


class TestArchiveDebtor:
    def archive(self, membership, debtor):
        archive_debtor(membership=membership, debtor_id=debtor.id, now=NOON)

    def test_leaves_the_list_and_keeps_the_row(self, azizas_book, bobur_owes):
        self.archive(azizas_book, bobur_owes)
        assert not Debtor.objects.listed().exists()
        assert Debtor.objects.get().archived_at == NOON

    def test_is_not_found_a_second_time(self, azizas_book, bobur_owes):
        self.archive(azizas_book, bobur_owes)
        with pytest.raises(NotFound):
            self.archive(azizas_book, bobur_owes)

    def test_refuses_while_something_is_owed(self, azizas_book, bobur_owes, lend):
        lend(10)
        with pytest.raises(DebtorHasBalance):
            self.archive(azizas_book, bobur_owes)

    def test_refuses_while_there_is_credit(self, azizas_book, bobur_owes, pay):
        pay(10)
        with pytest.raises(DebtorHasBalance):
            self.archive(azizas_book, bobur_owes)

    def test_refuses_for_another_currency_too(self, azizas_book, bobur_owes, dollars, lend):
        lend(10, currency="USD")
        with pytest.raises(DebtorHasBalance):
            self.archive(azizas_book, bobur_owes)

    def test_an_archived_debtor_gets_no_debts_or_payments(self, azizas_book, bobur_owes, lend, pay):
        self.archive(azizas_book, bobur_owes)
        for write in (lend, pay):
            with pytest.raises(NotFound):
                write(10)

    def test_what_an_archived_debtor_paid_stays(self, azizas_book, bobur_owes, lend, pay):
        lend(10)
        paid = pay(10)
        self.archive(azizas_book, bobur_owes)
        with pytest.raises(DebtorArchived):
            void_payment(membership=azizas_book, payment_id=paid.payment.id, now=NOON)

    def test_a_cashier_may_not(self, bobur_owes, charos_keeps):
        with pytest.raises(RoleNotAllowed):
            self.archive(charos_keeps(Role.CASHIER), bobur_owes)
