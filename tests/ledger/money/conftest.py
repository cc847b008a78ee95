"""aziza lends, bobur owes: her book, his place in it, and short words for what they do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.actions.books import Membership, update_book
from ledger.actions.debtors import create_debtor
from ledger.actions.debts import create_debt
from ledger.actions.members import add_member
from ledger.actions.payments import RecordedPayment, record_payment
from ledger.models import Account, Debt, Payment, Role, User
from ledger.serializers.rows import AllocationRow, DebtRow, UserRow

NOON = datetime(2026, 5, 4, 7, tzinfo=UTC)


def hours_ago(hours: float) -> datetime:
    return NOON - timedelta(hours=hours)


@pytest.fixture
def azizas_book(aziza: User) -> Membership:
    return Membership(aziza.pk, aziza.pk, Role.OWNER)


@pytest.fixture
def bobur_owes(azizas_book: Membership, bobur: User) -> UserRow:
    """bobur as aziza's book knows him, under his verified number."""
    return create_debtor(
        membership=azizas_book, full_name="Bobur usta", phone_number=bobur.phone_number, now=NOON
    )


@pytest.fixture
def lend(azizas_book: Membership, bobur_owes: UserRow) -> Callable[..., DebtRow]:
    def lend(amount: object, **fields: Any) -> DebtRow:
        return create_debt(
            **{
                "membership": azizas_book,
                "debtor_id": bobur_owes.id,
                "amount": Decimal(str(amount)),
                "now": NOON,
            }
            | fields
        )

    return lend


@pytest.fixture
def pay(azizas_book: Membership, bobur_owes: UserRow) -> Callable[..., RecordedPayment]:
    """`pay(120, to={debt_id: 20})`"""

    def pay(amount: object, *, to: dict[int, object] | None = None, **fields: Any) -> Any:
        named = [AllocationRow(debt, Decimal(str(part))) for debt, part in (to or {}).items()]
        return record_payment(
            **{
                "membership": azizas_book,
                "debtor_id": bobur_owes.id,
                "amount": Decimal(str(amount)),
                "allocations": named,
                "now": NOON,
            }
            | fields
        )

    return pay


@pytest.fixture
def dollars(azizas_book: Membership) -> None:
    """aziza's book takes dollars too."""
    update_book(
        account_id=azizas_book.account_id,
        book_id=azizas_book.book_id,
        currencies=["UZS", "USD"],
    )


@pytest.fixture
def charos_keeps(azizas_book: Membership, charos: User) -> Callable[[Role], Membership]:
    """`charos_keeps(Role.CASHIER)`: the outsider, let into aziza's book."""

    def keeps(role: Role) -> Membership:
        number = charos.phone_number
        add_member(membership=azizas_book, phone_number=number, role=role, now=NOON)
        return Membership(azizas_book.book_id, charos.pk, role)

    return keeps


def remaining(*debts: DebtRow) -> list[str]:
    found = Debt.objects.in_bulk([debt.id for debt in debts])
    return [str(found[debt.id].remaining) for debt in debts]


def credited(*payments: RecordedPayment) -> list[str]:
    found = Payment.objects.in_bulk([recorded.payment.id for recorded in payments])
    return [str(found[recorded.payment.id].credited) for recorded in payments]


def totals(debtor: UserRow, currency: str = "UZS") -> tuple[str, str]:
    """What is owed and what is in credit."""
    account = Account.objects.get(debtor_id=debtor.id, currency=currency)
    return str(account.open_total), str(account.credit_balance)


def names(published):
    return [event.event for event in published]


def heard_by(person, published):
    return [event.event for event in published if person.pk in event.to]


def data_of(published, name):
    (event,) = [event for event in published if event.event == name]
    return event.data


@pytest.fixture
def told(published, notified):
    """Runs an action; gives what it published, and nothing of what came before."""

    def told(action, **arguments):
        published.clear(), notified.clear()
        action(**arguments)
        return list(published)

    return told
