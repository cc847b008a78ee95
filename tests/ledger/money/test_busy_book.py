"""A book in which many write all the time: who changes its keepers gets a turn."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
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
            answer(executor, erasing(charos))
        assert not BookMember.objects.exists()


class Acts:
    """What takes locks in aziza's book, and in a book of one of its members."""

    def __init__(self, owner, keepers, debtors):
        self.owner, self.keepers, self.debtors = owner, keepers, debtors
        self.books = [Membership(p.pk, p.pk, Role.OWNER) for p in (owner, keepers[0])]
        self.book = self.books[0]

    def all(self):
        for place, number in enumerate(["+998935550001", "+998935550002", None]):
            yield from (partial(self.create, book, number) for book in self.books)
            yield partial(self.move, self.debtors[place], number)
            yield partial(self.lend, self.debtors[place])
            yield self.rename
            yield from (partial(self.add, keeper) for keeper in self.keepers)
            yield self.remove_all

    def create(self, book, number):
        create_debtor(membership=book, full_name="D", phone_number=number, now=NOON)

    def move(self, debtor_id, number):
        changes = {"phone_number": number}
        edit_debtor(membership=self.book, debtor_id=debtor_id, changes=changes)

    def lend(self, debtor_id):
        create_debt(membership=self.book, debtor_id=debtor_id, amount=Decimal(1), now=NOON)

    def rename(self):
        update_book(account_id=self.owner.pk, book_id=self.owner.pk, name="Do‘kon")

    def add(self, keeper):
        number = keeper.phone_number
        add_member(membership=self.book, phone_number=number, role=Role.MANAGER, now=NOON)

    def remove_all(self):
        for pk in BookMember.objects.filter(book=self.owner.pk).values_list("pk", flat=True):
            remove_member(membership=self.book, member_id=pk)


def unless_refused(act):
    with suppress(DomainError):
        act()


def erasing(person):
    return partial(erase_account, user_id=person.pk, proof=None, now=timezone.now())


def test_whoever_locks_what_nobody_waits_for_ever(aziza, bobur, charos, debtors):
    """A circle would be broken by the database, as a failure that is no refusal."""
    acts = [*Acts(aziza, [charos, bobur], debtors).all()] * 4
    acts[60:60] = [erasing(charos), erasing(bobur)]
    at_once([partial(unless_refused, act) for act in acts], threads=12)
    assert not BookMember.objects.filter(user__is_active=False).exists()


class TestWhoIsBeingErased:
    def add(self, book, number):
        about = {"membership": book, "phone_number": number, "role": Role.CASHIER, "now": NOON}
        return partial(add_member, **about)

    def test_becomes_no_member(self, azizas_book, bobur):
        with pytest.raises(NoSuchAccount):
            behind(erasing(bobur), self.add(azizas_book, bobur.phone_number))
        assert not BookMember.objects.exists()

    def test_gets_no_member(self, aziza, azizas_book, bobur):
        with pytest.raises(NotAMember):
            behind(erasing(aziza), self.add(azizas_book, bobur.phone_number))
        assert not BookMember.objects.exists()

    def test_names_the_book_no_more(self, aziza, azizas_book, debtors):
        rename = partial(update_book, account_id=aziza.pk, book_id=aziza.pk, name="Do‘kon")
        with pytest.raises(NotAMember):
            behind(erasing(aziza), rename)
        assert Book.objects.get().name == ""
