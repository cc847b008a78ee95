"""The requests that the clients of the B2B product send, as they send them."""

import pytest
from django.test import Client

from ledger.models import User

FRONTEND = "http://localhost:3000"


@pytest.fixture
def browser():
    """A web page of another origin: JSON bodies, an Origin, CSRF checks as in real life."""
    return Client(enforce_csrf_checks=True, headers={"Origin": FRONTEND})


def post(browser, path, body, **headers):
    return browser.post(path, data=body, content_type="application/json", headers=headers)


@pytest.mark.django_db
class TestAuthFlow:
    """`Auth flow (Frontend uchun)`: code, its check, a password with the access token."""

    @pytest.fixture(autouse=True)
    def _development(self, settings):
        settings.DEV_OTP = True

    @pytest.mark.parametrize("slash", ["/", ""])
    def test_registers_a_person_and_signs_in(self, browser, slash):
        asked = post(browser, f"/api/auth/request-otp{slash}", {"phone_number": "+998901234567"})
        assert asked.status_code == 202
        code = asked.json()["dev_code"]

        entered = post(
            browser,
            f"/api/auth/verify-otp{slash}",
            {"phone_number": "+998901234567", "code": code},
        )
        assert entered.status_code == 200
        access = entered.json()["tokens"]["access"]

        answer = post(
            browser,
            f"/api/auth/set-password{slash}",
            {"password": "Password123", "full_name": "Temirov Muhammad"},
            Authorization=f"Bearer {access}",
        )
        assert answer.status_code == 200
        assert answer.json()["phone_number"] == "+998901234567"

        token = answer.json()["tokens"]["access"]
        me = browser.get(f"/api/auth/me{slash}", headers={"Authorization": f"Bearer {token}"})
        assert me.status_code == 200
        assert me.json()["full_name"] == "Temirov Muhammad"
        assert User.objects.get().check_password("Password123")

    def test_lets_the_page_read_every_answer_and_refusal(self, browser):
        asked = post(browser, "/api/auth/request-otp/", {"phone_number": "+998901234567"})
        again = post(browser, "/api/auth/request-otp/", {"phone_number": "+998901234567"})
        nobody = browser.get("/api/auth/me/")
        assert [asked.status_code, again.status_code, nobody.status_code] == [202, 429, 401]
        for response in (asked, again, nobody):
            assert response["Access-Control-Allow-Origin"] == FRONTEND
            assert "Retry-After" in response["Access-Control-Expose-Headers"]

    def test_lets_the_page_ask_first(self, browser):
        allowed = browser.options(
            "/api/auth/me/",
            headers={
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "authorization,content-type",
            },
        )
        assert allowed.status_code == 200
        assert "authorization" in allowed["Access-Control-Allow-Headers"]
