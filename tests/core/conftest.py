import pytest


@pytest.fixture
def small_api(settings: object) -> None:
    """Serve `tests.core.urls` instead of the product's paths."""
    settings.ROOT_URLCONF = "tests.core.urls"
