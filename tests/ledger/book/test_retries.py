"""`Idempotency-Key` on the writes of a book: one row, and every answer the same."""

from collections import Counter

import pytest

from ledger.models import Debt, Debtor, Entry, Payment
from tests.ledger.book.shop import Shop
from tests.race import at_once

pytestmark = pytest.mark.django_db(transaction=True)

KEY = {"Idempotency-Key": "b7b5a1d0-1"}


def test_one_payment_sent_fifty_times_at_once_is_one(shop, debtor):
    shop.debt(debtor, "60.00")
    body = {"user": debtor, "amount": "100.00"}
    responses = at_once([lambda: shop.call("post", "payments/", body, **KEY)] * 50)
    responses += [shop.call("post", "payments/", body, **KEY) for _ in range(50)]
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    replayed = Counter(response.headers.get("Idempotent-Replayed") for response in responses)
    assert replayed == {"true": 99, None: 1}
    assert Payment.objects.count() == 1
    assert Entry.objects.filter(kind="payment").count() == 1


def test_another_body_under_the_key_is_refused(shop, debtor):
    first = shop.call("post", "payments/", {"user": debtor, "amount": "100.00"}, **KEY)
    assert first.status_code == 201
    for body in ({"user": debtor, "amount": "100.01"}, {"user": debtor}, {}, []):
        response = shop.call("post", "payments/", body, **KEY)
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_mismatch")
    assert Payment.objects.count() == 1


def test_the_same_body_spelt_otherwise_is_the_same(shop, debtor):
    spellings = [
        b'{"user": %d, "amount": 100}' % debtor,
        b'{"amount":1e2,"user":%d}' % debtor,
        b'{ "amount" : 100.00, "user" : %d }' % debtor,
    ]
    answers = {
        shop.client.post(
            f"/api/v1/payments{slash}", spelt, content_type="application/json", headers=KEY
        ).content
        for spelt in spellings
        for slash in ("", "/")
    }
    assert len(answers) == 1
    assert Payment.objects.count() == 1


def test_a_refusal_is_decided_afresh(shop, debtor):
    path, body = f"user/{debtor}/refund/", {"amount": "5.00"}
    assert shop.call("post", path, body, **KEY).status_code == 409
    shop.payment(debtor, "5.00")
    assert shop.call("post", path, body, **KEY).status_code == 200
    assert shop.call("post", path, body, **KEY)["Idempotent-Replayed"] == "true"
    assert shop.get(f"user/{debtor}/")["credit_balance"] == "0.00"


def test_a_key_counts_in_its_book_and_path_only(shop, debtor, member, charos, api):
    keeper, own = member(charos, "manager"), Shop(api(charos))
    body = {"full_name": "Eldor"}
    for who in (keeper, own, shop):
        assert "Idempotent-Replayed" not in who.call("post", "users/", body, **KEY)
        assert who.call("post", "users/", body, **KEY)["Idempotent-Replayed"] == "true"
    debt = {"user": debtor, "amount": "1.00"}
    assert "Idempotent-Replayed" not in shop.call("post", "debts/", debt, **KEY)
    assert "Idempotent-Replayed" not in shop.call("post", "payments/", debt, **KEY)
    assert Debtor.objects.filter(full_name="Eldor").count() == 3
    assert (Debt.objects.count(), Payment.objects.count()) == (1, 1)


def test_every_post_of_the_ledger_honours_it(shop, debtor, bobur, api):
    debt = shop.debt(debtor)
    shop.payment(shop.debtor("Eldor"))
    creditor = shop.get("users/")[0]["id"]
    bobur_himself = Shop(api(bobur))
    for who, path, body in [
        (shop, "users/", {"full_name": "Feruza"}),
        (shop, "debts/", {"user": debtor, "amount": "1.00"}),
        (shop, "payments/", {"user": debtor, "amount": "1.00"}),
        (shop, f"user/{creditor}/refund/", {"amount": "1.00"}),
        (shop, f"debts/{debt}/write-off/", {"amount": "1.00", "reason": "x"}),
        (bobur_himself, f"my/debts/{debt}/dispute/", {"reason": "x"}),
        (shop, f"debts/{debt}/dispute/resolve/", {"note": "x"}),
        (shop, "book/members/", {"phone_number": bobur.phone_number, "role": "cashier"}),
    ]:
        first = who.call("post", path, body, **KEY)
        again = who.call("post", path, body, **KEY)
        assert first.status_code in (200, 201), (path, first.content)
        assert again["Idempotent-Replayed"] == "true", path
        assert (again.status_code, again.content) == (first.status_code, first.content)
