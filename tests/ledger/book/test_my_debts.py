from datetime import timedelta

import pytest
from django.utils import timezone

from ledger.models import Debt, DebtPayment, Entry
from ledger.queries import my_debts
from tests.ledger.book.shop import Shop
from tests.ledger.book.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def bobur_himself(api, bobur):
    return Shop(api(bobur))


def ids(group):
    return [debt["id"] for debt in group["debts"]]


def test_show_what_one_owes_and_nothing_of_the_shops_own(
    shop, bobur, bobur_himself, aziza, with_dollars
):
    user = shop.debtor("Bobur qarzdor!", bobur.phone_number, note="ishonchsiz")
    shop.debt(shop.debtor("Eldor"), "999.00")
    som = shop.debt(user, "100.00", description="un", due_date="2026-12-31")
    dollars = shop.debt(user, "3.00", currency="USD")
    shop.payment(user, "30.00")
    response = bobur_himself.call("get", "my/debts/")
    groups = response.json()
    created_at = shop.get(f"debts/{som}/")["created_at"]
    assert groups[0] == {
        "book": aziza.pk,
        "creditor": {"full_name": "Aziza Karimova", "phone_number": "+998901110001"},
        "currency": "UZS",
        "open_total": "70.00",
        "credit_balance": "0.00",
        "debts": [
            {
                "id": som,
                "amount": "100.00",
                "remaining": "70.00",
                "status": "partially_paid",
                "description": "un",
                "created_at": created_at,
                "due_date": "2026-12-31",
                "is_disputed": False,
            }
        ],
    }
    assert [(g["currency"], ids(g)) for g in groups[1:]] == [("USD", [dollars])]
    for secret in (b"ishonchsiz", b"qarzdor!", b"Eldor", b"999"):
        assert secret not in response.content


def test_come_from_every_book_that_holds_the_number(
    shop, outsider, charos, bobur, bobur_himself, aziza
):
    for book in (shop, outsider):
        book.debt(book.debtor("Bobur", bobur.phone_number))
        book.debt(book.debtor("Boshqa", "+998901239999"))
    groups = bobur_himself.get("my/debts/")
    # The book with the latest change first.
    assert [group["book"] for group in groups] == [charos.pk, aziza.pk]
    assert {len(group["debts"]) for group in groups} == {1}


def test_come_in_pages(shop, outsider, bobur, bobur_himself, with_dollars):
    for book in (shop, outsider):
        book.debt(book.debtor("Bobur", bobur.phone_number))
    shop.debt(shop.get("users/")[0]["id"], "1.00", currency="USD")
    everything = bobur_himself.get("my/debts/")
    assert len(everything) == 3
    found, address = [], "/api/v1/my/debts/?limit=1&count=1"
    while address:
        response = bobur_himself.client.get(address)
        assert response["X-Total-Count"] == "3"
        found += response.json()
        address = response.headers.get("Link", "").split(">")[0].lstrip("<")
    assert found == everything


def test_are_none_where_nothing_was_ever_owed(shop, debtor, bobur_himself, outsider):
    assert bobur_himself.get("my/debts/") == []
    shop.debt(debtor)
    assert outsider.get("my/debts/") == []


def test_do_not_show_an_archived_debtors(shop, debtor, bobur_himself):
    shop.debt(debtor)
    shop.payment(debtor)
    assert len(bobur_himself.get("my/debts/")) == 1
    shop.delete(f"user/{debtor}/")
    assert bobur_himself.get("my/debts/") == []


def test_follow_the_number(shop, debtor, bobur_himself, outsider, charos):
    shop.debt(debtor)
    shop.patch(f"user/{debtor}/", {"phone_number": charos.phone_number})
    assert bobur_himself.get("my/debts/") == []
    assert len(outsider.get("my/debts/")) == 1


def test_show_credit_too(shop, debtor, bobur_himself):
    shop.payment(debtor, "5.00")
    [group] = bobur_himself.get("my/debts/")
    assert (group["open_total"], group["credit_balance"], group["debts"]) == ("0.00", "5.00", [])


