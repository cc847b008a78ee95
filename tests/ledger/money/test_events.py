"""Who hears what of each action, word for word."""

from datetime import date
from decimal import Decimal

from ledger.actions.debtors import archive_debtor, create_debtor, edit_debtor
from ledger.actions.debts import edit_debt, void_debt
from ledger.actions.disputes import open_dispute, resolve_dispute
from ledger.actions.payments import void_payment
from ledger.actions.refunds import refund_credit
from ledger.actions.write_offs import take_back_write_off, write_off_debt
from tests.ledger.money.conftest import NOON, data_of, names

AT = "2026-05-04T12:00:00.000000+05:00"


class TestShapes:
    def test_a_debtor(self, azizas_book, bobur, told):
        heard = told(
            create_debtor,
            membership=azizas_book,
            full_name="Bobur",
            phone_number=bobur.phone_number,
            note="usta",
            now=NOON,
        )
        assert [event.to for event in heard] == [(azizas_book.account_id,)]
        data = data_of(heard, "debtor.changed")
        assert data == {
            "id": data["id"],
            "full_name": "Bobur",
            "phone_number": bobur.phone_number,
            "credit_balance": "0.00",
            "balances": [{"currency": "UZS", "open_total": "0.00", "credit_balance": "0.00"}],
            "note": "usta",
            "created_at": AT,
            "book": azizas_book.book_id,
        }

    def test_a_debt_for_the_shop_and_for_the_debtor(
        self, azizas_book, bobur, bobur_owes, lend, told
    ):
        heard = told(lend, amount=150000, description="un", due_date=date(2026, 6, 1))
        assert names(heard) == ["debt.created", "my_debt.created", "debtor.changed"]
        shop, mine = heard[0], heard[1]
        assert (shop.to, mine.to) == ((azizas_book.account_id,), (bobur.pk,))
        assert shop.data == {
            "id": shop.data["id"],
            "user": bobur_owes.id,
            "full_name": "Bobur usta",
            "phone_number": bobur.phone_number,
            "amount": "150000.00",
            "remaining": "150000.00",
            "written_off": "0.00",
            "status": "pending",
            "description": "un",
            "created_at": AT,
            "occurred_at": AT,
            "currency": "UZS",
            "due_date": "2026-06-01",
            "is_disputed": False,
            "book": azizas_book.book_id,
        }
        assert mine.data == {
            "id": shop.data["id"],
            "amount": "150000.00",
            "remaining": "150000.00",
            "status": "pending",
            "description": "un",
            "created_at": AT,
            "due_date": "2026-06-01",
            "is_disputed": False,
            "book": azizas_book.book_id,
            "currency": "UZS",
        }

    def test_a_payment_for_the_shop_and_for_the_debtor(
        self, azizas_book, bobur, bobur_owes, pay, told
    ):
        heard = told(pay, amount=25)
        assert names(heard) == ["payment.created", "my_payment.created", "debtor.changed"]
        shop, mine = heard[0], heard[1]
        assert shop.data == {
            "id": shop.data["id"],
            "user": bobur_owes.id,
            "full_name": "Bobur usta",
            "phone_number": bobur.phone_number,
            "amount": "25.00",
            "description": None,
            "created_at": AT,
            "occurred_at": AT,
            "currency": "UZS",
            "credited": "25.00",
            "refunded": "0.00",
            "book": azizas_book.book_id,
        }
        assert mine.to == (bobur.pk,)
        assert mine.data == {
            "id": shop.data["id"],
            "book": azizas_book.book_id,
            "amount": "25.00",
            "currency": "UZS",
            "created_at": AT,
        }

    def test_the_debtor_never_hears_the_shops_own_words(self, azizas_book, bobur, lend, told):
        heard = told(lend, amount=5)
        secret = {"full_name", "phone_number", "note", "user", "written_off"}
        for event in heard:
            if bobur.pk in event.to:
                assert not secret & event.data.keys()


