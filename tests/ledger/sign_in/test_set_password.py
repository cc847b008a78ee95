from datetime import timedelta

import pytest
from django.utils import timezone

from ledger.models import Session, Ticket, User
from tests.conftest import PASSWORD
from tests.ledger.sign_in.conftest import DILNOZA, bearer, has_problem

pytestmark = pytest.mark.django_db

URL = "/api/auth/set-password/"
NEW = "yangi-parol-77"


def set_by_ticket(client, ticket, password=NEW, **more):
    return client.post(URL, {"password": password, "ticket": ticket, **more})


class TestSetPassword:
    def test_takes_the_ticket_of_a_code(self, anyone, sign_in, log_in):
        body = sign_in(DILNOZA)
        response = set_by_ticket(anyone, body["ticket"], full_name="  Dilnoza Rashidova ")
        assert response.status_code == 200
        assert set(response.json()) == {"phone_number", "tokens"}
        assert response.json()["phone_number"] == DILNOZA
        assert User.objects.get().full_name == "Dilnoza Rashidova"
        assert log_in(DILNOZA, NEW).status_code == 200

    def test_takes_the_bearer_of_a_session_that_a_code_opened(self, sign_in, log_in):
        client = bearer(sign_in(DILNOZA)["tokens"]["access"])
        assert client.post(URL, {"password": NEW}).status_code == 200
        assert log_in(DILNOZA, NEW).status_code == 200

    def test_replaces_a_forgotten_password(self, anyone, aziza, sign_in, log_in):
        set_by_ticket(anyone, sign_in(aziza.phone_number)["ticket"])
        assert log_in(aziza.phone_number, PASSWORD).status_code == 401
        assert log_in(aziza.phone_number, NEW).status_code == 200

    def test_keeps_the_name_when_none_is_sent(self, anyone, aziza, sign_in):
        set_by_ticket(anyone, sign_in(aziza.phone_number)["ticket"], full_name="")
        aziza.refresh_from_db()
        assert aziza.full_name == "Aziza Karimova"

    def test_keeps_blanks_around_a_password(self, anyone, sign_in, log_in):
        set_by_ticket(anyone, sign_in(DILNOZA)["ticket"], password="  olma anor  ")
        assert log_in(DILNOZA, "olma anor").status_code == 401
        assert log_in(DILNOZA, "  olma anor  ").status_code == 200

    def test_goes_by_the_ticket_whatever_token_comes_along(self, sign_in, api, charos, log_in):
        ticket = sign_in(DILNOZA)["ticket"]
        assert set_by_ticket(api(charos), ticket).json()["phone_number"] == DILNOZA
        assert log_in(charos.phone_number, PASSWORD).status_code == 200


class TestWhatLivesOn:
    @pytest.fixture
    def proving(self, aziza, sign_in):
        return sign_in(aziza.phone_number)

    def test_is_the_proving_session_with_its_new_tokens_only(self, anyone, proving):
        tokens = set_by_ticket(anyone, proving["ticket"]).json()["tokens"]
        assert bearer(tokens["access"]).get("/api/auth/me/").status_code == 200
        assert bearer(proving["tokens"]["access"]).get("/api/auth/me/").status_code == 401
        old = anyone.post("/api/auth/refresh/", {"refresh": proving["tokens"]["refresh"]})
        assert has_problem(old, 401, "token_invalid")
        new = anyone.post("/api/auth/refresh/", {"refresh": tokens["refresh"]})
        assert new.status_code == 200
        assert Session.objects.live().count() == 1

    def test_is_no_other_session(self, anyone, aziza, proving, api):
        elsewhere = api(aziza)
        assert elsewhere.get("/api/auth/me/").status_code == 200
        set_by_ticket(anyone, proving["ticket"])
        assert elsewhere.get("/api/auth/me/").status_code == 401
        assert Session.objects.get(end_reason="password").user == aziza

    def test_is_the_session_of_charos(self, anyone, charos, proving, api):
        hers = api(charos)
        set_by_ticket(anyone, proving["ticket"])
        assert hers.get("/api/auth/me/").status_code == 200


