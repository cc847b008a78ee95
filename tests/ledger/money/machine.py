"""The service and its model, driven by the same random steps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.errors import DomainError
from ledger.actions.books import Membership, open_book, update_book
from ledger.actions.debtors import archive_debtor, create_debtor, edit_debtor
from ledger.actions.debts import create_debt, edit_debt, void_debt
from ledger.actions.disputes import open_dispute, resolve_dispute
from ledger.actions.payments import record_payment, void_payment
from ledger.actions.refunds import refund_credit
from ledger.actions.write_offs import take_back_write_off, write_off_debt
from ledger.models import BookMember, Role, User
from ledger.serializers.rows import AllocationRow
from tests.ledger.money.comparison import assert_agreed
from tests.ledger.money.device import Devices
from tests.ledger.money.model import Model, ModelDebt, ModelDebtor, ModelPayment, Refused

START = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = {
    "owner": "+998901110001",
    "bobur": "+998901110002",
    "manager": "+998901110021",
    "cashier": "+998901110022",
}
NUMBERS = [PEOPLE["bobur"], "+998901110012", "+998901110013", None]

places = st.integers(min_value=0, max_value=99)
# Mostly one debtor: much must happen between the same two.
who = st.sampled_from([0, 0, 0, 0, 1, 2])
# Few round ones, so that amounts meet exactly, and odd ones that leave rests.
small = st.integers(1, 5).map(lambda n: Decimal(n * 10))
odd = st.integers(1, 9999).map(lambda n: Decimal(n) / 100)
lent = st.one_of(small, small, odd)
# Payments are larger than debts: credit comes and goes.
brought = st.one_of(small, small.map(lambda n: n * 3), odd)
currencies = st.sampled_from(["UZS", "UZS", "UZS", "UZS", "USD"])
# Whole hours before the start, so that many things happened at one instant; None: now.
hours = st.one_of(st.none(), st.integers(0, 4))
roles = st.sampled_from([*["owner"] * 8, "manager", "cashier"])
numbers = st.sampled_from(NUMBERS)

heard = []


def hear(published):
    """The backend of the machine's runs (`EVENT_BACKEND`)."""
    heard.extend(published)


def pick(rows, place):
    """One of `rows`; of those that can be void mostly a live one."""
    live = [row for row in rows if not getattr(row, "void", False)]
    chosen = live if live and place % 8 else rows
    return chosen[place % len(chosen)]