class TestEachAction:
    def test_a_payment_changes_the_debts_it_settles(self, bobur, lend, pay, told):
        lend(10), lend(10)
        heard = told(pay, amount=15)
        assert names(heard) == [
            "payment.created",
            "my_payment.created",
            *["debt.changed", "my_debt.changed"] * 2,
            "debtor.changed",
        ]
        statuses = [e.data["status"] for e in heard if e.event == "debt.changed"]
        assert statuses == ["paid", "partially_paid"]

    def test_a_debt_changes_the_payments_whose_credit_it_takes(self, lend, pay, told):
        pay(10)
        heard = told(lend, amount=15)
        assert names(heard) == [
            "debt.created",
            "my_debt.created",
            "payment.changed",
            "debtor.changed",
        ]
        assert data_of(heard, "debt.created")["remaining"] == "5.00"
        assert data_of(heard, "payment.changed")["credited"] == "0.00"

    def test_voiding_a_payment(self, azizas_book, bobur_owes, lend, pay, told):
        lend(10)
        paid, credit = pay(10), pay(4)
        heard = told(void_payment, membership=azizas_book, payment_id=paid.payment.id, now=NOON)
        assert names(heard) == [
            "payment.voided",
            "my_payment.voided",
            "debt.changed",
            "my_debt.changed",
            "payment.changed",
            "debtor.changed",
        ]
        assert data_of(heard, "payment.voided") == {
            "id": paid.payment.id,
            "user": bobur_owes.id,
            "book": azizas_book.book_id,
        }
        assert data_of(heard, "debt.changed")["remaining"] == "6.00"
        assert data_of(heard, "payment.changed")["id"] == credit.payment.id

    def test_voiding_a_debt(self, azizas_book, bobur_owes, lend, pay, told):
        debt, other = lend(10), lend(10)
        pay(6)
        heard = told(void_debt, membership=azizas_book, debt_id=debt.id, now=NOON)
        assert names(heard) == [
            "debt.voided",
            "my_debt.voided",
            "debt.changed",
            "my_debt.changed",
            "payment.changed",
            "debtor.changed",
        ]
        assert data_of(heard, "debt.voided") == {
            "id": debt.id,
            "user": bobur_owes.id,
            "book": azizas_book.book_id,
        }
        assert data_of(heard, "my_debt.voided")["remaining"] == "4.00"
        assert data_of(heard, "debt.changed")["id"] == other.id

    def test_writing_off_and_taking_back(self, azizas_book, lend, told):
        debt = lend(10)
        about = {"membership": azizas_book, "debt_id": debt.id, "now": NOON}
        for action, arguments in (
            (write_off_debt, {"reason": "ketdi"}),
            (take_back_write_off, {}),
        ):
            heard = told(action, **about, **arguments)
            assert names(heard) == ["debt.changed", "my_debt.changed", "debtor.changed"]

    def test_a_refund(self, azizas_book, bobur_owes, pay, told):
        pay(10)
        heard = told(
            refund_credit,
            membership=azizas_book,
            debtor_id=bobur_owes.id,
            amount=Decimal(4),
            now=NOON,
        )
        assert names(heard) == ["payment.changed", "debtor.changed"]
        assert data_of(heard, "debtor.changed")["credit_balance"] == "6.00"

    def test_an_edited_debt(self, azizas_book, lend, told):
        debt = lend(10)
        heard = told(
            edit_debt, membership=azizas_book, debt_id=debt.id, changes={"description": "un"}
        )
        assert names(heard) == ["debt.changed", "my_debt.changed"]

    def test_a_dispute_and_its_end(self, aziza, bobur, azizas_book, lend, told):
        debt = lend(10)
        heard = told(open_dispute, account_id=bobur.pk, debt_id=debt.id, reason="yo‘q", now=NOON)
        (event,) = heard
        assert (event.event, event.to) == ("debt.disputed", (aziza.pk, bobur.pk))
        assert event.data == {
            "id": event.data["id"],
            "debt": debt.id,
            "reason": "yo‘q",
            "note": "",
            "created_at": AT,
            "resolved_at": None,
        }
        (event,) = told(
            resolve_dispute, membership=azizas_book, debt_id=debt.id, note="ha", now=NOON
        )
        assert (event.event, event.to) == ("dispute.resolved", (aziza.pk, bobur.pk))
        assert (event.data["note"], event.data["resolved_at"]) == ("ha", AT)

    def test_an_archived_debtor(self, azizas_book, bobur, bobur_owes, lend, pay, told):
        lend(10), pay(10)
        heard = told(archive_debtor, membership=azizas_book, debtor_id=bobur_owes.id, now=NOON)
        assert names(heard) == ["debtor.archived", "my_debts.changed"]
        assert heard[0].data == {"id": bobur_owes.id, "book": azizas_book.book_id}
        assert (heard[1].to, heard[1].data) == ((bobur.pk,), {"book": azizas_book.book_id})

    def test_a_number_that_moves_tells_both_of_its_holders(
        self, azizas_book, bobur, charos, bobur_owes, lend, told
    ):
        lend(10)
        heard = told(
            edit_debtor,
            membership=azizas_book,
            debtor_id=bobur_owes.id,
            changes={"phone_number": charos.phone_number},
        )
        assert names(heard) == ["my_debts.changed", "debtor.changed"]
        assert heard[0].to == (bobur.pk, charos.pk)
