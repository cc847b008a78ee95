import pytest

from tests.ledger.book.shop import Shop
from tests.ledger.sign_in.staff import make_staff, signed_in


@pytest.fixture
def shop(aziza, api):
    return Shop(api(aziza))


@pytest.fixture
def browser(db):
    return signed_in(make_staff(is_superuser=True))
