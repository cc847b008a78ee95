"""The ledger in the admin: found and looked at, never changed."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import large_tables
from ledger.models import (
    Account,
    Book,
    BookMember,
    Debt,
    Debtor,
    DebtPayment,
    Dispute,
    Entry,
    LedgerCheck,
    Payment,
)
from tests.ledger.sign_in.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

PAGES = [Book, Debtor, Debt, Payment, Entry, Dispute, LedgerCheck]
MONEY = [*PAGES, Account, BookMember, DebtPayment]


@pytest.fixture
def browser(db):
    return signed_in(make_staff(is_superuser=True))


def address(model, what="changelist", *args):
    return reverse(f"admin:ledger_{model._meta.model_name}_{what}", args=args)


def listed(browser, model, query=""):
    response = browser.get(address(model) + query)
    assert response.status_code == 200
    return [row.pk for row in response.context["cl"].result_list]


def rows_of_a_shop(shop, number):
    for place in range(number):
        user = shop.debtor(f"Mijoz {place}")
        shop.debt(user, "10.00")
        shop.debt(user, "10.00")
        shop.payment(user, "15.00")


class TestLists:
    @pytest.mark.parametrize("model", PAGES)
    def test_run_as_many_statements_for_many_rows_as_for_few(self, shop, browser, model):
        rows_of_a_shop(shop, 1)
        browser.get(address(model))
        with CaptureQueriesContext(connection) as few:
            browser.get(address(model))
        rows_of_a_shop(shop, 12)
        with CaptureQueriesContext(connection) as many:
            browser.get(address(model))
        assert len(many) == len(few) <= 8

    def test_count_no_further_than_they_show(self, shop, browser, monkeypatch):
        monkeypatch.setattr(large_tables, "MAX_COUNTED", 5)
        rows_of_a_shop(shop, 4)
        with CaptureQueriesContext(connection) as statements:
            response = browser.get(address(Debt))
        assert response.context["cl"].paginator.count == 5
        counted = [s["sql"] for s in statements if "COUNT(*)" in s["sql"] and "debt" in s["sql"]]
        assert counted
        assert all("LIMIT 5" in sql for sql in counted)

    def test_never_read_a_whole_column_for_a_filter(self, shop, browser):
        rows_of_a_shop(shop, 1)
        for model in PAGES:
            with CaptureQueriesContext(connection) as statements:
                browser.get(address(model))
            assert not [s["sql"] for s in statements if "DISTINCT" in s["sql"]]

    def test_are_searched_by_debtor_and_id(self, shop, browser):
        bobur = shop.debtor("Bobur Qo‘qonlik", "+998901234567")
        eldor = shop.debtor("Eldor")
        debt, other = shop.debt(bobur), shop.debt(eldor)
        payment = shop.payment(bobur, "30.00")["id"]
        for query in ("БОБУР", "qo'qon", "234-56", "%2B998901234567"):
            assert listed(browser, Debtor, f"?q={query}") == [bobur]
            assert listed(browser, Debt, f"?q={query}") == [debt]
            assert listed(browser, Payment, f"?q={query}") == [payment]
            assert len(listed(browser, Entry, f"?q={query}")) == 2
        assert other in listed(browser, Debt, f"?q={other}")
        assert listed(browser, Debt, "?q=nobody") == []
        assert set(listed(browser, Debt, "?q=")) == {debt, other}
        assert listed(browser, Debt, "?q=%00") == listed(browser, Debt)
        for digits in (18, 19, 40, 5000):
            assert listed(browser, Debt, "?q=" + "9" * digits) == []

    def test_are_filtered(self, shop, browser, with_dollars):
        user = shop.debtor("Bobur")
        paid, open_ = shop.debt(user, "10.00"), shop.debt(user, "10.00", currency="USD")
        shop.payment(user, "10.00")
        assert listed(browser, Debt, "?status=paid") == [paid]
        assert listed(browser, Debt, "?currency=USD") == [open_]
        assert listed(browser, Debt, "?currency=USD&status=paid") == []


class TestPages:
    def test_show_a_row_with_what_belongs_to_it(self, shop, browser, bobur, debtor):
        debt = shop.debt(debtor, "40.00")
        payment = shop.payment(debtor, "30.00")["id"]
        for model, pk, shown in [
            (Debtor, debtor, "10,00"),
            (Debt, debt, "30,00"),
            (Payment, payment, "30,00"),
            (Entry, Entry.objects.first().pk, "40,00"),
        ]:
            page = browser.get(address(model, "change", pk))
            assert page.status_code == 200
            assert shown in page.content.decode().replace(".", ",")

    def test_run_few_statements_for_a_payment_of_many_debts(self, shop, browser, debtor):
        for _debt in range(20):
            shop.debt(debtor, "1.00")
        few, many = shop.payment(debtor, "2.00")["id"], shop.payment(debtor, "18.00")["id"]
        counts = []
        for payment in (few, few, many):
            with CaptureQueriesContext(connection) as statements:
                browser.get(address(Payment, "change", payment))
            counts.append(len(statements))
        assert counts[1] == counts[2]

    @pytest.mark.parametrize("model", PAGES)
    def test_have_nothing_to_write_with(self, shop, browser, debtor, model):
        shop.debt(debtor)
        shop.payment(debtor, "10.00")
        rows = list(model.objects.values())
        for what, pk in [("add", []), ("change", [1]), ("delete", [1])]:
            response = browser.post(address(model, what, *pk), {"amount": "1", "name": "x"})
            assert response.status_code in (302, 403)
        assert list(model.objects.values()) == rows

    def test_refuse_every_change_of_every_row(self, shop, browser, debtor):
        shop.debt(debtor)
        for model in (Book, Debtor, Debt, Entry):
            row = model.objects.first()
            for what in ("change", "delete"):
                form = {"post": "yes", "amount": "1.00", "full_name": "x", "name": "x"}
                assert browser.post(address(model, what, row.pk), form).status_code == 403
            deleting = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
            browser.post(address(model), deleting)
            assert model.objects.get(pk=row.pk) == row


@pytest.mark.parametrize("model", MONEY)
def test_money_has_no_page_that_writes(model, rf):
    page = admin.site._registry.get(model)
    if page is None:
        return
    request = rf.get("/")
    request.user = make_staff(is_superuser=True)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert "delete_selected" not in page.get_actions(request)
