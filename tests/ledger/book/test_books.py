import pytest

from ledger.models import Book, BookMember
from tests.conftest import make_person
from tests.ledger.book.shop import Shop

pytestmark = pytest.mark.django_db


class TestBooks:
    def test_of_an_account_are_its_own_from_the_start(self, shop, aziza):
        own = {"id": aziza.pk, "name": "", "role": "owner", "currencies": ["UZS"]}
        assert shop.get("books/") == [own]
        assert shop.get(f"books/{aziza.pk}/") == own
        assert not Book.objects.exists()

    def test_are_ones_own_and_then_the_newest(self, member, charos, api, bobur, aziza):
        member(charos, "manager")
        BookMember.objects.create(
            book=Book.objects.create(owner=bobur, name="Bobur"), user=charos, role="cashier"
        )
        keeper = Shop(api(charos))
        expected = [(charos.pk, "owner"), (bobur.pk, "cashier"), (aziza.pk, "manager")]
        assert [(book["id"], book["role"]) for book in keeper.get("books/")] == expected
        found, address = [], "/api/v1/books/?limit=1&count=1"
        while address:
            response = keeper.client.get(address)
            assert response["X-Total-Count"] == "3"
            found += [(book["id"], book["role"]) for book in response.json()]
            address = response.headers.get("Link", "").split(">")[0].lstrip("<")
        assert found == expected

    def test_take_a_name_and_currencies_of_their_owner(self, shop, aziza):
        path = f"books/{aziza.pk}/"
        assert shop.patch(path, {"name": " Do'kon "})["name"] == "Do'kon"
        changed = shop.patch(path, {"currencies": ["USD", "UZS"]})
        assert (changed["name"], changed["currencies"]) == ("Do'kon", ["UZS", "USD"])
        assert shop.patch(path, {"currencies": ["UZS"]})["currencies"] == ["UZS"]
        assert shop.patch(path, {"name": ""})["name"] == ""
        shop.patch(path, {})

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "a" * 101},
            {"name": None},
            {"currencies": []},
            {"currencies": ["USD"]},
            {"currencies": ["UZS", "EUR"]},
            {"currencies": ["UZS", "UZS", "USD"]},
            {"currencies": "UZS"},
            {"currencies": None},
            {"currencies": [["UZS"]]},
        ],
    )
    def test_refuse_what_does_not_fit(self, shop, aziza, body):
        assert shop.refusal("patch", f"books/{aziza.pk}/", body) == (400, "invalid")

    def test_are_not_made_or_deleted(self, shop, aziza):
        assert shop.refusal("post", "books/", {})[0] == 405
        assert shop.refusal("delete", f"books/{aziza.pk}/")[0] == 405


class TestMembers:
    def test_join_by_their_number(self, shop, charos):
        body = {"phone_number": "90 111 00 03", "role": "manager"}
        joined = shop.post("book/members/", body)
        assert joined == {
            "id": joined["id"],
            "phone_number": charos.phone_number,
            "full_name": "Charos Yusupova",
            "role": "manager",
        }
        assert shop.get("book/members/") == [joined]

    def test_get_another_role_when_they_are_there(self, shop, charos):
        first = shop.post("book/members/", {"phone_number": charos.phone_number, "role": "manager"})
        second = shop.post(
            "book/members/", {"phone_number": charos.phone_number, "role": "cashier"}
        )
        assert second == first | {"role": "cashier"}
        assert shop.get("book/members/") == [second]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"phone_number": "+998909999999", "role": "manager"}, "no_such_account"),
            ({"phone_number": "+998901110001", "role": "manager"}, "owner_is_no_member"),
            ({"phone_number": "salom", "role": "manager"}, "phone_number_invalid"),
            ({"phone_number": "+998901110003", "role": "owner"}, "invalid"),
            ({"phone_number": "+998901110003"}, "invalid"),
            ({"role": "manager"}, "invalid"),
        ],
    )
    def test_are_refused_otherwise(self, shop, charos, body, code):
        assert shop.refusal("post", "book/members/", body) == (400, code)
        assert shop.get("book/members/") == []

    def test_leave(self, shop, member, charos):
        keeper = member(charos, "manager")
        assert keeper.get("users/") == []
        [row] = shop.get("book/members/")
        shop.delete(f"book/members/{row['id']}/")
        assert shop.get("book/members/") == []
        assert shop.refusal("delete", f"book/members/{row['id']}/") == (404, "not_found")

    def test_are_at_most_forty_and_come_in_pages(self, shop):
        for place in range(41):
            make_person(f"Xodim {place}", f"+9989033300{place:02}")
        joined = [
            shop.post("book/members/", {"phone_number": f"9033300{place:02}", "role": "cashier"})
            for place in range(40)
        ]
        body = {"phone_number": "903330040", "role": "cashier"}
        assert shop.refusal("post", "book/members/", body) == (409, "too_many_members")
        found, address = [], "/api/v1/book/members/?limit=7"
        while address:
            response = shop.client.get(address)
            found += response.json()
            address = response.headers.get("Link", "").split(">")[0].lstrip("<")
        assert found == joined[::-1]
