import pytest

from ledger.models import Debtor

pytestmark = pytest.mark.django_db


class TestCreateUser:
    def test_answers_the_debtor(self, shop):
        body = {"full_name": "  Temirov Jahongir ", "phone_number": "94 799-98-99"}
        user = shop.post("users/", body)
        created_at = user.pop("created_at")
        assert created_at.endswith("+05:00")
        assert len(created_at) == len("2026-08-08T15:03:49.166587+05:00")
        assert user == {
            "id": user["id"],
            "full_name": "Temirov Jahongir",
            "phone_number": "+998947999899",
            "credit_balance": "0.00",
            "balances": [{"currency": "UZS", "open_total": "0.00", "credit_balance": "0.00"}],
            "note": "",
        }
        assert shop.get(f"user/{user['id']}/") == user | {"created_at": created_at}

    @pytest.mark.parametrize("number", [None, "+12025550123", "+998711234567"])
    def test_takes_any_number_or_none(self, shop, number):
        body = {"full_name": "Temirov", "phone_number": number, "note": None}
        assert shop.post("users/", body)["phone_number"] == number

    @pytest.mark.parametrize("number", ["", "12", "salom", 998901234567, {}, "+998"])
    def test_refuses_what_is_no_number(self, shop, number):
        body = {"full_name": "Temirov", "phone_number": number}
        assert shop.refusal("post", "users/", body) == (400, "phone_number_invalid")
        assert not Debtor.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            "Temirov",
            None,
            {"full_name": ""},
            {"full_name": "   "},
            {"full_name": None},
            {"full_name": 7},
            {"full_name": "a" * 151},
            {"full_name": "Temirov", "note": "a" * 1001},
        ],
    )
    def test_refuses_a_name_or_note_that_does_not_fit(self, shop, body):
        assert shop.refusal("post", "users/", body)[0] == 400
        assert not Debtor.objects.exists()

    def test_a_number_in_the_book_already_names_its_debtor(self, shop, outsider):
        first = shop.debtor(phone_number="+998901234567")
        response = shop.call("post", "users/", {"full_name": "Boshqa", "phone_number": "901234567"})
        assert response.status_code == 409
        assert response.json()["code"] == "duplicate_phone_number"
        assert response.json()["id"] == first
        assert outsider.debtor(phone_number="+998901234567") != first

    def test_brings_an_archived_debtor_back(self, shop):
        first = shop.debtor(phone_number="+998901234567")
        shop.delete(f"user/{first}/")
        user = shop.post("users/", {"full_name": "Yangi nom", "phone_number": "901234567"})
        assert (user["id"], user["full_name"]) == (first, "Yangi nom")
        assert shop.ids("users/") == [first]


class TestEditUser:
    def test_put_replaces_and_keeps_what_old_clients_do_not_know(self, shop):
        user = shop.debtor("Temirov", "+998901234567", note="qo'shni")
        body = {"full_name": "Temirov M.", "phone_number": "+998901234568"}
        answer = shop.put(f"user/{user}/", body)
        assert (answer["full_name"], answer["phone_number"]) == ("Temirov M.", "+998901234568")
        assert answer["note"] == "qo'shni"
        assert shop.refusal("put", f"user/{user}/", {"note": "x"}) == (400, "invalid")

    def test_patch_changes_what_it_names(self, shop):
        user = shop.debtor("Temirov", "+998901234567", note="qo'shni")
        assert shop.patch(f"user/{user}/", {"note": None})["note"] == ""
        assert shop.patch(f"user/{user}/", {"phone_number": None})["phone_number"] is None
        answer = shop.patch(f"user/{user}/", {})
        assert (answer["full_name"], answer["note"]) == ("Temirov", "")

    def test_a_number_of_another_debtor_is_refused(self, shop):
        first = shop.debtor(phone_number="+998901234567")
        second = shop.debtor("Temirov")
        response = shop.call("patch", f"user/{second}/", {"phone_number": "901234567"})
        assert (response.status_code, response.json()["id"]) == (409, first)

    @pytest.mark.parametrize(
        "field", ["id", "book", "credit_balance", "balances", "created_at", "archived_at"]
    )
    def test_changes_nothing_that_is_not_theirs_to_write(self, shop, debtor, field):
        before = shop.get(f"user/{debtor}/")
        shop.patch(f"user/{debtor}/", {field: 7})
        assert shop.get(f"user/{debtor}/") == before


class TestArchiveUser:
    def test_is_gone_but_for_the_statement(self, shop, debtor):
        shop.debt(debtor)
        shop.payment(debtor)
        shop.delete(f"user/{debtor}/")
        assert shop.get("users/") == []
        for method, body in [
            ("get", None),
            ("delete", None),
            ("patch", {"full_name": "x"}),
            ("put", {"full_name": "x"}),
        ]:
            assert shop.refusal(method, f"user/{debtor}/", body) == (404, "not_found")
        statement = shop.get(f"user/{debtor}/statement/")
        assert [entry["kind"] for entry in statement["entries"]] == ["debt", "payment"]

    @pytest.mark.parametrize("thing", ["debts/", "payments/"])
    def test_is_refused_with_anything_open_or_in_credit(self, shop, debtor, thing):
        shop.post(thing, {"user": debtor, "amount": "0.01"})
        assert shop.refusal("delete", f"user/{debtor}/") == (409, "debtor_has_balance")


class TestUserList:
    def test_is_newest_first_and_shows_what_is_owed(self, shop):
        first, second = shop.debtor("Bobur"), shop.debtor("Eldor")
        shop.debt(first, "150.00")
        shop.payment(second, "350.00")
        newest, oldest = shop.get("users/")
        assert (newest["id"], newest["credit_balance"]) == (second, "350.00")
        assert oldest["balances"][0]["open_total"] == "150.00"

    @pytest.mark.parametrize(
        "query", ["qoqon", "ҚЎҚОН", "Qo'qon", "Qoʻqon", "qöq", "QO`Q", " o‘qo ", ""]
    )
    def test_finds_a_part_of_a_name_in_any_script(self, shop, query):
        user = shop.debtor("Alisher Qo‘qonlik")
        shop.debtor("Bobur")
        found = shop.get(f"users/?query={query}")
        assert user in [row["id"] for row in found]
        assert len(found) == (1 if query else 2)

    @pytest.mark.parametrize("query", ["234", "+998 90 123-45-67", "90 123", "(90)123", "567"])
    def test_finds_a_run_of_digits_of_a_number(self, shop, query):
        user = shop.debtor("Bobur", "+998901234567")
        shop.debtor("Eldor", "+998907654321")
        assert shop.ids("users/?query=" + query.replace("+", "%2B")) == [user]

    @pytest.mark.parametrize("query", ["67", "%", "_", "\\", "Bobur 123", "124", "ъ'%"])
    def test_finds_nothing_by_less(self, shop, query):
        shop.debtor("Bobur", "+998901234567")
        response = shop.client.get("/api/v1/users/", {"query": query})
        assert response.json() == []

    def test_names_with_digits_are_found_by_them(self, shop):
        user = shop.debtor("Dom 12 kv 3")
        assert shop.ids("users/?query=12") == [user]
