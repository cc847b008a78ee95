"""The requests that the clients of the debt book send, as they send them."""

import pytest
from django.test import Client

from tests.conftest import make_person

LOGIN = """{
    "phone_number": "+998947999898",
    "password": "Password123"
}
"""


@pytest.fixture
def shop(db):
    person = make_person("Temirov Muhammad", "+998947999898")
    person.set_password("Password123")
    person.save()
    return person


@pytest.fixture
def app():
    return Client(enforce_csrf_checks=True)


class TestLogin:
    """`Token olish`"""

    @pytest.mark.parametrize("path", ["/api/v1/login/", "/api/v1/login"])
    def test_gives_the_tokens_of_a_number_and_its_password(self, shop, app, path):
        response = app.post(path, data=LOGIN, content_type="application/json")
        assert response.status_code == 200
        body = response.json()
        assert set(body) >= {"phone_number", "tokens"}
        assert body["phone_number"] == "+998947999898"
        assert set(body["tokens"]) == {"refresh", "access"}
        for token in body["tokens"].values():
            assert token.startswith("eyJ")

    def test_opens_every_request_by_its_header(self, shop, app):
        response = app.post("/api/v1/login/", data=LOGIN, content_type="application/json")
        access = response.json()["tokens"]["access"]
        assert app.get("/api/auth/me").status_code == 401
        me = app.get("/api/auth/me", headers={"Authorization": f"Bearer {access}"})
        assert me.json()["phone_number"] == "+998947999898"
