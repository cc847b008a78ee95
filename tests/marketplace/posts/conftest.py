from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.models import B2BProfile, Plan, Subscription
from tests.jobs.queue import empty
from tests.marketplace.posts.dealer import Dealer
from tests.marketplace.posts.drawing import make_picture

# Posts a month and pictures a post.
PLANS = {"basic": (5, 3), "pro": (30, 6)}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Pictures of tests go where nobody keeps any."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def subscribe():
    """`subscribe(aziza, "pro")`: that plan runs for 30 days."""

    def run(person, code="pro", **values):
        now = timezone.now()
        dates = {"starts_at": now, "ends_at": now + timedelta(days=30), "activated_at": now}
        post_limit, images = PLANS[code]
        known = {"name": code, "post_limit": post_limit}
        features = {"images_per_post": images, "saved_searches": 1}
        # The plans that are sold at first do not outlive a test that commits.
        plan, _is_new = Plan.objects.update_or_create(
            code=code, defaults={**known, "features": features}
        )
        return Subscription.objects.create(
            user=person, plan=plan, **{"status": "active", **dates, **values}
        )

    return run


@pytest.fixture
def enable():
    """`enable(aziza)`: an operator lets her company post."""

    def run(person, company_name="Aziza Motors", **values):
        profile = {"company_name": company_name, "is_enabled": True, **values}
        return B2BProfile.objects.update_or_create(user=person, defaults=profile)[0]

    return run


@pytest.fixture
def dealer(api, aziza, enable, subscribe):
    """Aziza, enabled and with a plan of 30 posts and six pictures."""
    enable(aziza)
    subscribe(aziza)
    return Dealer(api(aziza))


@pytest.fixture
def queue(transactional_db):
    """Emptied afterwards: Django empties the tables of its own models only."""
    yield
    empty()


@pytest.fixture
def outsider(api, charos):
    return Dealer(api(charos))


@pytest.fixture
def picture():
    """`picture("PNG", (30, 20))`: the bytes of one."""
    return make_picture
