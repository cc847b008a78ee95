"""What lists have in common, and the filters of debts and payments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ledger.models import Debt, Debtor, Payment
from ledger.queries import names
from tests.ledger.book.unguarded import unguarded

pytestmark = pytest.mark.django_db

LISTS = ["users/", "debts/", "payments/", "books/", "book/members/", "my/debts/"]
LONG_LISTS = ["users/", "debts/", "payments/"]


def newest(model):
    return list(model.objects.order_by("-created_at", "-id").values_list("pk", flat=True))


@pytest.fixture
def many(shop):
    """1,005 debtors, debts and payments."""
    user = shop.debtor()
    shop.debt(user)
    shop.payment(user)
    debtor = Debtor.objects.get()
    for model in (Debt, Payment):
        [row] = model.objects.all()
        base = timezone.now()
        fields = {
            f.attname: getattr(row, f.attname)
            for f in model._meta.concrete_fields
            if not f.generated and f.attname not in ("id", "created_at")
        }
        model.objects.bulk_create(
            model(**fields, created_at=base + timedelta(seconds=i // 3)) for i in range(1004)
        )
    Debtor.objects.bulk_create(
        Debtor(
            book_id=debtor.book_id,
            full_name=f"Mijoz {i}",
            folded_name=f"mijoz {i}",
            created_at=timezone.now() + timedelta(seconds=i // 3),
        )
        for i in range(1004)
    )
    with_accounts(debtor)


def with_accounts(debtor):
    account_of = type(debtor.accounts.first())
    account_of.objects.bulk_create(
        account_of(book_id=debtor.book_id, debtor_id=pk, currency=currency)
        for pk in Debtor.objects.exclude(pk=debtor.pk).values_list("pk", flat=True)
        for currency in ("UZS", "USD")
    )


class TestPages:
    @pytest.mark.parametrize(
        ("path", "model"), [("users/", Debtor), ("debts/", Debt), ("payments/", Payment)]
    )
    def test_of_any_size_show_each_row_once_in_order(self, many, shop, path, model):
        everything = newest(model)
        assert len(everything) == 1005
        assert shop.ids(path) == everything[:1000]
        assert walked(shop, f"{path}?limit=200&count=1", total="1005") == everything
        assert shop.ids(f"{path}?limit=7") == everything[:7]

    def test_have_fifty_rows_once_a_cursor_is_there(self, many, shop):
        link = shop.call("get", "debts/?limit=1")["Link"]
        following = link.split(">")[0].lstrip("<").replace("limit=1", "unknown=1")
        assert len(shop.client.get(following).json()) == 50

    def test_of_old_clients_say_where_the_rest_is(self, many, shop):
        response = shop.call("get", "debts/")
        assert len(response.json()) == 1000
        assert 'rel="next"' in response["Link"]
        assert "X-Total-Count" not in response

    @pytest.mark.parametrize("path", LISTS)
    @pytest.mark.parametrize("page", ["limit=0", "limit=201", "limit=x", "limit=", "cursor=x"])
    def test_are_refused_when_asked_for_wrongly(self, shop, path, page):
        assert shop.refusal("get", f"{path}?{page}") == (400, "invalid")

    @pytest.mark.parametrize("path", LISTS)
    def test_are_arrays_with_a_count_when_wanted(self, shop, path):
        response = shop.call("get", f"{path}?count=1&unknown=%00&page=7")
        assert isinstance(response.json(), list)
        assert response["X-Total-Count"] == str(len(response.json()))

    def test_do_not_take_another_lists_cursor(self, many, shop):
        link = shop.call("get", "debts/?limit=1")["Link"].split(">")[0].lstrip("<")
        assert shop.client.get(link.replace("debts", "payments")).status_code == 400

    def test_of_a_name_go_on_where_they_ended(self, many, shop, monkeypatch):
        everything = newest(Debt)
        assert walked(shop, "debts/?full_name=bobur&limit=100&count=1", "1005") == everything
        # More debtors of that name than a few: another way to the same rows.
        monkeypatch.setattr(names, "FEW", 0)
        assert walked(shop, "debts/?full_name=БОБ&limit=100&count=1", "1005") == everything


def walked(shop, path, total):
    """The ids of all pages."""
    found, address = [], "/api/v1/" + path
    while address:
        response = shop.client.get(address)
        assert response.status_code == 200, response.content
        assert response["X-Total-Count"] == total
        found += [row["id"] for row in response.json()]
        address = response.headers.get("Link", "").split(">")[0].lstrip("<")
    return found


@pytest.fixture
def several(shop, with_dollars):
    """Debts and payments that differ in everything filters ask for."""
    bobur, eldor = shop.debtor("Боbур"), shop.debtor("Eldor")
    rows = {
        "old": shop.debt(bobur, "10.00"),
        "dollars": shop.debt(bobur, "20.00", currency="USD", due_date="2026-01-01"),
        "paid": shop.debt(eldor, "30.00", due_date="2026-01-01"),
        "partly": shop.debt(eldor, "40.00", due_date="2026-01-01"),
        "future": shop.debt(eldor, "50.00", due_date="2999-12-31"),
    }
    paid = shop.payment(eldor, "40.00")["id"]
    also = shop.payment(bobur, "1.00", currency="USD")["id"]
    void = shop.debt(bobur)
    shop.delete(f"debts/{void}/")
    shop.delete(f"payments/{shop.payment(bobur, '5.00')['id']}/")
    # 23:59:59.999999 of 9 August and 00:00 of the 10th, in Tashkent.
    day = datetime(2025, 8, 9, 19, 0, tzinfo=UTC)
    before = day - timedelta(microseconds=1)
    move(Debt, {rows["old"]: before, rows["dollars"]: day})
    move(Payment, {paid: day, also: before})
    return {**rows, "bobur": bobur, "eldor": eldor, "payment": paid, "small": also}


def move(model, moments):
    """Created at another time."""
    with unguarded(model):
        for pk, moment in moments.items():
            model.objects.filter(pk=pk).update(created_at=moment)


DEBT_FILTERS = {
    "": ["future", "partly", "paid", "dollars", "old"],
    "user={bobur}": ["dollars", "old"],
    "user={eldor}&status=paid": ["paid"],
    "user=999999999": [],
    "status=pending": ["future", "old"],
    "status=partially_paid": ["partly", "dollars"],
    "created_at=2025-08-09": ["old"],
    "created_at=2025-08-10": ["dollars"],
    "created_from=2025-08-10": ["future", "partly", "paid", "dollars"],
    "created_to=2025-08-09": ["old"],
    "created_from=2025-08-09&created_to=2025-08-10": ["dollars", "old"],
    "created_from=0001-01-01&created_to=9999-12-31": ["future", "partly", "paid", "dollars", "old"],
    "created_at=0001-01-01": [],
    "created_at=9999-12-31": [],
    "created_from=2025-08-10&created_to=2025-08-09": [],
    "created_at=2025-08-09&created_from=2025-08-10": [],
    "full_name=БОБУР": ["dollars", "old"],
    "full_name=ldo&overdue=1": ["partly"],
    "full_name=%25": [],
    "currency=USD": ["dollars"],
    "currency=USD&status=paid": [],
    "overdue=true": ["partly", "dollars"],
    "overdue=0": ["future", "paid", "old"],
    "user={bobur}&status=partially_paid&created_at=2025-08-10&full_name=bob&currency=USD": [
        "dollars"
    ],
    # As an old client's own guide spells it: the first key is unknown, the others hold.
    "/api/v1/debts/?user=7&status=pending&created_at=2025-08-09&full_name=Bobur": ["old"],
}
PAYMENT_FILTERS = {
    "": ["payment", "small"],
    "user={bobur}": ["small"],
    "user={eldor}&created_at=2025-08-10": ["payment"],
    "currency=USD": ["small"],
    "created_to=2025-08-09": ["small"],
    "created_from=2025-08-10": ["payment"],
    "full_name=эльдор": ["payment"],
    "full_name=charos": [],
    "status=anything": ["payment", "small"],
}

BAD_FILTERS = [
    "user=x",
    "user=0",
    "user=-1",
    "user=9999999999999999999",
    "user=",
    "created_at=2026-02-30",
    "created_at=2026-2-3",
    "created_from=yesterday",
    "currency=EUR",
    "currency=usd",
    "full_name=%00",
    "full_name=" + "a" * 151,
    "count=2",
]


class TestFilters:
    @pytest.mark.parametrize(
        ("path", "filters"), [("debts/", DEBT_FILTERS), ("payments/", PAYMENT_FILTERS)]
    )
    def test_hold_alone_and_together(self, shop, several, path, filters):
        found = {query: shop.ids(f"{path}?{query.format(**several)}") for query in filters}
        assert found == {
            query: [several[name] for name in expected] for query, expected in filters.items()
        }

    @pytest.mark.parametrize("path", ["debts/", "payments/"])
    def test_with_a_bad_value_are_refused(self, shop, path):
        answers = {query: shop.refusal("get", f"{path}?{query}") for query in BAD_FILTERS}
        assert answers == dict.fromkeys(BAD_FILTERS, (400, "invalid"))

    @pytest.mark.parametrize("query", ["status=void", "status=", "overdue=x", "status=Paid"])
    def test_of_debts_with_a_bad_value_are_refused(self, shop, query):
        assert shop.refusal("get", f"debts/?{query}") == (400, "invalid")

    def test_of_users_with_a_bad_value_are_refused(self, shop):
        assert shop.refusal("get", "users/?query=%00") == (400, "invalid")