class LedgerMachine(RuleBasedStateMachine):
    """One example is one book, in a transaction that is rolled back."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = START
        made = User.objects.bulk_create(
            User(phone_number=number, full_name=name, password="!")
            for name, number in PEOPLE.items()
        )
        self.people = {person.full_name: person for person in made}
        self.model = Model()
        keeper, holder = self.people["cashier"].pk, self.people["bobur"].pk
        self.devices = Devices(self.people["owner"].pk, keeper, holder, PEOPLE["bobur"])

    def teardown(self):
        try:
            assert_agreed(self.model, self.devices)
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def kept_by(self, role):
        return Membership(self.people["owner"].pk, self.people[role].pk, Role(role))

    def both(self, expected, act):
        """Take a step in the model and in the service: both do it, or both refuse it alike.
        Gives the service's answer, None when both refused."""
        self.now += timedelta(seconds=1)
        heard.clear()
        wanted = code = answer = None
        try:
            expected()
        except Refused as refusal:
            wanted = refusal.code
        try:
            answer = act()
        except DomainError as refusal:
            code = refusal.code
        assert code == wanted
        self.devices.hear(heard)
        return answer

    def moment(self, hours_back):
        return None if hours_back is None else START - timedelta(hours=hours_back)

    @initialize()
    def hire(self):
        book = open_book(account_id=self.people["owner"].pk)
        BookMember.objects.bulk_create(
            BookMember(book=book, user=self.people[role], role=role)
            for role in ("manager", "cashier")
        )
        self.create_debtor("cashier", PEOPLE["bobur"])

    def create_debtor(self, role, number):
        name = f"debtor {self.now}"
        returned = []
        row = self.both(
            lambda: returned.append(self.model.create_debtor(name, number)),
            lambda: create_debtor(
                membership=self.kept_by(role), full_name=name, phone_number=number, now=self.now
            ),
        )
        if row and returned[0] is None:
            self.model.debtors.append(ModelDebtor(row.id, name, number))
        elif row:
            assert row.id == returned[0].id

    @rule(
        what=st.sampled_from(["create", "edit", "archive", "currencies"]),
        role=roles,
        place=who,
        number=numbers,
    )
    def keep_the_book(self, what, role, place, number):
        match what:
            case "create" if len(self.model.debtors) < 3 or number is not None:
                self.create_debtor(role, number)
            case "edit":
                self.edit_debtor(role, pick(self.model.debtors, place), number)
            case "archive":
                self.archive_debtor(role, pick(self.model.debtors, place))
            case "currencies":
                self.model.currencies = ["UZS"] if place == 1 else ["UZS", "USD"]
                owner = self.people["owner"].pk
                update_book(account_id=owner, book_id=owner, currencies=self.model.currencies)

    def edit_debtor(self, role, debtor, number):
        name = f"debtor {self.now}"
        self.both(
            lambda: self.model.edit_debtor(role, debtor, name, number),
            lambda: edit_debtor(
                membership=self.kept_by(role),
                debtor_id=debtor.id,
                changes={"full_name": name, "phone_number": number},
            ),
        )

    def archive_debtor(self, role, debtor):
        self.both(
            lambda: self.model.archive_debtor(role, debtor),
            lambda: archive_debtor(
                membership=self.kept_by(role), debtor_id=debtor.id, now=self.now
            ),
        )

    def lend(self, role, place, amount, currency, hours_back):
        debtor = pick(self.model.debtors, place)
        row = self.both(
            lambda: self.model.may_lend(debtor, currency),
            lambda: create_debt(
                membership=self.kept_by(role),
                debtor_id=debtor.id,
                amount=amount,
                currency=currency,
                occurred_at=self.moment(hours_back),
                now=self.now,
            ),
        )
        if row:
            occurred_at = self.moment(hours_back) or self.now
            debt = ModelDebt(row.id, debtor, currency, amount, occurred_at)
            self.model.create_debt(debt)
            assert row.remaining == self.model.remaining(debt)
            assert row.status == self.model.status(debt)

    @rule(role=roles, place=who, amount=lent, currency=currencies, hours_back=hours)
    def create_a_debt(self, role, place, amount, currency, hours_back):
        self.lend(role, place, amount, currency, hours_back)

    def pay(self, place, amount, currency, hours_back, named=(), dry_run=False):
        debtor = pick(self.model.debtors, place)
        answer = self.both(
            lambda: self.model.may_pay(debtor, currency, amount, named),
            lambda: record_payment(
                membership=self.kept_by("cashier"),
                debtor_id=debtor.id,
                amount=amount,
                currency=currency,
                occurred_at=self.moment(hours_back),
                allocations=[AllocationRow(*part) for part in named],
                dry_run=dry_run,
                now=self.now,
            ),
        )
        return debtor, answer

    @rule(place=who, amount=brought, currency=currencies, hours_back=hours)
    def record_a_payment(self, place, amount, currency, hours_back):
        self.record(place, amount, currency, hours_back, [], dry_run_first=False)

    @precondition(lambda self: self.model.debts)
    @rule(
        place=who,
        amount=brought,
        currency=currencies,
        parts=st.lists(st.tuples(places, lent), max_size=3),
        dry_run_first=st.booleans(),
    )
    def record_a_divided_payment(self, place, amount, currency, parts, dry_run_first):
        named = [(pick(self.model.debts, n).id, part) for n, part in parts]
        self.record(place, amount, currency, None, named, dry_run_first=dry_run_first)

    def record(self, place, amount, currency, hours_back, named, *, dry_run_first):
        rehearsed = None
        if dry_run_first:
            _, rehearsed = self.pay(place, amount, currency, hours_back, named, dry_run=True)
            assert heard == []
        debtor, answer = self.pay(place, amount, currency, hours_back, named)
        if answer is None:
            return
        occurred_at = self.moment(hours_back) or self.now
        payment = ModelPayment(answer.payment.id, debtor, currency, amount, occurred_at)
        self.model.record_payment(payment, named)
        given = {debt: part for (p, debt), part in self.model.given.items() if p == payment.id}
        assert dict(answer.allocations) == given
        assert answer.payment.credited == self.model.credited(payment)
        if rehearsed:
            assert rehearsed.payment.id is None
            assert rehearsed.allocations == answer.allocations

    @precondition(lambda self: self.model.payments)
    @rule(role=roles, place=places)
    def void_a_payment(self, role, place):
        payment = pick(self.model.payments, place)
        self.both(
            lambda: self.model.void_payment(role, payment),
            lambda: void_payment(
                membership=self.kept_by(role), payment_id=payment.id, now=self.now
            ),
        )

    def correct(self, place, expected, act):
        """A correction of one debt: `expected` of the model, `act` of the service."""
        debt = pick(self.model.debts, place)
        return self.both(lambda: expected(debt), lambda: act(debt_id=debt.id))

    @precondition(lambda self: self.model.debts)
    @rule(role=roles, place=places)
    def void_a_debt(self, role, place):
        keeper, now = self.kept_by(role), self.now + timedelta(seconds=1)
        self.correct(
            place,
            lambda debt: self.model.void_debt(role, debt),
            lambda debt_id: void_debt(membership=keeper, debt_id=debt_id, now=now),
        )

    @precondition(lambda self: self.model.debts)
    @rule(role=roles, place=places, amount=st.one_of(st.none(), lent))
    def write_off_a_debt(self, role, place, amount):
        keeper, now = self.kept_by(role), self.now + timedelta(seconds=1)
        self.correct(
            place,
            lambda debt: self.model.write_off(role, debt, amount),
            lambda debt_id: write_off_debt(
                membership=keeper, debt_id=debt_id, amount=amount, reason="gone", now=now
            ),
        )

    @precondition(lambda self: any(debt.written_off for debt in self.model.debts))
    @rule(role=roles, place=places)
    def take_back_a_write_off(self, role, place):
        keeper, now = self.kept_by(role), self.now + timedelta(seconds=1)
        self.correct(
            place,
            lambda debt: self.model.take_back(role, debt),
            lambda debt_id: take_back_write_off(membership=keeper, debt_id=debt_id, now=now),
        )

    @precondition(lambda self: any(map(self.model.credited, self.model.payments)))
    @rule(role=roles, place=who, amount=lent, currency=currencies)
    def refund_some_credit(self, role, place, amount, currency):
        debtor = pick(self.model.debtors, place)
        self.both(
            lambda: self.model.refund(role, debtor, currency, amount),
            lambda: refund_credit(
                membership=self.kept_by(role),
                debtor_id=debtor.id,
                amount=amount,
                currency=currency,
                now=self.now,
            ),
        )

    @precondition(lambda self: self.model.debts)
    @rule(what=st.sampled_from(["dispute", "resolve", "edit"]), role=roles, place=places)
    def talk_about_a_debt(self, what, role, place):
        keeper, now = self.kept_by(role), self.now + timedelta(seconds=1)
        bobur, text = self.people["bobur"], f"at {now}"
        match what:
            case "dispute":
                self.correct(
                    place,
                    lambda debt: self.model.dispute(debt, bobur.phone_number),
                    lambda debt_id: open_dispute(
                        account_id=bobur.pk, debt_id=debt_id, reason=text, now=now
                    ),
                )
            case "resolve":
                self.correct(
                    place,
                    lambda debt: self.model.resolve(role, debt),
                    lambda debt_id: resolve_dispute(
                        membership=keeper, debt_id=debt_id, note=text, now=now
                    ),
                )
            case "edit":
                self.correct(
                    place,
                    lambda debt: self.model.edit_debt(role, debt, text),
                    lambda debt_id: edit_debt(
                        membership=keeper, debt_id=debt_id, changes={"description": text}
                    ),
                )
