from datetime import timedelta

import pytest
from django.utils import timezone

from ledger.models import CodeCounter, NumberLimit, OneTimeCode, Session, Ticket, User
from tests.ledger.sign_in.conftest import DILNOZA, bearer, has_problem, wrong

pytestmark = pytest.mark.django_db


class TestVerifyOtp:
    def test_opens_an_account_for_a_new_number(self, code_for, enter):
        response = enter(DILNOZA, code_for(DILNOZA))
        body = response.json()
        assert response.status_code == 200
        assert set(body) == {"phone_number", "is_new", "tokens", "ticket", "expires_in"}
        assert set(body["tokens"]) == {"access", "refresh"}
        assert (body["phone_number"], body["is_new"], body["expires_in"]) == (DILNOZA, True, 600)
        me = bearer(body["tokens"]["access"]).get("/api/auth/me/").json()
        assert (me["phone_number"], me["full_name"]) == (DILNOZA, "")
        assert not User.objects.get(phone_number=DILNOZA).has_usable_password()

    def test_signs_a_known_number_in(self, aziza, sign_in):
        body = sign_in(aziza.phone_number)
        assert body["is_new"] is False
        me = bearer(body["tokens"]["access"]).get("/api/auth/me/").json()
        assert me["id"] == aziza.pk

    def test_takes_any_usual_spelling(self, code_for, enter):
        assert enter("93 555-01-01", code_for("935550101")).json()["phone_number"] == DILNOZA

    def test_speaks_the_language_of_who_registers(self, anyone, code_for):
        body = {"phone_number": DILNOZA, "code": code_for(DILNOZA)}
        anyone.post("/api/auth/verify-otp/", body, HTTP_ACCEPT_LANGUAGE="ru")
        assert User.objects.get(phone_number=DILNOZA).language == "ru"

    def test_opens_a_session_that_knows_its_device(self, anyone, code_for):
        body = {"phone_number": DILNOZA, "code": code_for(DILNOZA)}
        agent = "Daftar/1.0\t(Pixel)" + "x" * 300
        anyone.post("/api/auth/verify-otp/", body, HTTP_USER_AGENT=agent, REMOTE_ADDR="203.0.113.7")
        session = Session.objects.get()
        assert (session.opened_by, session.ip, session.network) == (
            "otp",
            "203.0.113.7",
            "203.0.113.0/24",
        )
        assert session.device == ("Daftar/1.0(Pixel)" + "x" * 300)[:200]
        assert session.expires_at - session.created_at == timedelta(days=60)

    def test_stores_neither_ticket_nor_tokens(self, sign_in):
        body = sign_in(DILNOZA)
        rows = str([*Ticket.objects.values(), *Session.objects.values()])
        for secret in (body["ticket"], *body["tokens"].values()):
            assert secret not in rows
            assert secret.encode().hex() not in rows

    def test_marks_the_code_used_and_the_number_lived_in(self, sign_in):
        sign_in(DILNOZA)
        assert OneTimeCode.objects.get().used_at is not None
        assert CodeCounter.objects.get(key="prefix:9989355").entered == 1


