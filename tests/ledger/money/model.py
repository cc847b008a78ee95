"""The ledger once more, in plain Python: slow, obvious, and written from the API contract alone."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)
RANK = {"cashier": 1, "manager": 2, "owner": 3}


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass
class ModelDebtor:
    id: int
    name: str
    number: str | None
    archived: bool = False


@dataclass
class ModelDebt:
    id: int
    debtor: ModelDebtor
    currency: str
    amount: Decimal
    occurred_at: datetime
    description: str = ""
    written_off: Decimal = ZERO
    void: bool = False
    disputed: bool = False


@dataclass
class ModelPayment:
    id: int
    debtor: ModelDebtor
    currency: str
    amount: Decimal
    occurred_at: datetime
    refunded: Decimal = ZERO
    void: bool = False


@dataclass
class Model:
    """One book. Each method either changes it or raises Refused, as the service must."""

    debtors: list[ModelDebtor] = field(default_factory=list)
    debts: list[ModelDebt] = field(default_factory=list)
    payments: list[ModelPayment] = field(default_factory=list)
    currencies: list[str] = field(default_factory=lambda: ["UZS"])
    # (payment id, debt id) -> live amount
    given: dict = field(default_factory=lambda: defaultdict(Decimal))
    # (debtor id, currency) -> [(kind, amount)]
    journal: dict = field(default_factory=lambda: defaultdict(list))

    # What follows from the rows

    def paid(self, debt):
        return sum((v for (_, d), v in self.given.items() if d == debt.id), ZERO)

    def remaining(self, debt):
        return ZERO if debt.void else debt.amount - debt.written_off - self.paid(debt)

    def credited(self, payment):
        spent = sum((v for (p, _), v in self.given.items() if p == payment.id), ZERO)
        return ZERO if payment.void else payment.amount - spent - payment.refunded

    def status(self, debt):
        if debt.void:
            return "void"
        if self.remaining(debt) == 0:
            return "paid"
        return "partially_paid" if self.paid(debt) else "pending"

    def open_debts(self, debtor, currency):
        own = (d for d in self.debts if d.debtor is debtor and d.currency == currency)
        return sorted((d for d in own if self.remaining(d)), key=lambda d: (d.occurred_at, d.id))

    def credits(self, debtor, currency):
        own = (p for p in self.payments if p.debtor is debtor and p.currency == currency)
        return sorted((p for p in own if self.credited(p)), key=lambda p: (p.occurred_at, p.id))

    def open_total(self, debtor, currency):
        return sum(map(self.remaining, self.open_debts(debtor, currency)), ZERO)

    def credit(self, debtor, currency):
        return sum(map(self.credited, self.credits(debtor, currency)), ZERO)

    # The rules

    def fill(self, debtor, currency):
        while (debts := self.open_debts(debtor, currency)) and (
            credits := self.credits(debtor, currency)
        ):
            self.give(credits[0], debts[0])

    def give(self, payment, debt, amount=None):
        part = amount or min(self.credited(payment), self.remaining(debt))
        self.given[payment.id, debt.id] += part

    def note(self, row, kind, amount):
        self.journal[row.debtor.id, row.currency].append((kind, amount))

    def require(self, role, least):
        if RANK[role] < RANK[least]:
            raise Refused("role_not_allowed")

    def found(self, debtor):
        if debtor.archived:
            raise Refused("not_found")

    def correctable(self, role, row):
        self.require(role, "manager")
        if row.void:
            raise Refused("not_found")
        if row.debtor.archived:
            raise Refused("debtor_archived")

    def enabled(self, currency):
        if currency not in self.currencies:
            raise Refused("currency_not_enabled")

    # The actions

    def create_debtor(self, name, number):
        """The debtor that comes back, or None when a new one is to be made."""
        for debtor in self.debtors:
            if number and debtor.number == number:
                if not debtor.archived:
                    raise Refused("duplicate_phone_number")
                debtor.archived, debtor.name = False, name
                return debtor
        return None

    def edit_debtor(self, role, debtor, name, number):
        self.require(role, "manager")
        self.found(debtor)
        if number and any(d.number == number and d is not debtor for d in self.debtors):
            raise Refused("duplicate_phone_number")
        debtor.name, debtor.number = name, number

    def archive_debtor(self, role, debtor):
        self.require(role, "manager")
        self.found(debtor)
        for currency in ("UZS", "USD"):
            if self.open_debts(debtor, currency) or self.credits(debtor, currency):
                raise Refused("debtor_has_balance")
        debtor.archived = True

    def may_lend(self, debtor, currency):
        self.found(debtor)
        self.enabled(currency)

    def create_debt(self, debt):
        self.debts.append(debt)
        self.note(debt, "debt", debt.amount)
        self.fill(debt.debtor, debt.currency)

    def may_pay(self, debtor, currency, amount, named):
        self.found(debtor)
        self.enabled(currency)
        open_ = {debt.id: debt for debt in self.open_debts(debtor, currency)}
        for debt_id, part in named:
            debt = open_.pop(debt_id, None)
            if debt is None or part > self.remaining(debt):
                raise Refused("allocation_invalid")
        if sum(part for _, part in named) > amount:
            raise Refused("allocation_invalid")

    def record_payment(self, payment, named):
        self.payments.append(payment)
        self.note(payment, "payment", -payment.amount)
        for debt_id, part in named:
            self.give(payment, next(d for d in self.debts if d.id == debt_id), part)
        self.fill(payment.debtor, payment.currency)

    def void_payment(self, role, payment):
        self.correctable(role, payment)
        if payment.refunded:
            raise Refused("credit_refunded")
        payment.void = True
        for key in [key for key in self.given if key[0] == payment.id]:
            del self.given[key]
        self.note(payment, "void_payment", payment.amount)
        self.fill(payment.debtor, payment.currency)

    def void_debt(self, role, debt):
        self.correctable(role, debt)
        debt.void, debt.disputed = True, False
        for key in [key for key in self.given if key[1] == debt.id]:
            del self.given[key]
        self.note(debt, "void_debt", debt.written_off - debt.amount)
        self.fill(debt.debtor, debt.currency)

    def write_off(self, role, debt, amount):
        self.correctable(role, debt)
        amount = amount or self.remaining(debt)
        if not amount or amount > self.remaining(debt):
            raise Refused("not_enough_remaining")
        debt.written_off += amount
        self.note(debt, "write_off", -amount)

    def take_back(self, role, debt):
        self.correctable(role, debt)
        if not debt.written_off:
            raise Refused("not_found")
        self.note(debt, "undo_write_off", debt.written_off)
        debt.written_off = ZERO
        self.fill(debt.debtor, debt.currency)

    def refund(self, role, debtor, currency, amount):
        self.require(role, "manager")
        self.found(debtor)
        if amount > self.credit(debtor, currency):
            raise Refused("not_enough_credit")
        self.journal[debtor.id, currency].append(("refund", amount))
        for payment in self.credits(debtor, currency):
            part = min(amount, self.credited(payment))
            payment.refunded += part
            amount -= part

    def dispute(self, debt, number):
        if debt.void or debt.debtor.archived or debt.debtor.number != number:
            raise Refused("not_found")
        if debt.disputed:
            raise Refused("already_disputed")
        debt.disputed = True

    def resolve(self, role, debt):
        self.correctable(role, debt)
        if not debt.disputed:
            raise Refused("not_found")
        debt.disputed = False

    def edit_debt(self, role, debt, description):
        self.correctable(role, debt)
        debt.description = description
