"""How many statements the database runs for a call: the same for few rows and for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.ledger.book.shop import Shop

pytestmark = pytest.mark.django_db

LISTS = {
    "users/": 1,
    "users/?query=bob": 1,
    "debts/": 1,
    "debts/?status=pending&currency=UZS&created_from=2020-01-01": 1,
    "debts/?full_name=bob": 2,
    "payments/": 1,
    "payments/?limit=1&count=1": 2,
    "reports/summary/": 1,
    "reports/aging/": 1,
    "reports/daily/": 1,
    "book/members/": 1,
}


def statements(who, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert who.call("get", path).status_code == 200
    return len(captured)


@pytest.fixture
def full(shop):
    for place in range(4):
        user = shop.debtor(f"Bobur {place}")
        for _debt in range(3):
            shop.debt(user, "10.00")
        shop.payment(user, "25.00")


def test_one_says_who_asks_and_one_lists(shop, full):
    assert {path: statements(shop, path) - 1 for path in LISTS} == LISTS


def test_one_more_says_what_a_member_may_do(full, member, charos):
    keeper = member(charos, "manager")
    paths = [path for path in LISTS if path != "book/members/"]
    assert {path: statements(keeper, path) - 2 for path in paths} == {
        path: LISTS[path] for path in paths
    }


def test_one_shows_all_that_is_owed_everywhere(shop, outsider, bobur, api):
    himself = Shop(api(bobur))
    for book in (shop, outsider):
        user = book.debtor("Bobur", bobur.phone_number)
        for _debt in range(3):
            book.debt(user)
    assert statements(himself, "my/debts/") == 2


def test_single_rows_take_two(shop, full):
    debt = shop.get("debts/")[0]["id"]
    payment = shop.get("payments/")[0]["id"]
    user = shop.get("users/")[0]["id"]
    for path in (f"debts/{debt}/", f"payments/{payment}/", f"user/{user}/"):
        assert statements(shop, path) == 3
