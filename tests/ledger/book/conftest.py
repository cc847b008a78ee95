import pytest

from ledger.models import Book, BookMember
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
