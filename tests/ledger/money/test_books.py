import pytest

from core.account import erase, refuse_obstacles
from core.errors import NotFound
from ledger.actions.book_erasure import BookHasBalances
from ledger.actions.books import (
    Membership,
    NotAMember,
    RoleNotAllowed,
    find_member_of,
    find_membership,
    open_book,
    update_book,
)
from ledger.actions.members import (
    MAX_MEMBERS,
    NoSuchAccount,
    OwnerIsNoMember,
    TooManyMembers,
    add_member,
    remove_member,
)
from ledger.actions.payments import void_payment
from ledger.models import Book, BookMember, Debtor, Role, User
from tests.ledger.money.conftest import NOON


class TestMembership:
    def test_everybody_owns_one_book(self, aziza):
        own = Membership(aziza.pk, aziza.pk, Role.OWNER)
        assert find_membership(account_id=aziza.pk) == own
        assert find_membership(account_id=aziza.pk, book_id=aziza.pk) == own

    def test_a_member_has_a_role(self, aziza, charos, charos_keeps):
        charos_keeps(Role.MANAGER)
        found = find_membership(account_id=charos.pk, book_id=aziza.pk)
        assert found == Membership(aziza.pk, charos.pk, Role.MANAGER)

    def test_an_outsider_is_no_member(self, aziza, charos):
        open_book(account_id=aziza.pk)
        for book_id in (aziza.pk, 2**62):
            with pytest.raises(NotAMember):
                find_membership(account_id=charos.pk, book_id=book_id)
            with pytest.raises(NotFound):
                find_member_of(account_id=charos.pk, book_id=book_id)

    def test_a_removed_member_writes_nothing(self, azizas_book, bobur_owes, charos_keeps, lend):
        cashier = charos_keeps(Role.CASHIER)
        lend(5, membership=cashier)
        member = BookMember.objects.get()
        remove_member(membership=azizas_book, member_id=member.pk)
        with pytest.raises(NotAMember):
            lend(5, membership=cashier)

    def test_a_demoted_member_keeps_to_the_new_role(self, azizas_book, charos_keeps, pay):
        manager = charos_keeps(Role.MANAGER)
        charos_keeps(Role.CASHIER)
        paid = pay(5)
        with pytest.raises(RoleNotAllowed):
            void_payment(membership=manager, payment_id=paid.payment.id, now=NOON)


class TestMembers:
    def test_a_second_addition_changes_the_role(self, charos_keeps):
        charos_keeps(Role.CASHIER), charos_keeps(Role.MANAGER)
        assert BookMember.objects.get().role == Role.MANAGER

    def test_the_number_needs_an_account(self, azizas_book):
        with pytest.raises(NoSuchAccount):
            add_member(
                membership=azizas_book, phone_number="+998901119999", role=Role.CASHIER, now=NOON
            )

    def test_the_owner_is_none(self, azizas_book, aziza):
        with pytest.raises(OwnerIsNoMember):
            add_member(
                membership=azizas_book,
                phone_number=aziza.phone_number,
                role=Role.CASHIER,
                now=NOON,
            )

    def test_a_manager_adds_and_removes_nobody(self, bobur, charos_keeps):
        manager = charos_keeps(Role.MANAGER)
        with pytest.raises(RoleNotAllowed):
            add_member(
                membership=manager,
                phone_number=bobur.phone_number,
                role=Role.CASHIER,
                now=NOON,
            )
        with pytest.raises(RoleNotAllowed):
            remove_member(membership=manager, member_id=BookMember.objects.get().pk)

    def test_a_member_of_another_book_is_not_found(self, charos, bobur, charos_keeps):
        charos_keeps(Role.MANAGER)
        own = Membership(bobur.pk, bobur.pk, Role.OWNER)
        with pytest.raises(NotFound):
            remove_member(membership=own, member_id=BookMember.objects.get().pk)

    def test_a_book_has_at_most_forty(self, azizas_book, charos_keeps):
        people = User.objects.bulk_create(
            User(phone_number=f"+9989022200{n:02}", password="!") for n in range(MAX_MEMBERS)
        )
        open_book(account_id=azizas_book.book_id)
        BookMember.objects.bulk_create(
            BookMember(book_id=azizas_book.book_id, user=person, role=Role.CASHIER)
            for person in people
        )
        with pytest.raises(TooManyMembers) as refusal:
            charos_keeps(Role.CASHIER)
        assert refusal.value.extra == {"limit": 40}
        assert BookMember.objects.count() == 40


class TestUpdateBook:
    def test_the_owner_changes_name_and_currencies(self, aziza):
        book = update_book(
            account_id=aziza.pk, book_id=aziza.pk, name="Do‘kon", currencies=["USD", "UZS"]
        )
        assert (book.name, book.currencies) == ("Do‘kon", ["UZS", "USD"])

    def test_a_manager_may_not(self, aziza, charos, charos_keeps):
        charos_keeps(Role.MANAGER)
        with pytest.raises(RoleNotAllowed):
            update_book(account_id=charos.pk, book_id=aziza.pk, name="mine")

    def test_an_outsider_does_not_find_it(self, aziza, charos):
        open_book(account_id=aziza.pk)
        with pytest.raises(NotFound):
            update_book(account_id=charos.pk, book_id=aziza.pk, name="mine")


class TestErasure:
    def test_refused_while_somebody_owes(self, aziza, lend):
        lend(5)
        with pytest.raises(BookHasBalances):
            refuse_obstacles(aziza.pk)

    def test_refused_while_somebody_has_credit(self, aziza, pay):
        pay(5)
        with pytest.raises(BookHasBalances):
            refuse_obstacles(aziza.pk)

    def test_what_one_owes_elsewhere_is_no_obstacle(self, bobur, lend):
        lend(5)
        refuse_obstacles(bobur.pk)

    def test_the_book_loses_its_words_and_its_keepers(self, aziza, charos_keeps, bobur_owes):
        charos_keeps(Role.MANAGER)
        update_book(account_id=aziza.pk, book_id=aziza.pk, name="Do‘kon")
        Debtor.objects.update(note="kech to‘laydi")
        erase(aziza.pk)
        assert Book.objects.get().name == ""
        assert Debtor.objects.get().note == ""
        assert not BookMember.objects.exists()

    def test_who_goes_keeps_no_book_of_others(self, charos, charos_keeps, lend):
        manager = charos_keeps(Role.MANAGER)
        erase(charos.pk)
        with pytest.raises(NotAMember):
            lend(5, membership=manager)

    def test_an_erased_owner_writes_nothing(self, aziza, lend):
        lend(5)
        User.objects.filter(pk=aziza.pk).update(is_active=False)
        with pytest.raises(NotAMember):
            lend(5)
