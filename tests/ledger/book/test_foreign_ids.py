"""Another book's ids, wherever an id can stand: as good as absent."""

import random

import pytest

from tests.conftest import make_person
from tests.ledger.book.shop import Shop

pytestmark = pytest.mark.django_db

TRIALS = 1200
SEED = 20260808


@pytest.fixture
def foreign(shop, aziza):
    """Ids of Aziza's debtors, debts, payments and members."""
    found = {"user": [], "debt": [], "payment": [], "member": []}
    for place in range(4):
        user = shop.debtor(f"Mijoz {place}", f"+99890222000{place}")
        found["user"].append(user)
        found["debt"] += [shop.debt(user, "50.00"), shop.debt(user, "50.00")]
        found["payment"].append(shop.payment(user, "60.00")["id"])
    for place in range(3):
        make_person(f"Xodim {place}", f"+99890333000{place}")
        body = {"phone_number": f"90333000{place}", "role": "manager"}
        found["member"].append(shop.post("book/members/", body)["id"])
    return found


PATHS = [
    ("get", "user/{user}/", None),
    ("patch", "user/{user}/", {"full_name": "x"}),
    ("put", "user/{user}/", {"full_name": "x"}),
    ("delete", "user/{user}/", None),
    ("get", "user/{user}/statement/", None),
    ("post", "user/{user}/refund/", {"amount": "1.00"}),
    ("get", "debts/{debt}/", None),
    ("patch", "debts/{debt}/", {"description": "x"}),
    ("delete", "debts/{debt}/", None),
    ("post", "debts/{debt}/write-off/", {"reason": "x"}),
    ("delete", "debts/{debt}/write-off/", None),
    ("post", "debts/{debt}/dispute/resolve/", {"note": "x"}),
    ("post", "my/debts/{debt}/dispute/", {"reason": "x"}),
    ("get", "payments/{payment}/", None),
    ("delete", "payments/{payment}/", None),
    ("delete", "book/members/{member}/", None),
]


def generated(foreign, own, own_debt):
    """Calls of the outsider, each with ids of Aziza's book somewhere."""
    chance = random.Random(SEED)
    for _trial in range(TRIALS):
        ids = {kind: chance.choice(rows) for kind, rows in foreign.items()}
        # Of another kind, too: an id that is a debt here may be a payment there.
        some_id = chance.choice([row for rows in foreign.values() for row in rows])
        shape = chance.randrange(5)
        if shape == 0:
            method, path, body = chance.choice(PATHS)
            yield method, path.format(**ids), body, 404
        elif shape == 1:
            body = {"user": ids["user"], "amount": "1.00"}
            yield "post", chance.choice(["debts/", "payments/"]), body, 404
        elif shape == 2:
            named = [{"debt": chance.choice([ids["debt"], some_id]), "amount": "1.00"}]
            if chance.random() < 0.5:
                named.insert(chance.randrange(2), {"debt": own_debt, "amount": "1.00"})
            body = {"user": own, "amount": "9.00", "allocations": named}
            dry = chance.choice(["", "?dry_run=1"])
            yield "post", f"payments/{dry}", body, None if own_debt == some_id else 400
        else:
            path = chance.choice(["debts/", "payments/"])
            more = chance.choice(["", "&limit=1", "&status=pending", "&full_name=mijoz"])
            yield "get", f"{path}?user={ids['user']}{more}&count=1", None, 200


def test_are_never_accepted(shop, foreign, outsider, aziza):
    mine = outsider.debtor("Eldor")
    my_debt = outsider.debt(mine, "100.00")
    mine_before, theirs_before = everything(outsider), everything(shop)
    accepted = []
    for method, path, body, expected in generated(foreign, mine, my_debt):
        response = outsider.call(method, path, body)
        shown = response.status_code == 200 and response.json() != []
        if response.status_code != expected or shown:
            accepted.append((method, path, body, response.status_code))
    assert accepted == []
    assert everything(outsider) == mine_before
    assert everything(shop) == theirs_before


def test_of_a_book_one_keeps_are_not_found_from_ones_own(shop, foreign, member, charos, api):
    keeper = member(charos, "manager")
    assert keeper.get(f"user/{foreign['user'][0]}/")["id"] == foreign["user"][0]
    own = Shop(api(charos))
    for method, path, body in PATHS:
        ids = {kind: rows[0] for kind, rows in foreign.items()}
        assert own.refusal(method, path.format(**ids), body) == (404, "not_found")


def everything(who: Shop):
    return [who.get(path) for path in ("users/", "debts/", "payments/", "book/members/")]
