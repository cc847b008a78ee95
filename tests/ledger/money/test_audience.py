"""Which devices hear of a write, how many events it takes, and what people read of it."""

from decimal import Decimal

import pytest

from core.events import MAX_EVENTS
from ledger.actions.debts import void_debt
from ledger.actions.disputes import open_dispute, resolve_dispute
from ledger.actions.payments import void_payment
from ledger.actions.refunds import refund_credit
from ledger.actions.write_offs import take_back_write_off, write_off_debt
from ledger.models import Role
from tests.ledger.money.conftest import NOON, data_of, heard_by, names


class TestWhoHears:
    def test_every_keeper_of_the_book(self, aziza, charos, charos_keeps, lend, told):
        charos_keeps(Role.CASHIER)
        heard = told(lend, amount=5)
        assert heard_by(charos, heard) == heard_by(aziza, heard)
        assert heard_by(charos, heard) == ["debt.created", "debtor.changed"]

    def test_no_outsider(self, charos, lend, pay, told):
        assert heard_by(charos, told(lend, amount=5)) == []
        assert heard_by(charos, told(pay, amount=5)) == []

    def test_no_debtor_whose_account_is_closed(self, bobur, lend, told):
        bobur.is_active = False
        bobur.save(update_fields=["is_active"])
        assert names(told(lend, amount=5)) == ["debt.created", "debtor.changed"]

    def test_nobody_when_the_write_is_refused(self, azizas_book, bobur_owes, told, published):
        with pytest.raises(Exception, match="not_enough_credit"):
            told(
                refund_credit,
                membership=azizas_book,
                debtor_id=bobur_owes.id,
                amount=Decimal(1),
                now=NOON,
            )
        assert published == []


class TestManyRows:
    def test_a_hundred_rows_are_told_one_by_one(self, lend, pay, told):
        for _ in range(99):
            lend(1)
        heard = told(pay, amount=99)
        assert names(heard).count("debt.changed") == 99
        assert "debts.changed" not in names(heard)
        assert len(heard) < MAX_EVENTS

    def test_more_are_told_in_one_event(self, azizas_book, bobur, bobur_owes, lend, pay, told):
        for _ in range(100):
            lend(1)
        heard = told(pay, amount=100)
        assert names(heard) == [
            "payment.created",
            "my_payment.created",
            "debts.changed",
            "my_debts.changed",
            "debtor.changed",
        ]
        about = {"user": bobur_owes.id, "book": azizas_book.book_id}
        assert data_of(heard, "debts.changed") == about
        assert heard[3].to == (bobur.pk,)


class TestNotices:
    def said(self, notified):
        return [(notice.kind, notice.text, notice.to) for notice in notified]

    def test_the_debtor_reads_of_debts_and_payments(
        self, aziza, azizas_book, bobur, lend, pay, notified
    ):
        debt = lend(10)
        paid = pay(4)
        assert self.said(notified) == [
            ("debt", "debt_recorded", (bobur.pk,)),
            ("payment", "payment_recorded", (bobur.pk,)),
        ]
        assert notified[0].params == {
            "shop": "Aziza Karimova",
            "amount": "10.00",
            "currency": "UZS",
        }
        assert notified[0].data == {"book": azizas_book.book_id, "debt": debt.id}
        assert notified[1].data == {"book": azizas_book.book_id, "payment": paid.payment.id}

    def test_the_debtor_reads_of_corrections(
        self, azizas_book, bobur, bobur_owes, lend, pay, notified
    ):
        debt, paid = lend(10), pay(4)
        about = {"membership": azizas_book, "now": NOON}
        write_off_debt(**about, debt_id=debt.id, reason="x")
        take_back_write_off(**about, debt_id=debt.id)
        void_payment(**about, payment_id=paid.payment.id)
        void_debt(**about, debt_id=debt.id)
        pay(4)
        refund_credit(**about, debtor_id=bobur_owes.id, amount=Decimal(1))
        assert [text for _kind, text, _to in self.said(notified)] == [
            "debt_recorded",
            "payment_recorded",
            "debt_written_off",
            "write_off_taken_back",
            "payment_voided",
            "debt_voided",
            "payment_recorded",
            "credit_refunded",
        ]

    def test_the_shop_reads_of_disputes_and_the_debtor_of_their_end(
        self, aziza, azizas_book, bobur, lend, notified
    ):
        debt = lend(10)
        notified.clear()
        open_dispute(account_id=bobur.pk, debt_id=debt.id, reason="yo‘q", now=NOON)
        resolve_dispute(membership=azizas_book, debt_id=debt.id, note="ha", now=NOON)
        assert self.said(notified) == [
            ("dispute", "dispute_opened", (aziza.pk,)),
            ("dispute", "dispute_resolved", (bobur.pk,)),
        ]
        assert notified[0].params == {"debtor": "Bobur usta"}
