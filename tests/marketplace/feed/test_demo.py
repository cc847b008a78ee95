"""What the demo has for sale."""

import io
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from PIL import Image
from rest_framework.test import APIClient

from core.demo import PASSWORD
from marketplace.models import (
    B2BPost,
    B2BProfile,
    MonthlyUsage,
    PostImage,
    SavedSearch,
    Subscription,
)
from tests.marketplace.feed.market import Market

pytestmark = pytest.mark.django_db

DEALER, WAITING = "+998901110101", "+998901110105"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.DEBUG, settings.MEDIA_ROOT = True, tmp_path
    return tmp_path


def demo():
    printed = io.StringIO()
    call_command("demo", stdout=printed)
    return printed.getvalue()


def log_in(number):
    client = APIClient()
    body = {"phone_number": number, "password": PASSWORD}
    tokens = client.post("/api/v1/login/", body).json()["tokens"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    return client


def test_is_a_market_to_search_in(media):
    assert DEALER in demo()
    assert B2BPost.objects.count() == 300
    market = Market(log_in(DEALER))
    pages = market.all_pages(limit=200)
    assert 270 <= len(pages) < 300
    for spelling in ("0446502220", "04465-02220", "4465 022"):
        assert all(post["part_number"] == "04465-02220" for post in market.posts(q=spelling))
        assert market.posts(q=spelling)
    assert market.titles(q="qo'qon") == market.titles(q="Қўқон") != []
    billing = market.client.get("/api/billing/me/").json()
    assert (billing["status"], billing["plan"]["code"]) == ("active", "premium")
    used = Counter(B2BPost.objects.values_list("author", "usage_period"))
    for usage in MonthlyUsage.objects.all():
        assert usage.used == used[usage.user_id, usage.period]


def test_has_small_pictures_that_are_there(media):
    demo()
    images = list(PostImage.objects.all())
    assert len(images) == 100
    for image in images[:10]:
        for name in (image.file.name, image.medium.name, image.small.name):
            path = Path(media) / name
            assert path.stat().st_size < 20_000
            assert Image.open(path).format == "WEBP"
        assert Image.open(Path(media) / image.file.name).size == (image.width, image.height)


def test_leaves_an_operator_something_to_do():
    demo()
    assert B2BProfile.objects.filter(is_enabled=False, user__phone_number=WAITING).exists()
    assert Subscription.objects.waiting().count() == 1
    assert B2BPost.objects.filter(reviewed_at__isnull=True, status="published").exists()


def test_is_made_once(media):
    demo()
    models = (B2BPost, PostImage, B2BProfile, Subscription, MonthlyUsage, SavedSearch)
    before = [model.objects.count() for model in models], len(list(media.rglob("*.webp")))
    demo()
    after = [model.objects.count() for model in models], len(list(media.rglob("*.webp")))
    assert after == before
