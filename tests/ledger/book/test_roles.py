"""Who may call what: every endpoint for every kind of person."""

import pytest
from django.db import transaction

from ledger.models import Debt, Dispute, Payment
from tests.ledger.book.routes import (
    CALLS,
    CASHIER,
    MANAGER,
    OWNER,
    ledger_routes,
    listed_routes,
)
from tests.ledger.book.shop import Shop

pytestmark = pytest.mark.django_db

RANK = {CASHIER: 1, MANAGER: 2, OWNER: 3}
BOOK_CALLS = [call for call in CALLS if call.least]
FORBIDDEN, NOT_A_MEMBER = (403, "role_not_allowed"), (403, "not_a_member")
NOT_FOUND = (404, "not_found")


def everything(aziza):
    """Whatever a refused call must leave as it is."""
    return [
        list(model.objects.filter(book_id=aziza.pk).order_by("pk").values())
        for model in (Debt, Payment, Dispute)
    ] + [
        list(aziza.book.debtors.order_by("pk").values()),
        list(aziza.book.members.order_by("pk").values()),
        (aziza.book.name, aziza.book.currencies),
    ]


def answers(who, calls, world):
    """What each call gets, on its own: status, and the code of a refusal."""
    found = {}
    for call in calls:
        with transaction.atomic():
            response = who.call(call.method, *call.filled(world))
            transaction.set_rollback(True)
        problem = response.status_code >= 400
        found[str(call)] = (
            (response.status_code, response.json()["code"]) if problem else response.status_code
        )
    return found


def refusals(who, calls, world, aziza):
    """As `answers`, but nothing is rolled back: refused calls leave all as it was."""
    before = everything(aziza)
    found = {str(call): who.refusal(call.method, *call.filled(world)) for call in calls}
    aziza.book.refresh_from_db()
    assert everything(aziza) == before
    return found


def test_every_route_of_the_ledger_is_in_the_table():
    assert ledger_routes() == listed_routes()


def test_the_owner_may_do_all_but_dispute_what_others_owe(shop, world):
    expected = {str(call): call.ok for call in CALLS}
    expected["post my/debts/{debt}/dispute/"] = NOT_FOUND
    assert answers(shop, CALLS, world) == expected


@pytest.mark.parametrize("role", [MANAGER, CASHIER])
def test_a_member_may_do_what_the_role_says(role, world, charos, member):
    who = member(charos, role)
    assert answers(who, BOOK_CALLS, world) == {
        str(call): call.ok if RANK[role] >= RANK[call.least] else FORBIDDEN for call in BOOK_CALLS
    }


@pytest.mark.parametrize("role", [MANAGER, CASHIER])
def test_what_a_role_may_not_do_changes_nothing(role, world, charos, member, aziza):
    who = member(charos, role)
    above = [call for call in BOOK_CALLS if RANK[role] < RANK[call.least]]
    assert set(refusals(who, above, world, aziza).values()) == {FORBIDDEN}


def test_a_removed_member_may_do_nothing(world, aziza, charos, member, shop):
    who = member(charos, MANAGER)
    [newest, _older] = shop.get("book/members/")
    shop.delete(f"book/members/{newest['id']}/")
    assert set(refusals(who, BOOK_CALLS, world, aziza).values()) == {NOT_A_MEMBER}


def test_an_outsider_may_not_choose_the_book(world, aziza, charos, api):
    who = Shop(api(charos), book=aziza.pk)
    assert set(refusals(who, BOOK_CALLS, world, aziza).values()) == {NOT_A_MEMBER}


def test_the_debtor_may_not_choose_the_book(world, aziza, bobur, api):
    who = Shop(api(bobur), book=aziza.pk)
    assert set(refusals(who, BOOK_CALLS, world, aziza).values()) == {NOT_A_MEMBER}


def test_an_outsider_finds_nothing_of_it(world, aziza, outsider):
    assert_own_book_only(outsider, world, aziza)


def test_the_debtor_finds_nothing_of_it_in_their_own(world, aziza, bobur, api):
    assert_own_book_only(Shop(api(bobur)), world, aziza)


def test_a_member_without_x_book_is_in_their_own_book(world, aziza, charos, member, api):
    member(charos, MANAGER)
    assert_own_book_only(Shop(api(charos)), world, aziza)


def test_nobody_gets_in(world, aziza, anyone):
    for who in (Shop(anyone), Shop(anyone, book=aziza.pk)):
        found = refusals(who, CALLS, world, aziza)
        assert set(found.values()) == {(401, "not_authenticated")}


def assert_own_book_only(who, world, aziza):
    """Another's row is as absent as one that never was; lists are of the caller's own book."""
    naming = [call for call in BOOK_CALLS if call.names_a_row]
    assert set(refusals(who, naming, world, aziza).values()) == {NOT_FOUND}
    for call in BOOK_CALLS:
        if not call.names_a_row and call.method == "get":
            rows = who.get(call.path)
            amounts = {value for row in rows for value in row.values() if "." in str(value)}
            assert amounts <= {"0.00"}
            assert rows == [] or call.path.startswith("reports/")


class TestBooksAndOnesOwnDebts:
    """Where X-Book is ignored."""

    @pytest.mark.parametrize("role", [MANAGER, CASHIER])
    def test_a_member_sees_the_book_and_may_not_change_it(self, role, member, charos, aziza):
        who = member(charos, role)
        assert [book["role"] for book in who.get("books/")] == [OWNER, role]
        assert who.get(f"books/{aziza.pk}/")["role"] == role
        change = who.refusal("patch", f"books/{aziza.pk}/", {"name": "Meniki"})
        assert change == (403, "role_not_allowed")

    def test_an_outsider_sees_their_own_only(self, shop, debtor, outsider, charos, aziza):
        assert [book["id"] for book in outsider.get("books/")] == [charos.pk]
        for method, body in (("get", None), ("patch", {"name": "Meniki"})):
            assert outsider.refusal(method, f"books/{aziza.pk}/", body) == (404, "not_found")

    @pytest.mark.parametrize("path", ["books/", "my/debts/"])
    def test_a_wrong_x_book_does_not_matter_there(self, path, api, charos, aziza):
        assert Shop(api(charos), book=aziza.pk).call("get", path).status_code == 200

    def test_a_debtor_disputes_their_own_debt_and_no_other(self, world, bobur, outsider, api):
        path = f"my/debts/{world['debt']}/dispute/"
        assert outsider.refusal("post", path, {"reason": "?"}) == (404, "not_found")
        assert Shop(api(bobur)).post(path, {"reason": "?"})["debt"] == world["debt"]


class TestXBook:
    @pytest.mark.parametrize("value", ["0", "-1", "abc", "", "9" * 19, "9" * 400, "1.0", "٣"])
    def test_anything_but_a_kept_book_is_no_membership(self, shop, value):
        response = shop.call("get", "users/", **{"X-Book": value.encode().decode("latin-1")})
        assert response.status_code == 403
        assert response.json()["code"] == "not_a_member"

    def test_ones_own_id_is_fine(self, shop, debtor, aziza):
        response = shop.call("get", "users/", **{"X-Book": str(aziza.pk)})
        assert [row["id"] for row in response.json()] == [debtor]
