import pytest
from django.utils import timezone

from core.times import iso
from ledger.models import Debt

pytestmark = pytest.mark.django_db


class TestCreateDebt:
    def test_answers_the_debt(self, shop, debtor, bobur):
        body = {"user": debtor, "amount": 100, "description": " Qarz haqida ", "x": 1}
        debt = shop.post("debts/", body)
        created_at = debt.pop("created_at")
        assert debt == {
            "id": debt["id"],
            "user": debtor,
            "full_name": "Bobur Aliyev",
            "phone_number": bobur.phone_number,
            "amount": "100.00",
            "remaining": "100.00",
            "written_off": "0.00",
            "status": "pending",
            "description": "Qarz haqida",
            "occurred_at": created_at,
            "currency": "UZS",
            "due_date": None,
            "is_disputed": False,
        }

    def test_takes_every_field(self, shop, debtor, with_dollars):
        body = {
            "user": debtor,
            "amount": "12.5",
            "description": None,
            "currency": "USD",
            "due_date": "2026-12-31",
            "occurred_at": "2025-01-01T00:00:00Z",
        }
        debt = shop.post("debts/", body)
        assert debt["amount"] == "12.50"
        assert debt["description"] == ""
        assert debt["currency"] == "USD"
        assert debt["due_date"] == "2026-12-31"
        assert debt["occurred_at"] == "2025-01-01T05:00:00.000000+05:00"

    def test_spends_credit_at_once(self, shop, debtor):
        shop.payment(debtor, "30.00")
        debt = shop.post("debts/", {"user": debtor, "amount": "100.00"})
        assert (debt["remaining"], debt["status"]) == ("70.00", "partially_paid")
        assert shop.get(f"user/{debtor}/")["credit_balance"] == "0.00"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("user", None),
            ("user", "x"),
            ("user", True),
            ("user", 0),
            ("user", 10**19),
            ("user", 1.5),
            ("description", "a" * 501),
            ("description", 5),
            ("currency", "EUR"),
            ("currency", None),
            ("due_date", "31.12.2026"),
            ("due_date", "2026-02-30"),
            ("occurred_at", "yesterday"),
            ("occurred_at", "2999-01-01T00:00:00Z"),
            ("occurred_at", "0001-01-01T00:00:00+05:00"),
            ("occurred_at", "0001-01-01T00:00:00+14:00"),
            ("occurred_at", "9999-12-31T23:59:59-12:00"),
            ("occurred_at", 1700000000),
        ],
    )
    def test_refuses_what_does_not_fit(self, shop, debtor, field, value):
        body = {"user": debtor, "amount": "1.00", field: value}
        response = shop.call("post", "debts/", body)
        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]
        assert not Debt.objects.exists()

    def test_names_what_is_missing(self, shop):
        errors = shop.call("post", "debts/", {}).json()["errors"]
        assert [(e["field"], e["code"]) for e in errors] == [
            ("user", "required"),
            ("amount", "required"),
        ]

    def test_wants_a_currency_that_is_switched_on(self, shop, debtor):
        body = {"user": debtor, "amount": "1.00", "currency": "USD"}
        assert shop.refusal("post", "debts/", body) == (400, "currency_not_enabled")

    def test_wants_a_debtor_of_the_book(self, shop, outsider, debtor):
        for user in (debtor, debtor + 1, 2**63 - 1):
            body = {"user": user, "amount": "1.00"}
            assert outsider.refusal("post", "debts/", body) == (404, "not_found")


class TestOneDebt:
    def test_shows_what_was_paid_of_it(self, shop, debtor):
        debt = shop.debt(debtor)
        first, second = shop.payment(debtor, "30.00"), shop.payment(debtor, "20.00")
        found = shop.get(f"debts/{debt}/")
        assert found["remaining"] == "50.00"
        assert found["payments"] == [
            {"payment": p["id"], "amount": p["amount"], "created_at": p["created_at"]}
            for p in (first, second)
        ]
        shop.delete(f"payments/{first['id']}/")
        assert [p["payment"] for p in shop.get(f"debts/{debt}/")["payments"]] == [second["id"]]

    def test_patch_changes_words_and_due_date(self, shop, debtor):
        debt = shop.debt(debtor)
        changed = shop.patch(f"debts/{debt}/", {"description": "un", "due_date": "2026-12-31"})
        assert (changed["description"], changed["due_date"]) == ("un", "2026-12-31")
        changed = shop.patch(f"debts/{debt}/", {"description": None, "due_date": None})
        assert (changed["description"], changed["due_date"]) == ("", None)
        shop.patch(f"debts/{debt}/", {})

    @pytest.mark.parametrize(
        "field",
        ["amount", "user", "currency", "remaining", "status", "occurred_at", "id", "colour"],
    )
    def test_patch_refuses_anything_else(self, shop, debtor, field):
        debt = shop.debt(debtor)
        before = shop.get(f"debts/{debt}/")
        body = {field: before.get(field), "description": "un"}
        assert shop.refusal("patch", f"debts/{debt}/", body) == (400, "immutable_field")
        assert shop.refusal("patch", f"debts/{debt}/", [])[0] == 400
        assert shop.get(f"debts/{debt}/") == before

    def test_is_not_put(self, shop, debtor):
        debt = shop.debt(debtor)
        assert shop.refusal("put", f"debts/{debt}/", {}) == (405, "method_not_allowed")

    def test_void_is_gone(self, shop, debtor):
        debt = shop.debt(debtor)
        shop.delete(f"debts/{debt}/")
        assert shop.get("debts/") == []
        for method, body in [("get", None), ("patch", {}), ("delete", None)]:
            assert shop.refusal(method, f"debts/{debt}/", body) == (404, "not_found")
        body = {"reason": "x"}
        assert shop.refusal("post", f"debts/{debt}/write-off/", body) == (404, "not_found")

    def test_ids_too_long_for_any_row_are_no_path(self, shop):
        assert shop.refusal("get", f"debts/{'9' * 19}/") == (404, "not_found")
        assert shop.refusal("get", f"debts/{'9' * 18}/") == (404, "not_found")


class TestWriteOff:
    def test_gives_up_a_part_or_all_and_takes_it_back(self, shop, debtor):
        debt = shop.debt(debtor)
        path = f"debts/{debt}/write-off/"
        part = shop.post(path, {"amount": "30.00", "reason": "eski"}, 200)
        assert (part["remaining"], part["written_off"], part["status"]) == (
            "70.00",
            "30.00",
            "pending",
        )
        whole = shop.post(path, {"amount": None, "reason": "eski"}, 200)
        assert (whole["remaining"], whole["status"]) == ("0.00", "paid")
        back = shop.delete(path, 200)
        assert (back["remaining"], back["written_off"]) == ("100.00", "0.00")

    @pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "a" * 501}, {"reason": 1}])
    def test_wants_a_reason(self, shop, debtor, body):
        debt = shop.debt(debtor)
        assert shop.refusal("post", f"debts/{debt}/write-off/", body) == (400, "invalid")

    def test_is_never_more_than_remains(self, shop, debtor):
        debt = shop.debt(debtor)
        body = {"amount": "100.01", "reason": "eski"}
        refusal = shop.refusal("post", f"debts/{debt}/write-off/", body)
        assert refusal == (409, "not_enough_remaining")


def test_times_are_those_of_the_row(shop, debtor):
    before = iso(timezone.now())
    debt = Debt.objects.get(pk=shop.debt(debtor))
    assert before <= shop.get("debts/")[0]["created_at"] == iso(debt.created_at)
