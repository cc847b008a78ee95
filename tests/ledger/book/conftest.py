import pytest

from ledger.models import Book, BookMember, Debt, Dispute
from tests.conftest import make_person
from tests.ledger.book.routes import CASHIER
from tests.ledger.book.shop import Shop


@pytest.fixture
def shop(api, aziza):
    """Aziza's book, kept by herself."""
    return Shop(api(aziza))


@pytest.fixture
def outsider(api, charos):
    """Charos in a book of her own."""
    return Shop(api(charos))


@pytest.fixture
def debtor(shop, bobur):
    """Bobur in Aziza's book, under his own number."""
    return shop.debtor(phone_number=bobur.phone_number)


@pytest.fixture
def with_dollars(shop, aziza):
    shop.patch(f"books/{aziza.pk}/", {"currencies": ["UZS", "USD"]})


@pytest.fixture
def member(api, aziza):
    """`member(person, role)`: that person at work in Aziza's book."""

    def join(person, role):
        Book.objects.get_or_create(owner=aziza)
        BookMember.objects.create(book_id=aziza.pk, user=person, role=role)
        return Shop(api(person), book=aziza.pk)

    return join


@pytest.fixture
def world(shop, debtor, aziza, bobur, member):
    """The rows that the calls name, all in Aziza's book."""
    dilshod = make_person("Dilshod Rahimov", "+998901110009")
    creditor, settled = shop.debtor("Eldor"), shop.debtor("Feruza")
    shop.payment(creditor, "10.00")
    given_up = shop.debt(debtor, "30.00")
    shop.post(f"debts/{given_up}/write-off/", {"reason": "eski"}, 200)
    debt, disputed = shop.debt(debtor), shop.debt(debtor)
    Dispute.objects.create(
        book_id=aziza.pk,
        account_id=Debt.objects.get(pk=disputed).account_id,
        debt_id=disputed,
        reason="?",
        opened_by=bobur,
    )
    member(dilshod, CASHIER)
    return {
        "user": debtor,
        "creditor": creditor,
        "settled": settled,
        "debt": debt,
        "given_up": given_up,
        "disputed": disputed,
        "payment": shop.payment(debtor, "20.00")["id"],
        "member": aziza.book.members.get().pk,
        "book": aziza.pk,
    }
