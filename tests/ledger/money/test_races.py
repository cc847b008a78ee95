"""Many at once on one debtor or one book: nothing lost, nothing doubled, nobody waits for ever.

A deadlock, or any failure that is not a refusal, is raised by `at_once`.
"""

from decimal import Decimal
from functools import partial
from random import Random

import pytest
from django.db import transaction

from core.account import erase, refuse_obstacles
from core.errors import DomainError
from ledger.actions.books import Membership, update_book
from ledger.actions.debtors import (
    DuplicatePhoneNumber,
    archive_debtor,
    create_debtor,
    edit_debtor,
)
from ledger.actions.debts import create_debt, void_debt
from ledger.actions.disputes import open_dispute
from ledger.actions.members import MAX_MEMBERS, add_member, remove_member
from ledger.actions.payments import record_payment, void_payment
from ledger.actions.refunds import refund_credit
from ledger.actions.write_offs import take_back_write_off, write_off_debt
from ledger.models import BookMember, Debt, Debtor, Entry, Payment, Role, User
from ledger.queries.verify import find_drift
from tests.ledger.money.conftest import NOON
from tests.race import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(action, **arguments):
    """The answer, or the code of the refusal."""
    try:
        return action(**arguments)
    except DomainError as refusal:
        return refusal.code


class Counter:
    """One of the shop's counters: random work on one debtor, with a seed."""

    KINDS = (
        *["payment"] * 12,
        *["debt"] * 4,
        *["void_payment"] * 2,
        *["void_debt", "write_off", "take_back", "refund"],
    )

    def __init__(self, membership, debtor, seed):
        self.keeper = {"membership": membership, "now": NOON}
        self.debtor_id = debtor.id
        self.random = Random(seed)
        self.debts, self.payments = [], []
        self.done = []  # (kind, what was answered)

    def call(self):
        kind = self.random.choice(self.KINDS)
        amount = Decimal(self.random.randint(1, 5000)) / 100
        place = self.random.random()
        return lambda: self.work(kind, amount, place)

    def work(self, kind, amount, place):
        about = {"debtor_id": self.debtor_id, "amount": amount}
        match kind:
            case "payment":
                answer = attempt(record_payment, **self.keeper, **about)
                self.payments.append(answer.payment.id)
                spent = sum(part.amount for part in answer.allocations)
                assert answer.payment.amount == spent + answer.payment.credited
            case "debt":
                answer = attempt(create_debt, **self.keeper, **about)
                self.debts.append(answer.id)
                assert answer.amount == amount
                assert 0 <= answer.remaining <= amount
            case "refund":
                answer = attempt(refund_credit, **self.keeper, **about)
            case _:
                answer = self.correct(kind, place)
        self.done.append((kind, answer))

    def correct(self, kind, place):
        rows = self.payments if kind == "void_payment" else self.debts
        if not rows:
            return "not_found"
        chosen = rows[int(place * len(rows))]
        match kind:
            case "void_payment":
                return attempt(void_payment, **self.keeper, payment_id=chosen)
            case "void_debt":
                return attempt(void_debt, **self.keeper, debt_id=chosen)
            case "write_off":
                return attempt(write_off_debt, **self.keeper, debt_id=chosen, reason="x")
        return attempt(take_back_write_off, **self.keeper, debt_id=chosen)

    def accepted(self, kind):
        return len([answer for done, answer in self.done if done == kind and answer_is_yes(answer)])


def answer_is_yes(answer):
    return not isinstance(answer, str)


ALL_SEEDS = [pytest.param(n, marks=() if n < 3 else pytest.mark.prove) for n in range(20)]


@pytest.mark.parametrize("seed", ALL_SEEDS)
def test_two_hundred_writes_on_one_debtor(azizas_book, bobur_owes, seed):
    counter = Counter(azizas_book, bobur_owes, seed)
    at_once([counter.call() for _ in range(200)], threads=12)
    assert len(counter.done) == 200
    assert list(find_drift()) == []
    # Each accepted write stands in the journal once, each refused one not at all.
    kinds = {"take_back": "undo_write_off"}
    for kind in set(Counter.KINDS):
        lines = Entry.objects.filter(kind=kinds.get(kind, kind)).count()
        assert lines == counter.accepted(kind)
    assert Payment.objects.count() == len(set(counter.payments)) == counter.accepted("payment")
    assert Debt.objects.count() == len(set(counter.debts)) == counter.accepted("debt")


