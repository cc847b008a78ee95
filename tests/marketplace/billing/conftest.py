import pytest

from tests.marketplace.billing.desk import Desk, sell_plans


@pytest.fixture(autouse=True)
def _plans(db: None) -> None:
    sell_plans()


@pytest.fixture
def desk() -> Desk:
    """The operators' desk: what they do to people's subscriptions."""
    return Desk()
