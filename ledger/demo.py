"""The ledger's part of the demo: a shop, its people, and three months of debts."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from core.demo import LogIn
from core.times import local_date
from ledger.actions.books import Membership, find_membership, update_book
from ledger.actions.debtors import create_debtor
from ledger.actions.debts import create_debt
from ledger.actions.disputes import open_dispute
from ledger.actions.members import add_member
from ledger.actions.payments import record_payment
from ledger.actions.write_offs import write_off_debt
from ledger.models import Debt, Debtor, Role, User

AZIZA, BOBUR, CHAROS = "+998901110001", "+998901110002", "+998901110003"
DILSHOD, STAFF = "+998901110004", "+998901110009"
PEOPLE = {
    AZIZA: ("Aziza Karimova", "keeps a shop and its debt book"),
    BOBUR: ("Bobur Aliyev", "buys there on credit, and disputes a debt"),
    CHAROS: ("Charos Yusupova", "trades in parts; owes nobody here"),
    DILSHOD: ("Dilshod Rahimov", "cashier in Aziza's shop"),
}
OPERATOR = ("Sevara", "operator: /admin/")

# Debtors: name, number, note.
DEBTORS = [
    ("Bobur Aliyev", BOBUR, "doimiy mijoz"),
    ("Eldor Qo‘chqorov", "+998935550101", ""),
    ("Феруза Ғуломова", "+998945550102", "maoshdan keyin to‘laydi"),
    ("Gulnora Shodmonova", None, ""),
    ("Hamid Usta", "+998975550104", "avtoservis"),
    ("Ислом Ўринов", "+998885550105", ""),
]


class Lent(NamedTuple):
    days_ago: int
    debtor: int
    amount: str
    currency: str
    due_in_days: int | None
    words: str


class Taken(NamedTuple):
    days_ago: int
    debtor: int
    amount: str
    currency: str
    words: str


DEBTS = [
    Lent(85, 0, "450000.00", "UZS", 30, "Un, 2 qop"),
    Lent(80, 4, "120.00", "USD", 60, "Tormoz kolodkasi 04465-02220"),
    Lent(70, 2, "260000.00", "UZS", 30, "Yog‘, shakar"),
    Lent(62, 1, "98000.00", "UZS", None, ""),
    Lent(45, 0, "300000.00", "UZS", 20, "Guruch"),
    Lent(40, 5, "75500.00", "UZS", 14, "Choy, konfet"),
    Lent(21, 3, "33000.00", "UZS", None, "Non, sut"),
    Lent(12, 4, "85.50", "USD", 30, "Moy filtri"),
    Lent(5, 0, "128000.00", "UZS", 30, "Go‘sht"),
    Lent(1, 2, "54000.00", "UZS", 14, "Sovun, kir kukuni"),
]
PAYMENTS = [
    Taken(60, 0, "500000.00", "UZS", "naqd"),
    Taken(50, 4, "70.00", "USD", ""),
    Taken(30, 2, "100000.00", "UZS", "Payme"),
    Taken(20, 1, "120000.00", "UZS", "Click"),
    Taken(3, 0, "50000.00", "UZS", ""),
]


def log_ins() -> list[LogIn]:
    """Those of the demo who have an account."""
    people = User.objects.filter(phone_number__in=[*PEOPLE, STAFF])
    there = set(people.values_list("phone_number", flat=True))
    everybody = PEOPLE | {STAFF: OPERATOR}
    return [LogIn(number, who) for number, (_name, who) in everybody.items() if number in there]


def fill(now: datetime, password: str) -> None:
    """Make the people who are not there; fill the shop's book when nobody is in it."""
    people = {number: _person(number, name, password) for number, (name, _) in PEOPLE.items()}
    if settings.DEBUG and not User.objects.filter(phone_number=STAFF).exists():
        User.objects.create_superuser(STAFF, password, full_name=OPERATOR[0])
    if not Debtor.objects.in_book(people[AZIZA].pk).exists():
        keep_book(owner=people[AZIZA], debtor=people[BOBUR], now=now)


def _person(number: str, name: str, password: str) -> User:
    found = User.objects.filter(phone_number=number).first()
    return found or User.objects.create_user(number, password, full_name=name)


@transaction.atomic
def keep_book(*, owner: User, debtor: User, now: datetime) -> None:
    """Three months of the shop, each day's business on its day. All of it, or nothing."""
    shop = find_membership(account_id=owner.pk)
    currencies = ["UZS", "USD"]
    update_book(account_id=owner.pk, book_id=owner.pk, name="Aziza savdo", currencies=currencies)
    add_member(membership=shop, phone_number=DILSHOD, role=Role.CASHIER, now=now)
    opened = now - timedelta(days=90)
    debtors = [
        create_debtor(membership=shop, full_name=name, phone_number=number, note=note, now=opened)
        for name, number, note in DEBTORS
    ]
    everything: list[Lent | Taken] = [*DEBTS, *PAYMENTS]
    for business in sorted(everything, key=lambda one: -one.days_ago):
        at = now - timedelta(days=business.days_ago)
        _record(shop, business, debtors[business.debtor].id, at)
    _later_thoughts(shop, debtor, now)


def _record(shop: Membership, business: Lent | Taken, debtor_id: int, at: datetime) -> None:
    amount = Decimal(business.amount)
    if isinstance(business, Taken):
        record_payment(
            membership=shop,
            debtor_id=debtor_id,
            amount=amount,
            currency=business.currency,
            description=business.words,
            now=at,
        )
        return
    due_in_days = business.due_in_days
    create_debt(
        membership=shop,
        debtor_id=debtor_id,
        amount=amount,
        currency=business.currency,
        due_date=local_date(at + timedelta(days=due_in_days)) if due_in_days else None,
        description=business.words,
        now=at,
    )


def _later_thoughts(shop: Membership, debtor: User, now: datetime) -> None:
    """The shop gives up one debt, and a debtor does not agree with another."""
    debts = Debt.objects.in_book(shop.book_id).open()
    given_up = debts.get(description="Non, sut")
    write_off_debt(membership=shop, debt_id=given_up.pk, reason="ko‘chib ketgan", now=now)
    disputed = debts.get(description="Go‘sht")
    open_dispute(account_id=debtor.pk, debt_id=disputed.pk, reason="2 kg emas, 1 kg edi", now=now)
