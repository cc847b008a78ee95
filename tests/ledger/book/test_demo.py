import io

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from core.demo import PASSWORD
from ledger.models import Debt, Debtor, Dispute, Payment, User
from tests.ledger.book.shop import Shop

pytestmark = pytest.mark.django_db

AZIZA, BOBUR = "+998901110001", "+998901110002"


@pytest.fixture(autouse=True)
def development(settings, tmp_path):
    settings.DEBUG = True
    settings.MEDIA_ROOT = tmp_path


def demo(*options):
    printed = io.StringIO()
    call_command("demo", *options, stdout=printed)
    return printed.getvalue()


def log_in(number, password=PASSWORD):
    client = APIClient()
    body = {"phone_number": number, "password": password}
    response = client.post("/api/v1/login/", body)
    assert response.status_code == 200, response.content
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['tokens']['access']}")
    return Shop(client)


def counts():
    return [model.objects.count() for model in (User, Debtor, Debt, Payment, Dispute)]


def test_fills_a_shop_that_has_everything_to_show():
    demo()
    shop, bobur = log_in(AZIZA), log_in(BOBUR)
    statuses = {debt["status"] for debt in shop.get("debts/")}
    assert statuses == {"pending", "partially_paid", "paid"}
    assert any(user["credit_balance"] != "0.00" for user in shop.get("users/"))
    for row in shop.get("reports/summary/"):
        assert row["open_total"] != "0.00"
    assert sum(row["lent"] != "0.00" for row in shop.get("reports/daily/")) >= 3
    assert any(debt["is_disputed"] for debt in bobur.get("my/debts/")[0]["debts"])
    call_command("verify_ledger", stdout=io.StringIO())


def test_fills_nothing_twice():
    demo()
    before = counts()
    demo()
    assert counts() == before


def test_says_who_can_sign_in_and_nobody_who_is_not_there():
    assert demo("--log-ins") == ""
    assert counts() == [0, 0, 0, 0, 0]
    printed = demo()
    assert printed == demo("--log-ins")
    assert AZIZA in printed
    assert PASSWORD in printed


def test_leaves_a_person_who_was_there_with_their_own_password(aziza):
    demo()
    assert (
        APIClient()
        .post("/api/v1/login/", {"phone_number": AZIZA, "password": PASSWORD})
        .status_code
        == 401
    )


class TestInProduction:
    def test_wants_a_password_of_ones_own(self, settings):
        settings.DEBUG = False
        with pytest.raises(CommandError, match="--password"):
            demo()
        assert counts() == [0, 0, 0, 0, 0]

    def test_makes_no_operator_and_prints_no_password(self, settings):
        settings.DEBUG = False
        printed = demo("--password", "tarvuz-qovun-1")
        assert "tarvuz" not in printed
        assert PASSWORD not in printed
        assert not User.objects.filter(is_staff=True).exists()
        log_in(AZIZA, "tarvuz-qovun-1")