class TestNumbers:
    def create(self, book, number):
        return attempt(create_debtor, membership=book, full_name="D", phone_number=number, now=NOON)

    def test_fifty_at_once_make_one_debtor(self, azizas_book):
        number = "+998935550077"
        answers = at_once([lambda: self.create(azizas_book, number)] * 50)
        assert len([a for a in answers if answer_is_yes(a)]) == 1
        assert answers.count(DuplicatePhoneNumber.code) == 49
        assert Debtor.objects.count() == 1

    def test_fifty_at_once_bring_one_debtor_back(self, azizas_book, bobur_owes):
        archive_debtor(membership=azizas_book, debtor_id=bobur_owes.id, now=NOON)
        answers = at_once([lambda: self.create(azizas_book, bobur_owes.phone_number)] * 50)
        assert [a.id for a in answers if answer_is_yes(a)] == [bobur_owes.id]
        assert answers.count(DuplicatePhoneNumber.code) == 49
        assert Debtor.objects.count() == 1

    def test_two_debtors_who_swap_numbers_do_not_wait_for_each_other(self, azizas_book):
        numbers = ["+998935550001", "+998935550002", "+998935550003"]
        debtors = [self.create(azizas_book, number).id for number in numbers]

        def move(debtor_id, number):
            return attempt(
                edit_debtor,
                membership=azizas_book,
                debtor_id=debtor_id,
                changes={"phone_number": number},
            )

        calls = [
            lambda d=debtor, n=number: move(d, n)
            for _ in range(5)
            for debtor in debtors
            for number in (*numbers, None)
        ]
        at_once(calls)
        kept = Debtor.objects.exclude(phone_number=None).values_list("phone_number", flat=True)
        assert len(kept) == len(set(kept))


class TestArchive:
    @pytest.mark.parametrize("currency", ["UZS", "USD"])
    def test_never_archives_somebody_who_owes(self, azizas_book, dollars, currency):
        for _ in range(10):
            debtor = create_debtor(membership=azizas_book, full_name="D", now=NOON)
            about = {"membership": azizas_book, "debtor_id": debtor.id, "now": NOON}
            lend = partial(attempt, create_debt, **about, amount=Decimal(1), currency=currency)
            answers = at_once([lend, partial(attempt, archive_debtor, **about), lend])
            lent = Debt.objects.filter(debtor_id=debtor.id).exists()
            archived = not Debtor.objects.listed().filter(pk=debtor.id).exists()
            assert lent != archived
            assert answers[1] == ("debtor_has_balance" if lent else None)


class TestSettingsWhileWriting:
    """Once the owner was told, nothing more of the old kind is written."""

    def writes_after(self, settle, write):
        """How many of 30 writes committed after `settle` had answered."""
        seen = []
        calls = [write] * 10 + [lambda: (settle(), seen.append(Debt.objects.count()))]
        at_once(calls + [write] * 20, threads=11)
        return Debt.objects.count() - seen[0]

    def test_a_removed_member_writes_nothing_more(self, azizas_book, bobur_owes, charos_keeps):
        cashier = charos_keeps(Role.CASHIER)
        member = BookMember.objects.get()
        late = self.writes_after(
            lambda: remove_member(membership=azizas_book, member_id=member.pk),
            lambda: attempt(
                create_debt,
                membership=cashier,
                debtor_id=bobur_owes.id,
                amount=Decimal(1),
                now=NOON,
            ),
        )
        assert late == 0

    def test_a_currency_switched_off_takes_nothing_more(self, azizas_book, bobur_owes, dollars):
        owner = azizas_book.account_id
        late = self.writes_after(
            lambda: update_book(account_id=owner, book_id=owner, currencies=["UZS"]),
            lambda: attempt(
                create_debt,
                membership=azizas_book,
                debtor_id=bobur_owes.id,
                amount=Decimal(1),
                currency="USD",
                now=NOON,
            ),
        )
        assert late == 0

    def test_a_book_gets_forty_members_and_no_more(self, azizas_book, bobur_owes):
        people = User.objects.bulk_create(
            User(phone_number=f"+9989022200{n:02}", password="!") for n in range(50)
        )
        answers = at_once(
            [
                lambda number=person.phone_number: attempt(
                    add_member,
                    membership=azizas_book,
                    phone_number=number,
                    role=Role.CASHIER,
                    now=NOON,
                )
                for person in people
            ]
        )
        assert len([a for a in answers if answer_is_yes(a)]) == MAX_MEMBERS
        assert BookMember.objects.count() == MAX_MEMBERS

    def test_two_who_keep_each_others_books_can_leave_at_once(self, aziza, charos):
        for owner, member in ((aziza, charos), (charos, aziza)):
            add_member(
                membership=Membership(owner.pk, owner.pk, Role.OWNER),
                phone_number=member.phone_number,
                role=Role.MANAGER,
                now=NOON,
            )

        def leave(person):
            with transaction.atomic():
                refuse_obstacles(person.pk)
                erase(person.pk)

        at_once([lambda: leave(aziza), lambda: leave(charos)])
        assert not BookMember.objects.exists()


def test_a_debt_disputed_many_times_at_once_is_disputed_once(bobur, lend):
    debt = lend(5)
    answers = at_once(
        [lambda: attempt(open_dispute, account_id=bobur.pk, debt_id=debt.id, reason="x", now=NOON)]
        * 20
    )
    assert len([a for a in answers if answer_is_yes(a)]) == 1
    assert answers.count("already_disputed") == 19
