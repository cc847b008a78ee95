"""Pages of every order: each post once, also while others come and go."""

from itertools import pairwise

import pytest

from marketplace.models import B2BPost
from tests.marketplace.feed.market import Market, put_up

pytestmark = pytest.mark.django_db

PRICES = ["30", "10", None, "20", "10", None, "10", "5"]


@pytest.fixture
def shelf(bobur):
    """Prices that repeat, in two currencies, and some unknown."""
    for place, price in enumerate(PRICES):
        for currency in ("UZS", "USD"):
            put_up(
                bobur,
                f"{currency} {price} {place}",
                body="tormoz",
                part_number="123-456" if place % 2 else None,
                price=price,
                currency=currency,
                days_ago=place * 40,
            )


FILTERS = ({}, {"q": "tormoz"}, {"kind": "offer"}, {"q": "tormoz 123"}, {"mine": 1})
ORDERINGS = ("-created_at", "price", "-price", "relevance")
SHAPES = [{**filters, "ordering": ordering} for filters in FILTERS for ordering in ORDERINGS]


def ranked(q):
    return {"q": q, "ordering": "relevance"}


class TestPages:
    @pytest.mark.parametrize("shape", SHAPES, ids=str)
    @pytest.mark.parametrize("limit", [1, 3, 5])
    def test_have_each_post_once_in_the_order_of_one_page(self, api, bobur, shelf, shape, limit):
        market = Market(api(bobur))
        whole = market.titles(**shape, limit=200)
        assert len(set(whole)) == len(whole) >= 8
        pages = list(market.pages(**shape, limit=limit))
        assert [title for page in pages for title in page] == whole
        assert {len(page) for page in pages[:-1]} <= {limit}

    @pytest.mark.parametrize("shape", SHAPES, ids=str)
    def test_repeat_and_leave_out_nothing_while_posts_come(self, api, bobur, shelf, shape):
        market = Market(api(bobur))
        whole = market.titles(**shape, limit=200)
        prices = iter(["1", "7", "10", "25", "99", None] * 5)

        def another():
            put_up(bobur, "new", body="tormoz", part_number="123-456", price=next(prices))

        paged = [t for t in market.all_pages(another, **shape, limit=4) if t != "new"]
        assert paged == whole

    def test_of_ranked_hits_stay_the_same_thousand(self, market, bobur, monkeypatch):
        monkeypatch.setattr("marketplace.queries.feed_relevance.MOST_RANKED", 6)
        for place in range(8):
            put_up(bobur, str(place), body="tormoz", seconds_ago=place)
        pages = market.all_pages(
            lambda: put_up(bobur, "new", body="tormoz"), **ranked("tormoz"), limit=2
        )
        assert pages == list("012345")

    @pytest.mark.parametrize("q", ["tormoz", "tormoz moy"])
    def test_of_hits_by_text_alone_end_after_the_same_thousand(self, market, bobur, monkeypatch, q):
        monkeypatch.setattr("marketplace.queries.feed_relevance.MOST_RANKED", 6)
        for place in range(8):
            put_up(bobur, str(place), body="tormoz moy", seconds_ago=place)
        for limit in (1, 3, 4, 5, 6, 7):
            assert market.all_pages(**ranked(q), limit=limit) == list("012345")
        assert market.answer(**ranked(q), count=1, limit=2)["X-Total-Count"] == "6"

    def test_go_on_when_a_part_number_appears_between_them(self, market, bobur, monkeypatch):
        monkeypatch.setattr("marketplace.queries.feed_relevance.MOST_RANKED", 6)
        for place in range(8):
            put_up(bobur, str(place), body="tormoz", seconds_ago=place)
        numbers = iter(["TORMOZ", "TORMOZ-1", "X-TORMOZ"] * 3)
        between = lambda: put_up(bobur, "new", part_number=next(numbers))  # noqa: E731
        assert market.all_pages(between, **ranked("tormoz"), limit=2) == list("012345")
        assert market.titles(**ranked("tormoz"), limit=1) == ["new"]

    def test_go_on_when_the_part_number_is_gone(self, market, bobur):
        for place in range(4):
            put_up(bobur, str(place), body="tormoz", seconds_ago=place)
        put_up(bobur, "number", part_number="TORMOZ", seconds_ago=2)
        pages = market.pages(
            B2BPost.objects.filter(title="number").delete, **ranked("tormoz"), limit=1
        )
        assert [title for page in pages for title in page] == ["number", *"0123"]

    def test_walked_without_the_index_are_the_same(self, market, shelf, monkeypatch):
        """What is frequent is found by walking, what is rare by the index."""
        for shape in SHAPES:
            found = market.titles(**shape, limit=4)
            for walk in (1, 5):
                monkeypatch.setattr("marketplace.queries.feed_orders.WALK_ROWS", walk)
                monkeypatch.setattr("marketplace.queries.feed_orders.WALK_ENTRIES", walk)
                monkeypatch.setattr("marketplace.queries.feed_orders.WALK_ROWS_BY_PRICE", walk)
                assert market.titles(**shape, limit=4) == found, (shape, walk)
            monkeypatch.undo()

    @pytest.mark.parametrize("few", [0, 3, 1000])
    def test_within_prices_that_few_or_many_have_are_the_same(
        self, market, shelf, monkeypatch, few
    ):
        monkeypatch.setattr("marketplace.queries.feed_orders.WALK_ROWS", 1)
        monkeypatch.setattr("marketplace.queries.feed_orders.MOST_PRICED", few)
        bounds = {"price_min": "10", "price_max": "20", "limit": 1}
        all_of_them = ["UZS 10 1", "UZS 20 3", "UZS 10 4", "UZS 10 6"]
        for ordering in ("relevance", "-created_at"):
            assert market.all_pages(q="tormoz", ordering=ordering, **bounds) == all_of_them
            numbered = market.all_pages(q="tormoz 123", ordering=ordering, **bounds)
            assert numbered == ["UZS 10 1", "UZS 20 3"]

    def test_of_one_order_refuse_the_cursor_of_another(self, market, shelf):
        link = market.answer(ordering="price", limit=1)["Link"]
        other = link.split(">")[0].removeprefix("<").replace("ordering=price", "ordering=-price")
        assert market.client.get(other).status_code == 400


