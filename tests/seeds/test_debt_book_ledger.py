"""The debt book's own guide: debtors, debts and payments, each request as its clients send it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from ledger.tokens import issue_pair
from tests.conftest import open_session

pytestmark = pytest.mark.django_db

USER = {"id", "full_name", "phone_number", "credit_balance"}
DEBT = {
    "id", "user", "full_name", "phone_number", "amount", "remaining", "status", "description",
    "created_at",
}  # fmt: skip
PAYMENT = {"id", "user", "full_name", "phone_number", "amount", "description", "created_at"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+05:00")
both_spellings = pytest.mark.parametrize("slash", ["", "/"])


class App:
    """A client of the debt book: JSON as text, the header it was told to send."""

    def __init__(self, access):
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {access}"}

    def send(self, method, address, body=None):
        path, _mark, query = address.partition("?")
        response = self.client.generic(
            method,
            f"/{path}",
            body or "",
            content_type="application/json",
            QUERY_STRING=query,
            headers=self.headers,
        )
        # A redirected POST loses its body.
        assert response.status_code < 300, response.content
        return response

    def json(self, method, address, body=None):
        return self.send(method, address, body).json()


@pytest.fixture
def app(aziza):
    return App(issue_pair(open_session(aziza)).access)


@pytest.fixture
def muhammad(app):
    body = '{"phone_number": "+998947999898", "full_name": "Temirov Muhammad"}'
    return app.json("POST", "api/v1/users/", body)["id"]


def today():
    return timezone.localdate().isoformat()


class TestUsers:
    @both_spellings
    def test_create(self, app, slash):
        body = """{
    "phone_number": "+998947999899",
    "full_name": "Temirov Jahongir"
}
"""
        response = app.send("POST", f"api/v1/users{slash}", body)
        assert response.status_code == 201
        user = response.json()
        assert set(user) >= USER
        assert (user["phone_number"], user["credit_balance"]) == ("+998947999899", "0.00")

    @both_spellings
    def test_all(self, app, muhammad, slash):
        [user] = app.json("GET", f"api/v1/users{slash}")
        assert set(user) >= USER
        assert user["full_name"] == "Temirov Muhammad"

    @pytest.mark.parametrize("query", ["Muhammad", "Temirov", "998947999898", "7999"])
    @both_spellings
    def test_search_by_name_or_number(self, app, muhammad, query, slash):
        app.send("POST", "api/v1/users/", '{"full_name": "Alisher"}')
        found = app.json("GET", f"api/v1/users{slash}?query={query}")
        assert [user["id"] for user in found] == [muhammad]

    @both_spellings
    def test_one(self, app, muhammad, slash):
        user = app.json("GET", f"api/v1/user/{muhammad}{slash}")
        assert set(user) >= USER
        assert user["id"] == muhammad

    @both_spellings
    def test_change_some_of_it(self, app, muhammad, slash):
        body = '{"full_name": "Temirov M."}'
        user = app.json("PATCH", f"api/v1/user/{muhammad}{slash}", body)
        assert (user["full_name"], user["phone_number"]) == ("Temirov M.", "+998947999898")

    @both_spellings
    def test_change_all_of_it(self, app, muhammad, slash):
        body = '{"phone_number": "+998332999898", "full_name": "Temirov Jahongir"}'
        user = app.json("PUT", f"api/v1/user/{muhammad}{slash}", body)
        assert (user["full_name"], user["phone_number"]) == ("Temirov Jahongir", "+998332999898")

    @both_spellings
    def test_remove(self, app, muhammad, slash):
        # The guide says 200; the answer has no body, so it is 204.
        assert app.send("DELETE", f"api/v1/user/{muhammad}{slash}").status_code == 204
        assert app.json("GET", "api/v1/users/") == []

    def test_credit_is_what_was_paid_too_much(self, app, muhammad):
        app.send("POST", "api/v1/payments/", f'{{"user": {muhammad}, "amount": "350.00"}}')
        [user] = app.json("GET", "api/v1/users/")
        assert user["credit_balance"] == "350.00"


class TestDebts:
    @both_spellings
    def test_create(self, app, muhammad, slash):
        body = f"""{{
    "user": {muhammad},
    "amount": 100,
    "description": "Qarz haqida malumot Ixtiyoriy"
}}
"""
        response = app.send("POST", f"api/v1/debts{slash}", body)
        assert response.status_code == 201
        debt = response.json()
        assert set(debt) >= DEBT
        assert (debt["amount"], debt["remaining"], debt["status"]) == (
            "100.00",
            "100.00",
            "pending",
        )

    @both_spellings
    def test_all(self, app, muhammad, slash):
        for amount in (150, 1000, 500):
            app.send("POST", "api/v1/debts/", f'{{"user": {muhammad}, "amount": {amount}}}')
        app.send("POST", "api/v1/payments/", f'{{"user": {muhammad}, "amount": "1600.00"}}')
        debts = app.json("GET", f"api/v1/debts{slash}")
        assert [(debt["amount"], debt["remaining"], debt["status"]) for debt in debts] == [
            ("500.00", "50.00", "partially_paid"),
            ("1000.00", "0.00", "paid"),
            ("150.00", "0.00", "paid"),
        ]
        for debt in debts:
            assert set(debt) >= DEBT
            assert (debt["user"], debt["full_name"]) == (muhammad, "Temirov Muhammad")
            assert debt["description"] == ""
            assert MOMENT.fullmatch(debt["created_at"])

    @both_spellings
    def test_filter(self, app, muhammad, slash):
        app.send("POST", "api/v1/debts/", f'{{"user": {muhammad}, "amount": 100}}')
        alone = [
            f"user={muhammad}",
            "status=pending",
            f"created_at={today()}",
            "full_name=Muhammad",
        ]
        for query in [*alone, "&".join(alone)]:
            assert len(app.json("GET", f"api/v1/debts{slash}?{query}")) == 1
        for query in ["user=999999", "status=paid", "created_at=2025-08-09", "full_name=Alisher"]:
            assert app.json("GET", f"api/v1/debts{slash}?{query}") == []
            assert app.json("GET", f"api/v1/debts{slash}?{'&'.join([*alone, query])}") == []

    def test_filter_as_the_guide_spells_it(self, app, muhammad):
        app.send("POST", "api/v1/debts/", f'{{"user": {muhammad}, "amount": 100}}')
        rest = f"status=pending&created_at={today()}&full_name=Muhammad"
        address = f"api/v1/debts/?/api/v1/debts/?user=1&{rest}"
        assert len(app.json("GET", address)) == 1
        assert app.json("GET", address.replace("pending", "paid")) == []


class TestPayments:
    @both_spellings
    def test_create(self, app, muhammad, slash):
        body = f"""{{
  "user": {muhammad},
  "amount": "100000.00",
  "description": "To'lov qilindi."
}}
"""
        response = app.send("POST", f"api/v1/payments{slash}", body)
        assert response.status_code == 201
        payment = response.json()
        assert set(payment) >= PAYMENT
        assert (payment["amount"], payment["description"]) == ("100000.00", "To'lov qilindi.")

    @both_spellings
    def test_all(self, app, muhammad, slash):
        app.send("POST", "api/v1/payments/", f'{{"user": {muhammad}, "amount": "100.00"}}')
        [payment] = app.json("GET", f"api/v1/payments{slash}")
        assert set(payment) >= PAYMENT
        assert payment["description"] is None
        assert MOMENT.fullmatch(payment["created_at"])

    @both_spellings
    def test_filter(self, app, muhammad, slash):
        app.send("POST", "api/v1/payments/", f'{{"user": {muhammad}, "amount": "100.00"}}')
        for query in [
            f"user={muhammad}&created_at={today()}",
            f"user={muhammad}",
            f"created_at={today()}",
        ]:
            assert len(app.json("GET", f"api/v1/payments{slash}?{query}")) == 1
        assert (
            app.json("GET", f"api/v1/payments{slash}?user={muhammad}&created_at=2025-08-10") == []
        )
