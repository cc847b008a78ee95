import pytest

from core.errors import NotFound
from ledger.actions.books import Membership, RoleNotAllowed
from ledger.actions.debtors import archive_debtor, edit_debtor
from ledger.actions.debts import void_debt
from ledger.actions.disputes import AlreadyDisputed, open_dispute, resolve_dispute
from ledger.models import Dispute, Role
from tests.ledger.money.conftest import NOON


@pytest.fixture
def dispute(bobur):
    def dispute(debt, by=bobur):
        return open_dispute(account_id=by.pk, debt_id=debt.id, reason="bermagan", now=NOON)

    return dispute


@pytest.fixture
def resolve(azizas_book):
    def resolve(debt, membership=azizas_book):
        return resolve_dispute(membership=membership, debt_id=debt.id, note="tekshirildi", now=NOON)

    return resolve


class TestDispute:
    def test_is_opened_by_the_debtor(self, lend, dispute):
        debt = lend(10)
        row = dispute(debt)
        assert row[1:] == (debt.id, "bermagan", "", NOON, None)

    def test_a_debt_has_one_open_dispute(self, lend, dispute, resolve):
        debt = lend(10)
        dispute(debt)
        with pytest.raises(AlreadyDisputed):
            dispute(debt)
        resolve(debt)
        assert dispute(debt).resolved_at is None

    def test_nobody_else_finds_the_debt(self, lend, dispute, aziza, charos):
        debt = lend(10)
        for stranger in (aziza, charos):
            with pytest.raises(NotFound):
                dispute(debt, by=stranger)

    def test_who_lost_the_number_does_not_find_it(self, azizas_book, bobur_owes, lend, dispute):
        debt = lend(10)
        edit_debtor(membership=azizas_book, debtor_id=bobur_owes.id, changes={"phone_number": None})
        with pytest.raises(NotFound):
            dispute(debt)

    def test_a_void_debt_is_not_found(self, azizas_book, lend, dispute):
        debt = lend(10)
        void_debt(membership=azizas_book, debt_id=debt.id, now=NOON)
        with pytest.raises(NotFound):
            dispute(debt)

    def test_an_archived_debtor_finds_nothing(self, azizas_book, bobur_owes, lend, pay, dispute):
        debt = lend(10)
        pay(10)
        archive_debtor(membership=azizas_book, debtor_id=bobur_owes.id, now=NOON)
        with pytest.raises(NotFound):
            dispute(debt)


class TestResolve:
    def test_the_shop_answers_with_a_note(self, lend, dispute, resolve):
        debt = lend(10)
        opened = dispute(debt)
        row = resolve(debt)
        assert (row.id, row.note, row.resolved_at) == (opened.id, "tekshirildi", NOON)

    def test_is_not_found_without_an_open_dispute(self, lend, resolve):
        debt = lend(10)
        with pytest.raises(NotFound):
            resolve(debt)

    def test_voiding_the_debt_settles_it(self, azizas_book, lend, dispute):
        debt = lend(10)
        dispute(debt)
        void_debt(membership=azizas_book, debt_id=debt.id, now=NOON)
        assert Dispute.objects.get().resolved_at == NOON

    def test_a_cashier_may_not(self, charos_keeps, lend, dispute, resolve):
        debt = lend(10)
        dispute(debt)
        with pytest.raises(RoleNotAllowed):
            resolve(debt, charos_keeps(Role.CASHIER))

    def test_another_book_does_not_find_it(self, charos, lend, dispute, resolve):
        debt = lend(10)
        dispute(debt)
        with pytest.raises(NotFound):
            resolve(debt, Membership(charos.pk, charos.pk, Role.OWNER))
