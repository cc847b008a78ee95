from decimal import Decimal

import pytest

from core.errors import NotFound
from ledger.actions.books import Membership, RoleNotAllowed
from ledger.actions.refunds import NotEnoughCredit, refund_credit
from ledger.models import Entry, Payment, Role
from tests.ledger.money.conftest import NOON, credited, hours_ago, totals


@pytest.fixture
def refund(azizas_book, bobur_owes):
    def refund(amount, **fields):
        return refund_credit(
            **{
                "membership": azizas_book,
                "debtor_id": bobur_owes.id,
                "amount": Decimal(str(amount)),
                "now": NOON,
            }
            | fields
        )

    return refund


class TestRefund:
    def test_comes_from_the_oldest_credit(self, bobur_owes, pay, refund):
        newer, older = pay(10), pay(10, occurred_at=hours_ago(1))
        row = refund(12)
        assert credited(older, newer) == ["0.00", "8.00"]
        assert row.balances[0].credit_balance == 8
        refunded = Payment.objects.order_by("occurred_at").values_list("refunded", flat=True)
        assert list(refunded) == [10, 2]

    def test_writes_one_journal_line(self, pay, refund):
        pay(10)
        refund(4, description="qaytim")
        line = Entry.objects.get(seq=2)
        assert (line.kind, line.amount, line.balance) == ("refund", 4, -6)
        assert (line.debt_id, line.payment_id, line.description) == (None, None, "qaytim")

    def test_refuses_more_than_there_is(self, bobur_owes, pay, refund):
        pay(10)
        with pytest.raises(NotEnoughCredit) as refusal:
            refund("10.01")
        assert refusal.value.extra == {"credit_balance": "10.00", "currency": "UZS"}
        assert totals(bobur_owes) == ("0.00", "10.00")

    def test_currencies_do_not_mix(self, dollars, pay, refund):
        pay(10, currency="USD")
        with pytest.raises(NotEnoughCredit):
            refund(1)
        assert refund(10, currency="USD").balances[1].credit_balance == 0

    def test_a_cashier_may_not(self, charos_keeps, pay, refund):
        pay(10)
        with pytest.raises(RoleNotAllowed):
            refund(1, membership=charos_keeps(Role.CASHIER))

    def test_another_book_does_not_find_the_debtor(self, charos, pay, refund):
        pay(10)
        with pytest.raises(NotFound):
            refund(1, membership=Membership(charos.pk, charos.pk, Role.OWNER))
