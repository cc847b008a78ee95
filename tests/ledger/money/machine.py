"""The random steps: every action of the ledger, in two currencies, by three roles."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ledger.actions.books import update_book
from ledger.actions.debtors import archive_debtor, edit_debtor
from ledger.actions.debts import create_debt, edit_debt, void_debt
from ledger.actions.disputes import open_dispute, resolve_dispute
from ledger.actions.payments import record_payment, void_payment
from ledger.actions.refunds import refund_credit
from ledger.actions.write_offs import take_back_write_off, write_off_debt
from ledger.serializers.rows import AllocationRow
from tests.ledger.money.draws import (
    brought,
    currencies,
    hours,
    lent,
    numbers,
    pick,
    places,
    roles,
    who,
)
from tests.ledger.money.model import ModelDebt, ModelPayment
from tests.ledger.money.side_by_side import SideBySide, heard


class LedgerMachine(SideBySide):
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
