"""A book in which many write all the time: who changes its keepers gets a turn."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from threading import Event, Semaphore

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import DomainError
from ledger.actions.books import Membership, NotAMember, update_book
from ledger.actions.debtors import create_debtor, edit_debtor
from ledger.actions.debts import create_debt
from ledger.actions.erasure import erase_account
from ledger.actions.members import NoSuchAccount, add_member, remove_member
from ledger.models import Book, BookMember, Role
from tests.ledger.money.conftest import NOON
from tests.race import at_once, behind

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 12
SECONDS = 10  # a turn takes a fraction of one; without a fair lock it never comes


@pytest.fixture
def debtors(azizas_book):
    return [
        create_debtor(membership=azizas_book, full_name=f"Mijoz {n}", now=NOON).id
        for n in range(WRITERS)
    ]


@contextmanager
def busy(membership, debtors):
    """Each debtor has a writer of their own, who goes on until we leave. Gives an executor."""
    over, written = Event(), Semaphore(0)

    def write(debtor_id):
        try:
            while not over.is_set():
                create_debt(membership=membership, debtor_id=debtor_id, amount=Decimal(1), now=NOON)
                written.release()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(debtors) + 1) as executor:
        writers = [executor.submit(write, debtor_id) for debtor_id in debtors]
        try:
            for _ in range(3 * len(debtors)):
                assert written.acquire(timeout=30)
            yield executor
        finally:
            over.set()
        for writer in writers:
            writer.result(timeout=30)


def answer(executor, act):
    def run():
        try:
            return act()
        finally:
            connection.close()

    return executor.submit(run).result(timeout=SECONDS)


class TestABusyBook:
    def test_loses_a_member(self, azizas_book, charos_keeps, debtors):
        charos_keeps(Role.CASHIER)
        member = BookMember.objects.get().pk
        with busy(azizas_book, debtors) as executor:
            answer(executor, lambda: remove_member(membership=azizas_book, member_id=member))
        assert not BookMember.objects.exists()

    def test_changes_its_currencies(self, aziza, azizas_book, debtors):
        switch_on = partial(
            update_book, account_id=aziza.pk, book_id=aziza.pk, currencies=["UZS", "USD"]
        )
        with busy(azizas_book, debtors) as executor:
            answer(executor, switch_on)
        assert Book.objects.get().currencies == ["UZS", "USD"]

    def test_lets_a_cashier_erase_the_account(self, azizas_book, charos, charos_keeps, debtors):
        charos_keeps(Role.CASHIER)
        with busy(azizas_book, debtors) as executor:
            answer(
                executor,
                lambda: erase_account(user_id=charos.pk, proof=None, now=timezone.now()),
            )
        assert not BookMember.objects.exists()


def test_whoever_locks_what_nobody_waits_for_ever(aziza, azizas_book, bobur, charos, debtors):
    """A circle would be broken by the database, as a failure that is no refusal."""
    numbers = ["+998935550001", "+998935550002", None]
    charos_book = Membership(charos.pk, charos.pk, Role.OWNER)

    def member(person, role):
        add_member(membership=azizas_book, phone_number=person.phone_number, role=role, now=NOON)

    def remove_all():
        for pk in BookMember.objects.filter(book=aziza.pk).values_list("pk", flat=True):
            remove_member(membership=azizas_book, member_id=pk)

    def create(book, number):
        create_debtor(membership=book, full_name="D", phone_number=number, now=NOON)

    def move(debtor_id, number):
        changes = {"phone_number": number}
        edit_debtor(membership=azizas_book, debtor_id=debtor_id, changes=changes)

    def lend(debtor_id):
        create_debt(membership=azizas_book, debtor_id=debtor_id, amount=Decimal(1), now=NOON)

    def leave(person):
        erase_account(user_id=person.pk, proof=None, now=timezone.now())

    def refusable(act):
        try:
            act()
        except DomainError:
            return

    def round_of(number, debtor_id):
        return [
            lambda: create(azizas_book, number),
            lambda: create(charos_book, number),
            lambda: move(debtor_id, number),
            lambda: lend(debtor_id),
            lambda: update_book(account_id=aziza.pk, book_id=aziza.pk, name="Do‘kon"),
            lambda: member(charos, Role.MANAGER),
            lambda: member(bobur, Role.CASHIER),
            remove_all,
        ]

    rounds = [round_of(*place) for place in zip(numbers, debtors[:3], strict=True)]
    acts = [act for round_ in rounds * 4 for act in round_]
    acts[60:60] = [lambda: leave(charos), lambda: leave(bobur)]
    at_once([partial(refusable, act) for act in acts], threads=12)
    assert not BookMember.objects.filter(user__is_active=False).exists()


class TestWhoIsBeingErased:
    def erase(self, person):
        return partial(erase_account, user_id=person.pk, proof=None, now=timezone.now())

    def add(self, book, number):
        about = {"membership": book, "phone_number": number, "role": Role.CASHIER, "now": NOON}
        return partial(add_member, **about)

    def test_becomes_no_member(self, azizas_book, bobur):
        with pytest.raises(NoSuchAccount):
            behind(self.erase(bobur), self.add(azizas_book, bobur.phone_number))
        assert not BookMember.objects.exists()

    def test_gets_no_member(self, aziza, azizas_book, bobur):
        with pytest.raises(NotAMember):
            behind(self.erase(aziza), self.add(azizas_book, bobur.phone_number))
        assert not BookMember.objects.exists()

    def test_names_the_book_no_more(self, aziza, azizas_book, debtors):
        rename = partial(update_book, account_id=aziza.pk, book_id=aziza.pk, name="Do‘kon")
        with pytest.raises(NotAMember):
            behind(self.erase(aziza), rename)
        assert Book.objects.get().name == ""
