"""Numbers and texts that are none: 400, and not a row."""

import pytest

from ledger.models import Debt, Debtor, Entry, Payment

pytestmark = pytest.mark.django_db

# As they stand in the JSON of a body.
NO_AMOUNTS = [
    "NaN", "Infinity", "-Infinity", "1e400", "1e2", "1E2", "-0", "0", "0.00", "-1", "1.005",
    "1" + "0" * 30, "1" * 13, "0.001", "true", "false", "null", "[]", "{}", '[1]',
    '"NaN"', '"1e2"', '"-0"', '"0"', '"0.00"', '"-1"', '"+1"', '"1.005"', '"1."', '".5"',
    '" 1"', '"1 "', '"1 000"', '"1,5"', '"١"', '"1\\u0000"', '"1_0"', '""', '"' + "9" * 13 + '"',
    '"0x1"', '"Infinity"', "1.", ".5", "01", "1_0",
]  # fmt: skip
NO_TEXTS = [
    r'"a\u0000b"', r'"\u0000"', r'"\ud800"', r'"a\udfffb"', r'"\udc00\ud800"',
    "1", "true", "[]", "{}",
]  # fmt: skip


def refused(shop, path, json):
    """Send a body as it stands, also what no client library would write."""
    response = shop.client.post(f"/api/v1/{path}", json.encode(), content_type="application/json")
    return response.status_code == 400 and response.json()["code"] == "invalid"


@pytest.mark.parametrize("path", ["debts/", "payments/"])
def test_what_is_no_amount_is_refused(shop, debtor, path):
    taken = [
        literal
        for literal in NO_AMOUNTS
        if not refused(shop, path, f'{{"user": {debtor}, "amount": {literal}}}')
    ]
    assert taken == []
    assert not Debt.objects.exists()
    assert not Payment.objects.exists()
    assert not Entry.objects.exists()


def test_what_is_no_amount_is_refused_everywhere_else(shop, debtor):
    debt = shop.debt(debtor)
    shop.payment(debtor, "150.00")
    lines = Entry.objects.count()
    # Without an amount a write-off is of all that remains.
    optional = [literal for literal in NO_AMOUNTS if literal != "null"]
    named = f'{{"user": {debtor}, "amount": 5, "allocations": [{{"debt": {debt}, "amount": %s}}]}}'
    for path, body, literals in [
        (f"user/{debtor}/refund/", '{"amount": %s}', NO_AMOUNTS),
        (f"debts/{debt}/write-off/", '{"reason": "x", "amount": %s}', optional),
        ("payments/", named, NO_AMOUNTS),
    ]:
        taken = [literal for literal in literals if not refused(shop, path, body % literal)]
        assert (path, taken) == (path, [])
    assert Entry.objects.count() == lines


def test_amounts_are_kept_to_the_tiyin(shop, debtor):
    for written, kept in [
        ("0.1", "0.10"),
        ("999999999999.99", "999999999999.99"),
        ('"0.01"', "0.01"),
        ('"007"', "7.00"),
    ]:
        body = f'{{"user": {debtor}, "amount": {written}}}'
        response = shop.client.post(
            "/api/v1/debts/", body.encode(), content_type="application/json"
        )
        assert (response.status_code, response.json().get("amount")) == (201, kept)


def test_what_is_no_text_is_refused(shop, debtor):
    debt = shop.debt(debtor)
    debtors = Debtor.objects.count()
    for path, body in [
        ("users/", '{"full_name": %s}'),
        ("users/", '{"full_name": "Eldor", "note": %s}'),
        ("debts/", f'{{"user": {debtor}, "amount": 1, "description": %s}}'),
        ("payments/", f'{{"user": {debtor}, "amount": 1, "description": %s}}'),
        (f"debts/{debt}/write-off/", '{"reason": %s}'),
        (f"user/{debtor}/refund/", '{"amount": 1, "description": %s}'),
    ]:
        taken = [text for text in NO_TEXTS if not refused(shop, path, body % text)]
        assert (path, taken) == (path, [])
    assert Debtor.objects.count() == debtors
    assert Debt.objects.count() == 1
    assert not Payment.objects.exists()


@pytest.mark.parametrize("path", ["users/", "debts/", "payments/", "book/members/"])
@pytest.mark.parametrize("body", ["", "[]", '"x"', "1", "null", "{", "{} {}", "\xff", "[" * 5000])
def test_a_body_that_is_no_object_is_refused(shop, path, body):
    assert refused(shop, path, body)


def test_a_form_is_not_taken(shop):
    response = shop.client.post("/api/v1/users/", {"full_name": "Eldor"}, format="multipart")
    assert response.status_code == 415


def test_a_name_that_unfolds_into_thousands_of_letters_is_a_name(shop):
    name = "\ufdfa" * 150  # each is 18 letters in any other form
    made = shop.client.post("/api/v1/users/", {"full_name": name})
    assert made.status_code == 201
    changed = shop.client.patch(f"/api/v1/user/{made.json()['id']}/", {"full_name": name})
    assert (changed.status_code, changed.json()["full_name"]) == (200, name)