class TestOrders:
    def test_by_price_keep_currencies_apart_and_the_unknown_last(self, market, shelf):
        def keys(ordering):
            return [
                (post["price"] is None, post["currency"], float(post["price"] or 0))
                for post in market.posts(ordering=ordering, limit=200)
            ]

        for ordering, sign in (("price", 1), ("-price", -1)):
            found = keys(ordering)
            assert len(found) == len(PRICES) * 2
            for one, next_one in pairwise(found):
                assert (one[0], one[1] == "USD", sign * one[2]) <= (
                    next_one[0],
                    next_one[1] == "USD",
                    sign * next_one[2],
                )

    def test_by_price_can_be_of_one_currency(self, market, shelf):
        assert market.titles(ordering="price", currency="USD", limit=2) == ["USD 5 7", "USD 10 1"]
        assert market.titles(ordering="-price", currency="USD", limit=1) == ["USD 30 0"]

    def test_newest_is_by_the_time_of_publishing(self, market, bobur):
        put_up(bobur, "second", days_ago=400)
        put_up(bobur, "first")
        put_up(bobur, "third", days_ago=2000)
        assert market.titles() == ["first", "second", "third"]
        assert market.titles(kind="offer") == ["first", "second", "third"]


class TestBytes:
    def test_are_those_of_one_post(self, market, shelf):
        for post in market.posts(limit=3):
            assert market.client.get(f"/api/b2b/posts/{post['id']}/").json() == post
