"""Operators sell silent numbers again: a code alone opens no account of 180 silent days."""

import pytest
from django.utils import timezone

from ledger.actions.handover import AlreadyReturned, return_number
from ledger.models import NumberHandover, OneTimeCode, Session, User
from tests.conftest import PASSWORD
from tests.ledger.sign_in.conftest import bearer, forget_cooldown, has_problem, silent_for

pytestmark = pytest.mark.django_db


class TestANumberSilentFor180Days:
    @pytest.fixture(autouse=True)
    def _silent(self, aziza):
        silent_for(aziza, days=181)

    def test_needs_its_password_and_keeps_the_code_valid(self, aziza, code_for, enter):
        code = code_for(aziza.phone_number)
        for _ask in range(7):
            refused = enter(aziza.phone_number, code)
            assert has_problem(refused, 403, "password_required")
        assert OneTimeCode.objects.get().tries == 0
        assert enter(aziza.phone_number, code, password=PASSWORD).status_code == 200

    def test_is_opened_by_its_password(self, aziza, code_for, enter):
        body = enter(aziza.phone_number, code_for(aziza.phone_number), password=PASSWORD).json()
        assert body["is_new"] is False
        assert bearer(body["tokens"]["access"]).get("/api/auth/me/").json()["id"] == aziza.pk

    def test_is_a_number_in_use_from_then_on(self, aziza, code_for, enter, sign_in):
        enter(aziza.phone_number, code_for(aziza.phone_number), password=PASSWORD)
        assert sign_in(aziza.phone_number)["is_new"] is False

    def test_is_not_opened_by_another_password(self, aziza, code_for, enter):
        code = code_for(aziza.phone_number)
        for _guess in range(5):
            refused = enter(aziza.phone_number, code, password="guess-number-1")
            assert has_problem(refused, 401, "invalid_credentials")
        right = enter(aziza.phone_number, code, password=PASSWORD)
        assert has_problem(right, 400, "otp_invalid")
        assert not Session.objects.exists()

    def test_goes_to_a_fresh_account_on_request(self, aziza, code_for, enter):
        body = enter(aziza.phone_number, code_for(aziza.phone_number), start_new=True).json()
        assert (body["is_new"], body["phone_number"]) == (True, "+998901110001")
        me = bearer(body["tokens"]["access"]).get("/api/auth/me/").json()
        assert me["id"] != aziza.pk
        assert me["full_name"] == ""
        aziza.refresh_from_db()
        assert aziza.phone_number is None
        assert aziza.full_name == "Aziza Karimova"

    def test_throws_the_former_owner_out_when_it_goes(self, aziza, api, code_for, enter):
        her_phone = api(aziza)
        enter(aziza.phone_number, code_for(aziza.phone_number), start_new=True)
        assert her_phone.get("/api/auth/me/").status_code == 401

    def test_prefers_a_password_that_is_sent_along(self, aziza, code_for, enter):
        code = code_for(aziza.phone_number)
        body = enter(aziza.phone_number, code, password=PASSWORD, start_new=True).json()
        assert body["is_new"] is False

    def test_can_be_returned_by_an_admin(self, aziza, code_for, enter, log_in):
        body = enter(aziza.phone_number, code_for(aziza.phone_number), start_new=True).json()
        return_number(handover=NumberHandover.objects.get(), now=timezone.now())
        assert bearer(body["tokens"]["access"]).get("/api/auth/me/").status_code == 401
        assert log_in("+998901110001", PASSWORD).status_code == 200
        with pytest.raises(AlreadyReturned):
            return_number(handover=NumberHandover.objects.get(), now=timezone.now())

    def test_is_not_returned_once_its_taker_moved_on(self, aziza, code_for, enter):
        enter(aziza.phone_number, code_for(aziza.phone_number), start_new=True)
        User.objects.filter(phone_number="+998901110001").update(phone_number="+998901110009")
        with pytest.raises(AlreadyReturned):
            return_number(handover=NumberHandover.objects.get(), now=timezone.now())
        assert NumberHandover.objects.get().returned_at is None

    def test_can_be_returned_after_its_taker_deleted_the_account(
        self, aziza, code_for, enter, log_in
    ):
        body = enter(aziza.phone_number, code_for(aziza.phone_number), start_new=True).json()
        assert bearer(body["tokens"]["access"]).delete("/api/auth/me/").status_code == 204
        return_number(handover=NumberHandover.objects.get(), now=timezone.now())
        assert log_in("+998901110001", PASSWORD).status_code == 200

    def test_is_not_returned_once_a_third_has_it(self, aziza, code_for, enter, sign_in):
        body = enter(aziza.phone_number, code_for(aziza.phone_number), start_new=True).json()
        assert bearer(body["tokens"]["access"]).delete("/api/auth/me/").status_code == 204
        forget_cooldown(aziza.phone_number)
        assert sign_in(aziza.phone_number)["is_new"] is True
        with pytest.raises(AlreadyReturned):
            return_number(handover=NumberHandover.objects.get(), now=timezone.now())


class TestOtherNumbers:
    def test_with_180_days_minus_one_open_by_code(self, aziza, sign_in):
        silent_for(aziza, days=179)
        assert sign_in(aziza.phone_number)["is_new"] is False

    def test_without_a_password_open_by_code(self, aziza, sign_in):
        aziza.set_unusable_password()
        aziza.save()
        silent_for(aziza, days=400)
        assert sign_in(aziza.phone_number)["is_new"] is False

    def test_in_use_are_not_given_away(self, aziza, code_for, enter):
        body = enter(aziza.phone_number, code_for(aziza.phone_number), start_new=True).json()
        assert body["is_new"] is False
        assert not NumberHandover.objects.exists()

    @pytest.mark.parametrize("use", ["login", "refresh"])
    def test_are_in_use_by_any_sign_in(self, aziza, log_in, anyone, use):
        tokens = log_in(aziza.phone_number, PASSWORD).json()["tokens"]
        silent_for(aziza, days=181)
        if use == "login":
            log_in(aziza.phone_number, PASSWORD)
        else:
            anyone.post("/api/auth/refresh/", {"refresh": tokens["refresh"]})
        aziza.refresh_from_db()
        assert (timezone.now() - aziza.phone_used_at).days == 0
