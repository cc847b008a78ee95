"""Each filter alone, all of them together, and what nobody may see through any of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.models import B2BPost
from tests.marketplace.feed.market import Market, put_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(aziza, bobur):
    """Bobur's pads in Namangan, for so'm; aziza wants discs in Tashkent, for dollars."""
    pads = put_up(
        bobur,
        "Kolodka",
        kind="offer",
        region="UZ-NG",
        brand="Тойота",
        part_number="04465-02220",
        price="150000.00",
        days_ago=1,
    )
    discs = put_up(
        aziza, "Disk", kind="request", region="UZ-TK", brand="Kia", price="40", currency="USD"
    )
    put_up(bobur, "Nothing known", days_ago=2)
    return pads, discs


ALONE = [
    ("kind", "offer", ["Kolodka", "Nothing known"]),
    ("kind", "request", ["Disk"]),
    ("region", "UZ-NG", ["Kolodka"]),
    ("region", "UZ-XO", []),
    ("brand", "toyota", ["Kolodka"]),
    ("brand", "ТОЙОТА", ["Kolodka"]),
    ("brand", "toy", []),
    ("brand", "'", []),
    ("part_number", "4465 022", ["Kolodka"]),
    ("currency", "USD", ["Disk"]),
    ("currency", "UZS", ["Kolodka", "Nothing known"]),
    ("price_min", "150000", ["Kolodka"]),
    ("price_min", "150000.01", []),
    ("price_min", "0", ["Kolodka"]),
    ("price_max", "150000.00", ["Kolodka"]),
    ("price_max", "149999.99", []),
    ("price_max", "0", []),
    ("q", "kolodka", ["Kolodka"]),
    ("unknown", "x", ["Disk", "Kolodka", "Nothing known"]),
]


class TestFilters:
    @pytest.mark.parametrize(("name", "value", "titles"), ALONE)
    def test_work_alone(self, market, shelf, name, value, titles):
        assert market.titles(**{name: value}) == titles
        for ordering in ("price", "-price", "relevance", "-created_at"):
            assert sorted(market.titles(**{name: value, "ordering": ordering})) == sorted(titles)
        assert market.answer(**{name: value, "count": 1})["X-Total-Count"] == str(len(titles))

    def test_author_is_the_account(self, market, shelf, bobur, aziza, charos):
        assert market.titles(author=bobur.pk) == ["Kolodka", "Nothing known"]
        assert market.titles(author=aziza.pk) == ["Disk"]
        assert market.titles(author=charos.pk) == []

    def test_work_together(self, market, shelf, bobur):
        everything = {
            "q": "kolodka",
            "kind": "offer",
            "region": "UZ-NG",
            "brand": "toyota",
            "part_number": "0446502220",
            "price_min": "100000",
            "price_max": "200000",
            "currency": "UZS",
            "author": str(bobur.pk),
        }
        assert market.titles(**everything) == ["Kolodka"]
        for ordering in ("price", "-price", "-created_at"):
            assert market.titles(**everything, ordering=ordering) == ["Kolodka"]
        different = {
            "q": "disk",
            "kind": "request",
            "region": "UZ-TK",
            "brand": "kia",
            "part_number": "0446502221",
            "price_min": "150001",
            "price_max": "149999",
            "currency": "USD",
            "author": str(bobur.pk + 1000),
        }
        for name, value in different.items():
            assert market.titles(**{**everything, name: value}) == [], name

    def test_prices_are_soms_unless_said(self, market, shelf):
        assert market.titles(price_min="10") == ["Kolodka"]
        assert market.titles(price_min="10", currency="USD") == ["Disk"]
        assert market.titles(price_min="10", price_max="40", currency="USD") == ["Disk"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("kind", "gift"), ("kind", ""), ("region", "Toshkent"), ("region", "UZ-tk"),
            ("price_min", "-1"), ("price_min", "1e3"), ("price_max", "x"), ("price_max", "1.001"),
            ("price_max", ""), ("currency", "EUR"), ("author", "0"), ("author", "me"),
            ("author", "٥"), ("author", "99999999999999999999"), ("mine", "maybe"),
            ("ordering", "title"), ("ordering", ""), ("limit", "0"), ("limit", "201"),
            ("cursor", "x"), ("count", "2"), ("q", "x" * 201), ("q", "a\x00b"),
            ("brand", "x" * 101), ("part_number", "1" * 65),
        ],
    )  # fmt: skip
    def test_refuse_what_they_cannot_read(self, market, name, value):
        answer = market.answer(**{name: value})
        assert answer.status_code == 400, answer.content
        assert [error["field"] for error in answer.json()["errors"]] == [name]

    def test_are_one_query(self, market, shelf, django_assert_num_queries):
        market.answer()  # signs in
        for query in ({}, {"q": "kolodka"}, {"ordering": "price", "kind": "offer"}, {"mine": 1}):
            with django_assert_num_queries(2):  # one looks at the session
                market.answer(**query)


class TestOutsiders:
    """Posts of bobur that are not on show: nobody but himself sees them, whatever is asked."""

    @pytest.fixture(params=["closed", "expired", "rejected", "past its end", "deleted"])
    def hidden(self, request, bobur):
        post = put_up(
            bobur,
            "Hidden",
            body="kolodka",
            region="UZ-NG",
            brand="Kia",
            part_number="04465-02220",
            price="10.00",
        )
        row = B2BPost.objects.filter(pk=post.pk)
        if request.param == "past its end":
            row.update(expires_at=timezone.now() - timedelta(seconds=1))
        elif request.param == "deleted":
            gone = {"body": "", "part_number": None, "brand": None}
            folded = dict.fromkeys(("part_folded", "brand_folded", "text_folded"), "")
            row.update(status="closed", deleted_at=timezone.now(), **gone, **folded)
        else:
            reason = "no" if request.param == "rejected" else ""
            row.update(status=request.param, reject_reason=reason)
        return request.param

    def test_see_them_through_no_filter(self, api, charos, bobur, hidden):
        outsider = Market(api(charos))
        queries = [
            {}, {"q": "kolodka"}, {"q": "hidden"}, {"q": "04465"}, {"kind": "offer"},
            {"region": "UZ-NG"}, {"brand": "kia"}, {"part_number": "04465"}, {"price_min": "1"},
            {"currency": "UZS"}, {"author": bobur.pk}, {"mine": 1}, {"mine": 1, "q": "kolodka"},
            {"author": bobur.pk, "mine": 1},
        ]  # fmt: skip
        for query in queries:
            for ordering in ("-created_at", "price", "-price", "relevance"):
                assert outsider.titles(**query, ordering=ordering) == [], (query, ordering)
                counted = outsider.answer(**query, ordering=ordering, count=1)
                assert counted["X-Total-Count"] == "0", (query, ordering)

    def test_their_owner_sees_them_among_his_own(self, api, bobur, hidden):
        own = Market(api(bobur))
        seen = [] if hidden == "deleted" else ["Hidden"]
        assert own.titles() == []
        assert own.titles(mine=1) == seen
        if seen:
            assert own.titles(mine=1, q="kolodka", ordering="relevance") == seen
            assert own.titles(mine=1, ordering="price", price_max="10") == seen
            [post] = own.posts(mine=1)
            assert post["status"] == ("expired" if hidden == "past its end" else hidden)

    def test_who_is_nobody_gets_nothing(self, anyone):
        assert anyone.get("/api/b2b/posts/").status_code == 401
