"""Every flow of the ledger that tells somebody: the right line, in three languages."""

from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext

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


@pytest.fixture
def debt(shop, owes):
    return create_debt(debtor_id=owes, amount=Decimal(150_000), **shop).id


def pay(shop, owes):
    return record_payment(debtor_id=owes, amount=Decimal(150_000), **shop).payment.id


def dispute(bobur, debt):
    open_dispute(account_id=bobur.pk, debt_id=debt, reason="yo‘q", now=NOON)


@pytest.fixture
def flows(shop, owes, bobur):
    """What ends in each sentence; gives the ids it must speak of."""

    def lend():
        return create_debt(debtor_id=owes, amount=Decimal(150_000), **shop).id

    def void():
        void_debt(debt_id=(lent := lend()), **shop)
        return {"debt": lent}

    def write_off():
        write_off_debt(debt_id=(lent := lend()), reason="kechildi", **shop)
        return {"debt": lent}

    def take_back():
        lent = write_off()["debt"]
        take_back_write_off(debt_id=lent, **shop)
        return {"debt": lent}

    def void_paid():
        void_payment(payment_id=(paid := pay(shop, owes)), **shop)
        return {"payment": paid}

    def refund():
        pay(shop, owes)
        refund_credit(debtor_id=owes, amount=Decimal(150_000), currency="UZS", **shop)
        return {}

    def disputed():
        lent = lend()
        dispute(bobur, lent)
        return {"debt": lent}

    def resolved():
        about = disputed()
        resolve_dispute(debt_id=about["debt"], note="to‘g‘ri", **shop)
        return about

    return {
        "debt_recorded": lambda: {"debt": lend()},
        "debt_voided": void,
        "debt_written_off": write_off,
        "write_off_taken_back": take_back,
        "payment_recorded": lambda: {"payment": pay(shop, owes)},
        "payment_voided": void_paid,
        "credit_refunded": refund,
        "dispute_opened": disputed,
        "dispute_resolved": resolved,
    }


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
    about = flows[text]()
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


def test_every_sentence_of_the_ledger_has_its_flow(flows):
    assert flows.keys() == TEXTS.keys()


def test_a_debtor_without_an_account_gets_no_line(shop, aziza):
    owes = create_debtor(full_name="Gulnora", phone_number="+998935550101", **shop).id
    create_debt(debtor_id=owes, amount=Decimal(1), **shop)
    assert not Notification.objects.exists()


def test_catalogues_are_asked_in_the_language_of_the_reader(bobur, debt, notifications):
    """Were the language ignored, all three would be alike once the catalogues know them."""
    titles = set()
    for language in ("uz", "ru", "en"):
        bobur.language = language
        bobur.save(update_fields=["language"])
        (line,) = notifications(bobur).list()
        with translation.override(language):
            assert line["title"] == gettext("New debt: {amount}").format(amount=AMOUNT)
        titles.add(line["title"])
    assert titles