class TestClosedDebts:
    def test_follow_the_open_ones(self, shop, debtor, bobur_himself):
        first, second, third, fourth = (shop.debt(debtor) for _ in range(4))
        named = [{"debt": third, "amount": "100.00"}]
        shop.payment(debtor, "100.00", allocations=named)
        shop.post(f"debts/{fourth}/write-off/", {"reason": "eski"}, 200)
        shop.delete(f"debts/{shop.debt(debtor)}/")
        [group] = bobur_himself.get("my/debts/")
        assert ids(group) == [second, first, fourth, third]

    def test_are_shown_for_ninety_days(self, shop, debtor, bobur_himself):
        paid, given_up, both = (shop.debt(debtor) for _ in range(3))
        shop.post(f"debts/{both}/write-off/", {"reason": "eski", "amount": "1.00"}, 200)
        shop.post(f"debts/{given_up}/write-off/", {"reason": "eski"}, 200)
        shop.payment(debtor, "199.00")
        assert set(self.shown(bobur_himself)) == {paid, given_up, both}
        self.close(89)
        assert set(self.shown(bobur_himself)) == {paid, given_up, both}
        self.close(91)
        assert self.shown(bobur_himself) == []
        # What was closed long ago and opened again is owed.
        shop.delete(f"debts/{given_up}/write-off/", 200)
        assert self.shown(bobur_himself) == [given_up]
        # And a late last part closes it anew.
        with unguarded(Entry):
            Entry.objects.filter(kind="write_off", debt_id=both).update(created_at=timezone.now())
        assert set(self.shown(bobur_himself)) == {given_up, both}

    def test_by_a_payment_taken_back_do_not_count_as_closed_then(self, shop, debtor, bobur_himself):
        debt = shop.debt(debtor)
        shop.delete(f"payments/{shop.payment(debtor)['id']}/")
        shop.payment(debtor)
        with unguarded(DebtPayment):
            live = DebtPayment.objects.filter(reversed_at__isnull=True)
            live.update(created_at=timezone.now() - timedelta(days=91))
        assert Debt.objects.get(pk=debt).status == "paid"
        assert self.shown(bobur_himself) == []

    @staticmethod
    def close(days_ago):
        moment = timezone.now() - timedelta(days=days_ago)
        with unguarded(Entry), unguarded(DebtPayment):
            Entry.objects.update(created_at=moment)
            DebtPayment.objects.update(created_at=moment)

    @staticmethod
    def shown(who):
        return [row for group in who.get("my/debts/") for row in ids(group)]


def test_are_at_most_so_many_a_group(shop, debtor, bobur_himself, monkeypatch):
    monkeypatch.setattr(my_debts, "MAX_DEBTS", 3)
    paid = [shop.debt(debtor, "1.00") for _ in range(2)]
    shop.payment(debtor, "2.00")
    still_open = [shop.debt(debtor) for _ in range(2)]
    [group] = bobur_himself.get("my/debts/")
    assert ids(group) == [*reversed(still_open), paid[1]]
    still_open += [shop.debt(debtor) for _ in range(2)]
    [group] = bobur_himself.get("my/debts/")
    assert ids(group) == still_open[:0:-1]


class TestDisputes:
    def test_are_opened_by_the_debtor_and_resolved_by_the_shop(self, shop, debtor, bobur_himself):
        debt = shop.debt(debtor)
        path = f"my/debts/{debt}/dispute/"
        dispute = bobur_himself.post(path, {"reason": " olmaganman "})
        created_at = dispute.pop("created_at")
        assert dispute == {
            "id": dispute["id"],
            "debt": debt,
            "reason": "olmaganman",
            "note": "",
            "resolved_at": None,
        }
        assert shop.get("debts/")[0]["is_disputed"] is True
        assert shop.get(f"debts/{debt}/")["is_disputed"] is True
        assert bobur_himself.get("my/debts/")[0]["debts"][0]["is_disputed"] is True
        again = bobur_himself.refusal("post", path, {"reason": "yana"})
        assert again == (409, "already_disputed")
        resolved = shop.post(f"debts/{debt}/dispute/resolve/", {"note": "to'g'ri"}, 200)
        assert resolved.pop("resolved_at") >= resolved.pop("created_at") == created_at
        assert resolved == {
            "id": dispute["id"],
            "debt": debt,
            "reason": "olmaganman",
            "note": "to'g'ri",
        }
        assert shop.get("debts/")[0]["is_disputed"] is False
        bobur_himself.post(path, {"reason": "yana"})

    def test_are_not_resolved_when_there_is_none(self, shop, debtor):
        debt = shop.debt(debtor)
        path = f"debts/{debt}/dispute/resolve/"
        assert shop.refusal("post", path, {"note": "x"}) == (404, "not_found")

    @pytest.mark.parametrize("words", [None, "", "  ", "a" * 1001, 1])
    def test_want_words(self, shop, debtor, bobur_himself, words):
        debt = shop.debt(debtor)
        path = f"my/debts/{debt}/dispute/"
        assert bobur_himself.refusal("post", path, {"reason": words}) == (400, "invalid")
        bobur_himself.post(path, {"reason": "x"})
        path = f"debts/{debt}/dispute/resolve/"
        assert shop.refusal("post", path, {"note": words}) == (400, "invalid")
