"""Every flow of the ledger that tells somebody: the right line, in three languages."""

from decimal import Decimal

import pytest
from django.utils import translation

from core.notices import find_text
from ledger.actions.books import Membership, update_book
from ledger.actions.debtors import create_debtor
from ledger.actions.debts import create_debt, void_debt
from ledger.actions.disputes import open_dispute, resolve_dispute
from ledger.actions.payments import record_payment, void_payment
from ledger.actions.refunds import refund_credit
from ledger.actions.write_offs import take_back_write_off, write_off_debt
from ledger.models import Role
from ledger.notices import TEXTS
from messaging.models import Notification
from tests.ledger.money.conftest import NOON

pytestmark = pytest.mark.django_db

AMOUNT = "150\u00a0000\u00a0so‘m"


@pytest.fixture
def shop(aziza):
    update_book(account_id=aziza.pk, book_id=aziza.pk, name="Aziza savdo")
    return {"membership": Membership(aziza.pk, aziza.pk, Role.OWNER), "now": NOON}


@pytest.fixture
def owes(shop, bobur):
    number = bobur.phone_number
    return create_debtor(full_name="Bobur usta", phone_number=number, **shop).id


class Flows:
    """What ends in each sentence; gives the ids it must speak of."""

    def __init__(self, shop, owes, debtor):
        self.shop, self.owes, self.debtor = shop, owes, debtor

    def debt_recorded(self):
        lent = create_debt(debtor_id=self.owes, amount=Decimal(150_000), **self.shop)
        return {"debt": lent.id}

    def debt_voided(self):
        about = self.debt_recorded()
        void_debt(debt_id=about["debt"], **self.shop)
        return about

    def debt_written_off(self):
        about = self.debt_recorded()
        write_off_debt(debt_id=about["debt"], reason="kechildi", **self.shop)
        return about

    def write_off_taken_back(self):
        about = self.debt_written_off()
        take_back_write_off(debt_id=about["debt"], **self.shop)
        return about

    def payment_recorded(self):
        paid = record_payment(debtor_id=self.owes, amount=Decimal(150_000), **self.shop)
        return {"payment": paid.payment.id}

    def payment_voided(self):
        about = self.payment_recorded()
        void_payment(payment_id=about["payment"], **self.shop)
        return about

    def credit_refunded(self):
        self.payment_recorded()
        refund_credit(debtor_id=self.owes, amount=Decimal(150_000), currency="UZS", **self.shop)
        return {}

    def dispute_opened(self):
        about = self.debt_recorded()
        asked = {"debt_id": about["debt"], "reason": "bermagan", "now": NOON}
        open_dispute(account_id=self.debtor.pk, **asked)
        return about

    def dispute_resolved(self):
        about = self.dispute_opened()
        resolve_dispute(debt_id=about["debt"], note="tekshirildi", **self.shop)
        return about


@pytest.fixture
def flows(shop, owes, bobur):
    return Flows(shop, owes, bobur)


KINDS = {"debt": "debt", "write": "debt", "payment": "payment", "credit": "payment"}
PARAMS = {"shop": "Aziza savdo", "debtor": "Bobur usta", "amount": AMOUNT}


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_flow_says_its_sentence_in_the_readers_language(
    text, language, flows, aziza, bobur, charos, notifications
):
    reader, other = (aziza, bobur) if text == "dispute_opened" else (bobur, aziza)
    for person in (reader, other):
        person.language = language
        person.save(update_fields=["language"])
    about = getattr(flows, text)()
    line = notifications(reader).list()[0]
    with translation.override(language):
        sentence = find_text(text)
        assert line["title"] == str(sentence.title).format(**PARAMS)
        assert line["body"] == str(sentence.body).format(**PARAMS)
    assert line["kind"] == KINDS.get(text.split("_")[0], "dispute")
    assert line["data"]["book"] == aziza.pk
    assert about.items() <= line["data"].items()
    # The other side hears nothing of what it did itself, the outsider nothing at all.
    assert Notification.objects.latest("pk").user_id == reader.pk
    assert notifications(charos).list() == []


def test_a_debtor_without_an_account_gets_no_line(shop, aziza):
    owes = create_debtor(full_name="Gulnora", phone_number="+998935550101", **shop).id
    create_debt(debtor_id=owes, amount=Decimal(1), **shop)
    assert not Notification.objects.exists()
