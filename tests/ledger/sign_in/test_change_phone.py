import pytest

from ledger.models import OneTimeCode, User
from tests.conftest import PASSWORD
from tests.ledger.sign_in.conftest import DILNOZA, has_problem, wrong

pytestmark = pytest.mark.django_db

URL = "/api/auth/change-phone/"


def change(client, phone_number, code):
    return client.post(URL, {"phone_number": phone_number, "code": code})


class TestChangePhone:
    def test_moves_the_account_to_the_proven_number(self, aziza, api, code_for, log_in):
        client = api(aziza)
        response = change(client, "93 555 01 01", code_for(DILNOZA))
        assert response.status_code == 200
        assert (response.json()["id"], response.json()["phone_number"]) == (aziza.pk, DILNOZA)
        assert client.get("/api/auth/me/").json()["phone_number"] == DILNOZA
        assert log_in(DILNOZA, PASSWORD).status_code == 200
        assert log_in("+998901110001", PASSWORD).status_code == 401

    def test_frees_the_former_number(self, aziza, api, code_for, sign_in):
        change(api(aziza), DILNOZA, code_for(DILNOZA))
        assert sign_in("+998901110001")["is_new"] is True

    def test_takes_ones_own_number(self, aziza, api, code_for):
        response = change(api(aziza), aziza.phone_number, code_for(aziza.phone_number))
        assert response.status_code == 200

    def test_uses_the_code_up(self, aziza, charos, api, code_for):
        code = code_for(DILNOZA)
        change(api(aziza), DILNOZA, code)
        assert has_problem(change(api(charos), DILNOZA, code), 400, "otp_invalid")

    def test_refuses_a_wrong_code(self, aziza, api, code_for):
        refused = change(api(aziza), DILNOZA, wrong(code_for(DILNOZA)))
        assert has_problem(refused, 400, "otp_invalid")
        assert OneTimeCode.objects.get().tries == 1

    def test_refuses_a_taken_number_and_keeps_the_code(self, aziza, bobur, api, code_for, enter):
        code = code_for(bobur.phone_number)
        refused = change(api(aziza), bobur.phone_number, code)
        assert has_problem(refused, 409, "phone_number_taken")
        assert enter(bobur.phone_number, code).status_code == 200

    def test_does_not_tell_charos_which_numbers_have_an_account(self, aziza, charos, api, code_for):
        code_for(aziza.phone_number)
        known = change(api(charos), aziza.phone_number, "abc")
        unknown = change(api(charos), DILNOZA, "abc")
        assert known.status_code == unknown.status_code == 400
        assert known.json()["code"] == unknown.json()["code"]

    def test_wants_a_token_and_a_number(self, aziza, api, anyone):
        assert has_problem(change(anyone, DILNOZA, "123456"), 401, "not_authenticated")
        assert has_problem(change(api(aziza), "12", "123456"), 400, "phone_number_invalid")
        assert has_problem(api(aziza).post(URL, {}), 400, "invalid")
        assert User.objects.get(pk=aziza.pk).phone_number == "+998901110001"