class TestRefusesAProof:
    @pytest.fixture
    def ticket(self, aziza, sign_in):
        return sign_in(aziza.phone_number)["ticket"]

    def test_that_was_used(self, anyone, ticket):
        assert set_by_ticket(anyone, ticket).status_code == 200
        assert has_problem(set_by_ticket(anyone, ticket, "another-one-8"), 401, "ticket_invalid")

    def test_that_has_expired(self, anyone, ticket):
        Ticket.objects.update(expires_at=timezone.now())
        assert has_problem(set_by_ticket(anyone, ticket), 401, "ticket_invalid")

    def test_that_nobody_gave_out(self, anyone, ticket):
        assert has_problem(set_by_ticket(anyone, ticket[:-1] + "!"), 401, "ticket_invalid")

    def test_whose_session_has_ended(self, anyone, ticket):
        Session.objects.update(ended_at=timezone.now(), end_reason="logout")
        assert has_problem(set_by_ticket(anyone, ticket), 401, "ticket_invalid")

    def test_whose_session_expires_meanwhile(self, anyone, ticket):
        Session.objects.update(expires_at=timezone.now())
        assert has_problem(set_by_ticket(anyone, ticket), 401, "ticket_invalid")
        assert Ticket.objects.get().used_at is None

    def test_of_a_deactivated_account(self, anyone, ticket):
        User.objects.update(is_active=False)
        assert has_problem(set_by_ticket(anyone, ticket), 401, "ticket_invalid")

    def test_that_is_absent(self, anyone):
        refused = anyone.post(URL, {"password": NEW})
        assert has_problem(refused, 401, "ticket_invalid")
        assert refused["WWW-Authenticate"].startswith("Bearer")

    def test_that_is_a_session_opened_by_password(self, aziza, log_in):
        client = bearer(log_in(aziza.phone_number, PASSWORD).json()["tokens"]["access"])
        assert has_problem(client.post(URL, {"password": NEW}), 401, "ticket_invalid")

    def test_that_is_a_session_older_than_ten_minutes(self, aziza, sign_in):
        client = bearer(sign_in(aziza.phone_number)["tokens"]["access"])
        Session.objects.update(created_at=timezone.now() - timedelta(minutes=10))
        assert has_problem(client.post(URL, {"password": NEW}), 401, "ticket_invalid")

    @pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer a b", "Basic YTpi", "x"])
    def test_that_is_no_token(self, anyone, header):
        anyone.credentials(HTTP_AUTHORIZATION=header)
        assert has_problem(anyone.post(URL, {"password": NEW}), 401, "ticket_invalid")


class TestRefusesAPassword:
    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("sevenff", "too_short"),
            ("x" * 129, "too_long"),
            ("1234567890", "only_digits"),
            ("٣٤٥٦٧٨٩٠١", "only_digits"),
            ("998901110001", "is_phone_number"),
            ("901110001", "is_phone_number"),
            ("+998901110001", "is_phone_number"),
            ("+998 (90) 111-00-01", "is_phone_number"),
        ],
    )
    def test_that_is_too_weak(self, anyone, aziza, sign_in, password, why):
        ticket = sign_in(aziza.phone_number)["ticket"]
        refused = set_by_ticket(anyone, ticket, password)
        assert has_problem(refused, 400, "password_too_weak")
        assert refused.json()["errors"][0]["code"] == why
        # The ticket is still good: a weak password costs nothing.
        assert set_by_ticket(anyone, ticket).status_code == 200

    @pytest.mark.parametrize("password", ["eightchr", "x" * 128, "+12 34 56", "пароль-узун"])
    def test_but_takes_any_other(self, anyone, aziza, sign_in, password):
        ticket = sign_in(aziza.phone_number)["ticket"]
        assert set_by_ticket(anyone, ticket, password).status_code == 200

    @pytest.mark.parametrize("password", [None, "", 12345678, ["olma-anor"], "x" * 5000])
    def test_that_is_no_text(self, anyone, aziza, sign_in, password):
        ticket = sign_in(aziza.phone_number)["ticket"]
        response = anyone.post(URL, {"password": password, "ticket": ticket})
        assert response.status_code == 400

    def test_that_cannot_be_stored(self, anyone, sign_in):
        ticket = sign_in(DILNOZA)["ticket"]
        body = b'{"ticket": "%s", "password": "olma\\u0000anor"}' % ticket.encode()
        response = anyone.post(URL, data=body, content_type="application/json")
        assert response.status_code == 400