class TestRefusesACode:
    def test_that_is_wrong(self, code_for, enter):
        assert has_problem(enter(DILNOZA, wrong(code_for(DILNOZA))), 400, "otp_invalid")
        assert OneTimeCode.objects.get().tries == 1
        assert not User.objects.exists()

    def test_that_was_used(self, code_for, enter):
        code = code_for(DILNOZA)
        enter(DILNOZA, code)
        assert has_problem(enter(DILNOZA, code), 400, "otp_invalid")

    def test_that_has_expired(self, code_for, enter):
        code = code_for(DILNOZA)
        OneTimeCode.objects.update(expires_at=timezone.now())
        assert has_problem(enter(DILNOZA, code), 400, "otp_invalid")

    def test_that_was_missed_five_times(self, code_for, enter):
        code = code_for(DILNOZA)
        for _miss in range(5):
            assert enter(DILNOZA, wrong(code)).status_code == 400
        assert has_problem(enter(DILNOZA, code), 400, "otp_invalid")
        assert OneTimeCode.objects.get().tries == 5

    def test_but_takes_it_at_the_fifth_try(self, code_for, enter):
        code = code_for(DILNOZA)
        for _miss in range(4):
            enter(DILNOZA, wrong(code))
        assert enter(DILNOZA, code).status_code == 200

    def test_of_another_number(self, code_for, enter, aziza):
        code = code_for(DILNOZA)
        assert has_problem(enter(aziza.phone_number, code), 400, "otp_invalid")
        other = code_for(aziza.phone_number)
        if other != code:
            assert has_problem(enter(aziza.phone_number, code), 400, "otp_invalid")

    def test_of_a_number_that_never_asked(self, enter):
        assert has_problem(enter(DILNOZA, "123456"), 400, "otp_invalid")
        assert not NumberLimit.objects.exists()

    @pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", "１２３４５６", "0" * 64])
    def test_that_is_no_code(self, code_for, enter, code):
        code_for(DILNOZA)
        assert has_problem(enter(DILNOZA, code), 400, "otp_invalid")

    @pytest.mark.parametrize("code", [None, "", 123456, ["1"], {"a": 1}, True, "1" * 65])
    def test_that_is_no_text(self, code_for, enter, code):
        code_for(DILNOZA)
        assert has_problem(enter(DILNOZA, code), 400, "invalid")

    def test_of_a_deactivated_account(self, aziza, code_for, enter):
        User.objects.update(is_active=False)
        code = code_for(aziza.phone_number)
        assert has_problem(enter(aziza.phone_number, code), 403, "account_inactive")
        assert not Session.objects.exists()
        User.objects.update(is_active=True)
        assert enter(aziza.phone_number, code).status_code == 200

    def test_of_an_account_that_changed_hands_while_it_was_entered(self, aziza, code_for):
        from ledger.actions.codes import OtpInvalid
        from ledger.actions.sign_in import sign_in_by_code

        code_for(aziza.phone_number)
        code = OneTimeCode.objects.get()
        with pytest.raises(OtpInvalid):
            sign_in_by_code(
                code=code,
                seen=None,
                start_new=False,
                language="uz",
                client=None,
                now=timezone.now(),
            )
        assert OneTimeCode.objects.open().exists()


class TestStopsANumber:
    def miss(self, times):
        now = timezone.now()
        NumberLimit.objects.update(misses=[now - timedelta(hours=1)] * times)

    def test_after_twenty_misses_in_a_day(self, code_for, enter, anyone):
        code = code_for(DILNOZA)
        self.miss(19)
        assert enter(DILNOZA, wrong(code)).status_code == 400
        refused = enter(DILNOZA, code)
        assert has_problem(refused, 429, "otp_throttled")
        assert 86_000 < int(refused["Retry-After"]) <= 86_400
        again = anyone.post("/api/auth/request-otp/", {"phone_number": DILNOZA})
        assert has_problem(again, 429, "otp_throttled")

    def test_for_a_day_only(self, code_for, enter):
        code = code_for(DILNOZA)
        NumberLimit.objects.update(stopped_until=timezone.now())
        assert enter(DILNOZA, code).status_code == 200

    def test_not_by_misses_of_yesterday(self, code_for, enter):
        code = code_for(DILNOZA)
        NumberLimit.objects.update(misses=[timezone.now() - timedelta(hours=25)] * 19)
        enter(DILNOZA, wrong(code))
        assert len(NumberLimit.objects.get().misses) == 1
        assert enter(DILNOZA, code).status_code == 200

    def test_not_by_entries_when_there_is_no_code(self, code_for, enter):
        """Else anybody could stop any number with twenty requests."""
        code_for(DILNOZA)
        OneTimeCode.objects.update(expires_at=timezone.now())
        for _entry in range(25):
            enter(DILNOZA, "123456")
        assert NumberLimit.objects.get().misses == []

    def test_and_never_its_password(self, aziza, code_for, enter, log_in):
        code = code_for(aziza.phone_number)
        self.miss(19)
        enter(aziza.phone_number, wrong(code))
        assert enter(aziza.phone_number, code).status_code == 429
        assert log_in(aziza.phone_number, "olma-anor-2026").status_code == 200


class TestLimitsEntries:
    def test_of_an_address(self, anyone):
        body = {"phone_number": DILNOZA, "code": "123456"}
        answers = [
            anyone.post(
                "/api/auth/verify-otp/",
                body,
                REMOTE_ADDR="203.0.113.7",
                HTTP_X_FORWARDED_FOR=f"198.51.100.{n}",
            ).status_code
            for n in range(61)
        ]
        assert answers == [400] * 60 + [429]
