import pytest

from tests.marketplace.feed.market import Market


@pytest.fixture
def market(api, aziza):
    """The posts of everybody, as aziza reads them."""
    return Market(api(aziza))
