"""The README's tour, pasted line by line into shells against a running service."""

import io
import sys
from contextlib import ExitStack

import pytest
from django.core.management import call_command

from ledger.models import Debt, Payment
from messaging.models import ChatMessage
from tests.docs.terminal import blocks_of, paste, terminal
from tests.marketplace.billing.desk import sell_plans

TOUR = blocks_of("README.md")


@pytest.fixture
def demo(transactional_db, settings, tmp_path):
    """What `make run` fills in at the first start."""
    settings.DEBUG, settings.MEDIA_ROOT = True, tmp_path
    sell_plans()
    call_command("demo", stdout=io.StringIO())


def test_the_tour_works_as_it_stands(demo, service):
    assert list(TOUR) == ["sign in", "debt book", "market", "dealer", "buyer"]
    with ExitStack() as terminals:
        with service() as base:
            phone = walk_through(base)
            dealer = terminals.enter_context(talking("dealer", BASE=base))
            buyer = terminals.enter_context(talking("buyer", BASE=base, PHONE=phone))
            talk(dealer, buyer)
        dealer.type("Ertaga ochiqmiz")  # to nobody: the service has ended
        with service():
            assert buyer.shows("Charos Yusupova: Ertaga ochiqmiz")
            buyer.type("Rahmat")
            assert dealer.shows("Aziza Karimova: Rahmat")
    lines = ChatMessage.objects.filter(thread__buyer__phone_number=phone).order_by("number")
    assert list(lines.values_list("text", flat=True)) == [
        "Assalomu alaykum, hali bormi?",
        "Bor, nechta kerak?",
        "Ikkita",
        "Ertaga ochiqmiz",
        "Rahmat",
    ]


def walk_through(base):
    """The blocks of the first terminal; the phone number that it made up."""
    blocks = [TOUR[name] for name in ("sign in", "debt book", "market")]
    printed = paste("ACCESS=", *blocks, 'echo "PHONE=$PHONE"', BASE=base)
    assert '"request_id"' not in printed, printed  # which only problems have
    phone = printed.rpartition("PHONE=")[2].strip()
    payment = Payment.objects.get(book__owner__phone_number=phone)
    assert (payment.amount, payment.credited) == (175000, 0)
    debts = Debt.objects.filter(book__owner__phone_number=phone)
    assert sorted(debts.values_list("status", flat=True)) == ["paid", "partially_paid"]
    return phone


def talking(name, **environment):
    """The terminal of one who talks; the Python is that of the tests."""
    line = TOUR[name].replace(".venv/bin/python", f"'{sys.executable}'")
    return terminal("bash", "-c", f"exec {line}", **environment)


def talk(dealer, buyer):
    assert dealer.shows("hali bormi?")
    assert buyer.shows("you: ")
    dealer.type("Bor, nechta kerak?")
    assert buyer.shows("Charos Yusupova: Bor, nechta kerak?")
    buyer.type("Ikkita")
    assert dealer.shows("Aziza Karimova: Ikkita")
