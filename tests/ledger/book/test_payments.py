import pytest

from ledger.models import DebtPayment, Payment

pytestmark = pytest.mark.django_db


class TestRecordPayment:
    def test_answers_the_payment_and_what_it_paid(self, shop, debtor, bobur):
        first, second = shop.debt(debtor, "60.00"), shop.debt(debtor, "60.00")
        body = {"user": debtor, "amount": "100", "description": "To'lov qilindi."}
        payment = shop.post("payments/", body)
        created_at = payment["created_at"]
        assert payment == {
            "id": payment["id"],
            "user": debtor,
            "full_name": "Bobur Aliyev",
            "phone_number": bobur.phone_number,
            "amount": "100.00",
            "description": "To'lov qilindi.",
            "created_at": created_at,
            "occurred_at": created_at,
            "currency": "UZS",
            "credited": "0.00",
            "refunded": "0.00",
            "allocations": [
                {"debt": first, "amount": "60.00"},
                {"debt": second, "amount": "40.00"},
            ],
        }
        assert shop.get(f"payments/{payment['id']}/") == payment
        payment.pop("allocations")
        assert shop.get("payments/") == [payment]

    def test_pays_named_debts_first(self, shop, debtor):
        old, new = shop.debt(debtor, "60.00"), shop.debt(debtor, "60.00")
        named = [{"debt": new, "amount": "50.00"}]
        payment = shop.payment(debtor, "80.00", allocations=named)
        assert payment["allocations"] == [
            {"debt": new, "amount": "50.00"},
            {"debt": old, "amount": "30.00"},
        ]

    def test_with_no_description_says_null(self, shop, debtor):
        assert shop.payment(debtor)["description"] is None
        assert shop.payment(debtor, description="")["description"] is None
        assert shop.payment(debtor, description=None)["description"] is None
        assert {row["description"] for row in shop.get("payments/")} == {None}

    def test_dry_run_answers_the_same_and_writes_nothing(self, shop, debtor):
        shop.debt(debtor, "60.00")
        body = {"user": debtor, "amount": "100.00"}
        path = "payments/?dry_run=true"
        key = {"Idempotency-Key": "one"}
        tried = shop.call("post", path, body, **key)
        assert tried.status_code == 200
        assert not Payment.objects.exists()
        assert not DebtPayment.objects.exists()
        # The key was not used up by the trial.
        done = shop.call("post", "payments/", body, **key)
        assert (done.status_code, "Idempotent-Replayed" in done) == (201, False)
        moments = ("id", "created_at", "occurred_at")
        assert without(tried.json(), moments) == without(done.json(), moments)
        assert tried.json()["id"] is None
        assert shop.refusal("post", "payments/?dry_run=x", body) == (400, "invalid")

    @pytest.mark.parametrize(
        "allocations",
        [
            "x",
            [1],
            [{}],
            [{"debt": "x", "amount": "1.00"}],
            [{"debt": 1, "amount": "0"}],
            [{"debt": 1}],
            [{"debt": 1, "amount": "1.00"}] * 1001,
        ],
    )
    def test_refuses_allocations_of_a_wrong_shape(self, shop, debtor, allocations):
        body = {"user": debtor, "amount": "5.00", "allocations": allocations}
        assert shop.refusal("post", "payments/", body) == (400, "invalid")

    def test_refuses_named_debts_it_cannot_pay(self, shop, debtor, outsider, with_dollars):
        own = shop.debt(debtor, "10.00")
        void = shop.debt(debtor)
        shop.delete(f"debts/{void}/")
        dollars = shop.debt(debtor, "10.00", currency="USD")
        others = shop.debt(shop.debtor("Eldor"), "10.00")
        foreign = outsider.debt(outsider.debtor(), "10.00")
        for debts in ([void], [dollars], [others], [foreign], [own, own], [foreign + 999]):
            named = [{"debt": debt, "amount": "1.00"} for debt in debts]
            body = {"user": debtor, "amount": "5.00", "allocations": named}
            assert shop.refusal("post", "payments/", body) == (400, "allocation_invalid")
        for part in ("10.01", "6.00"):
            named = [{"debt": own, "amount": part}]
            body = {"user": debtor, "amount": "5.00", "allocations": named}
            assert shop.refusal("post", "payments/", body) == (400, "allocation_invalid")
        assert not Payment.objects.exists()


class TestVoidPayment:
    def test_opens_its_debts_and_is_gone(self, shop, debtor):
        debt = shop.debt(debtor)
        payment = shop.payment(debtor)["id"]
        shop.delete(f"payments/{payment}/")
        assert shop.get(f"debts/{debt}/")["status"] == "pending"
        assert shop.get("payments/") == []
        for method in ("get", "delete"):
            assert shop.refusal(method, f"payments/{payment}/") == (404, "not_found")

    def test_is_refused_once_partly_refunded(self, shop, debtor):
        payment = shop.payment(debtor)["id"]
        user = shop.post(f"user/{debtor}/refund/", {"amount": "1.00"}, 200)
        assert user["credit_balance"] == "99.00"
        refusal = shop.refusal("delete", f"payments/{payment}/")
        assert refusal == (409, "credit_refunded")
        found = shop.get(f"payments/{payment}/")
        assert (found["credited"], found["refunded"]) == ("99.00", "1.00")

    @pytest.mark.parametrize("method", ["put", "patch", "post"])
    def test_payments_are_never_changed(self, shop, debtor, method):
        payment = shop.payment(debtor)["id"]
        assert shop.refusal(method, f"payments/{payment}/", {})[0] == 405


class TestRefund:
    def test_is_never_more_than_the_credit(self, shop, debtor, with_dollars):
        shop.payment(debtor, "5.00")
        path = f"user/{debtor}/refund/"
        assert shop.refusal("post", path, {"amount": "5.01"}) == (409, "not_enough_credit")
        dollars = {"amount": "1.00", "currency": "USD"}
        assert shop.refusal("post", path, dollars) == (409, "not_enough_credit")


def without(answer, names):
    return {name: value for name, value in answer.items() if name not in names}
