"""The README's tour, pasted line by line into shells against a running service."""

import io
from contextlib import ExitStack

import pytest
from django.core.management import call_command

from ledger.models import Debt, Payment
from messaging.models import ChatMessage
from tests.docs.tour import TOUR, talk, talking, walk
from tests.marketplace.billing.desk import sell_plans


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
            phone = take_the_walk(base)
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


def take_the_walk(base):
    """The phone number of who took it, once the books say what they should."""
    phone = walk(base)
    payment = Payment.objects.get(book__owner__phone_number=phone)
    assert (payment.amount, payment.credited) == (175000, 0)
    debts = Debt.objects.filter(book__owner__phone_number=phone)
    assert sorted(debts.values_list("status", flat=True)) == ["paid", "partially_paid"]
    return phone
