import re

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from ledger.actions.second_factor import AlreadyEnrolled, enrol
from ledger.models import Session
from tests.conftest import PASSWORD, open_session
from tests.ledger.sign_in.staff import (
    LOGIN,
    digits,
    is_in,
    log_in,
    make_staff,
    signed_in,
    with_device,
)

pytestmark = pytest.mark.django_db

ENROL = "/admin/enrol/"


@pytest.fixture
def sevara(db):
    return make_staff(is_superuser=True)


@pytest.fixture
def browser():
    return Client()


class TestTheDoor:
    def test_opens_for_number_password_and_digits(self, sevara, browser):
        with_device(sevara)
        response = log_in(browser, sevara, otp_token=digits(sevara))
        assert response.headers["Location"] == "/admin/"
        assert is_in(browser)

    def test_takes_any_usual_spelling(self, sevara, browser):
        with_device(sevara)
        log_in(browser, sevara, username="90 111-00-09", otp_token=digits(sevara))
        assert is_in(browser)

    @pytest.mark.parametrize(
        "changes",
        [
            {"otp_token": ""},
            {"otp_token": "000000"},
            {"otp_token": "abc"},
            {"password": "wrong-guess-1"},
            {"username": "+998901110008"},
            {"username": "nobody"},
        ],
    )
    def test_tells_nobody_what_was_wrong(self, sevara, browser, changes):
        with_device(sevara)
        right = digits(sevara)
        if changes.get("otp_token") == right:
            changes = {"otp_token": "111111"}
        response = log_in(browser, sevara, **({"otp_token": right} | changes))
        assert "errornote" in response.text
        (note,) = re.findall(r'errornote">(.*?)</p>', response.text, re.DOTALL)
        absent = log_in(Client(), sevara, username="+998901110007")
        assert note in absent.text
        assert not is_in(browser)

    def test_takes_digits_once(self, sevara, browser):
        with_device(sevara)
        once = digits(sevara)
        log_in(browser, sevara, otp_token=once)
        other = Client()
        log_in(other, sevara, otp_token=once)
        assert not is_in(other)

    def test_stays_shut_for_people_who_are_no_staff(self, aziza, browser):
        log_in(browser, aziza)
        assert not is_in(browser)

    def test_stays_shut_for_a_deactivated_account(self, sevara, browser):
        with_device(sevara)
        sevara.is_active = False
        sevara.save()
        log_in(browser, sevara, otp_token=digits(sevara))
        assert not is_in(browser)

    def test_shuts_when_the_account_is_deactivated(self, sevara):
        browser = signed_in(sevara)
        sevara.is_active = False
        sevara.save()
        assert not is_in(browser)

    def test_asks_for_all_three(self, browser):
        response = browser.post(LOGIN, {"username": "", "password": ""})
        assert response.status_code == 200
        assert not is_in(browser)
        assert 'name="otp_token"' in browser.get(LOGIN).text

    def test_leads_who_is_in_to_the_index(self, sevara):
        assert signed_in(sevara).get(LOGIN).headers["Location"] == "/admin/"


class TestTheLock:
    def test_falls_after_five_misses(self, sevara, browser):
        with_device(sevara)
        for _miss in range(5):
            log_in(browser, sevara, password="wrong-guess-1")
        response = log_in(browser, sevara, otp_token=digits(sevara))
        assert "15" in re.search(r'errornote">(.*?)</p>', response.text, re.DOTALL)[1]
        assert not is_in(browser)

    def test_counts_forged_headers_and_spellings_as_one(self, sevara, browser):
        with_device(sevara)
        for n, spelling in enumerate(["901110009", "998901110009", "90 111 00 09", "x", "y", "z"]):
            username = spelling if len(spelling) > 1 else sevara.phone_number
            browser.post(
                LOGIN,
                {"username": username, "password": "wrong-guess-1"},
                HTTP_X_FORWARDED_FOR=f"198.51.100.{n}",
            )
        log_in(browser, sevara, otp_token=digits(sevara))
        assert not is_in(browser)

    def test_falls_not_at_the_fourth(self, sevara, browser):
        with_device(sevara)
        for _miss in range(4):
            log_in(browser, sevara, password="wrong-guess-1")
        log_in(browser, sevara, otp_token=digits(sevara))
        assert is_in(browser)

    def test_does_not_fall_elsewhere(self, sevara, browser):
        with_device(sevara)
        for _miss in range(6):
            browser.post(
                LOGIN,
                {"username": sevara.phone_number, "password": "wrong-guess-1"},
                REMOTE_ADDR="203.0.113.7",
            )
        log_in(browser, sevara, otp_token=digits(sevara))
        assert is_in(browser)


class TestWithoutADevice:
    def test_nobody_passes_in_production(self, sevara, browser):
        assert log_in(browser, sevara).status_code == 302
        assert not is_in(browser)
        assert browser.get(LOGIN).headers["Location"] == ENROL

    def test_staff_pass_in_development(self, sevara, browser, settings):
        settings.DEBUG = True
        log_in(browser, sevara)
        assert is_in(browser)

    def test_but_not_without_the_device_one_has(self, sevara, browser, settings):
        settings.DEBUG = True
        with_device(sevara)
        log_in(browser, sevara)
        assert not is_in(browser)


class TestSettingUpADevice:
    @pytest.fixture
    def waiting(self, sevara, browser):
        log_in(browser, sevara)
        return browser

    def shown(self, browser):
        """The digits of an app that scanned what the page shows now."""
        secret = re.search(r"secret=([A-Z2-7]+)", browser.get(ENROL).text)[1]
        import base64

        return f"{TOTP(base64.b32decode(secret)).token():06d}"

    def test_shows_a_picture_and_passes_by_its_digits(self, sevara, waiting):
        assert "<svg" in waiting.get(ENROL).text
        response = waiting.post(ENROL, {"otp_token": self.shown(waiting)})
        assert response.headers["Location"] == "/admin/"
        assert is_in(waiting)
        assert TOTPDevice.objects.get().user == sevara

    def test_lets_the_same_digits_sign_nobody_else_in(self, sevara, waiting):
        token = self.shown(waiting)
        waiting.post(ENROL, {"otp_token": token})
        other = Client()
        log_in(other, sevara, otp_token=token)
        assert not is_in(other)

    def test_refuses_other_digits(self, waiting):
        right = self.shown(waiting)
        wrong = f"{(int(right) + 500_000) % 10**6:06d}"
        for token in (wrong, "x", ""):
            assert waiting.post(ENROL, {"otp_token": token}).status_code == 200
        assert not TOTPDevice.objects.exists()

    def test_forgets_a_secret_that_was_shown_before(self, waiting):
        before = self.shown(waiting)
        after = self.shown(waiting)
        if before != after:
            assert waiting.post(ENROL, {"otp_token": before}).status_code == 200
        assert not TOTPDevice.objects.exists()

    def test_needs_to_have_shown_one(self, waiting):
        response = waiting.post(ENROL, {"otp_token": "123456"})
        assert response.headers["Location"] == ENROL

    def test_is_for_staff_that_signed_in(self, aziza, browser):
        assert browser.get(ENROL).headers["Location"] == LOGIN
        browser.force_login(aziza)
        assert browser.get(ENROL).headers["Location"] == LOGIN

    def test_is_not_for_who_has_one(self, sevara, waiting):
        token = self.shown(waiting)
        device = TOTPDevice.objects.create(user=sevara, name="app")
        assert waiting.post(ENROL, {"otp_token": token}).headers["Location"] == "/admin/"
        with pytest.raises(AlreadyEnrolled):
            enrol(device=TOTPDevice(user=sevara, name="second"))
        assert TOTPDevice.objects.get() == device


class TestOnesOwnPassword:
    def test_ends_ones_sessions_in_the_apps(self, sevara):
        browser = signed_in(sevara)
        open_session(sevara)
        form = {
            "old_password": PASSWORD,
            "new_password1": "yangi-parol-77",
            "new_password2": "yangi-parol-77",
        }
        assert browser.get("/admin/password_change/").status_code == 200
        response = browser.post("/admin/password_change/", form)
        assert response.status_code == 302
        assert Session.objects.get().end_reason == "password"
        sevara.refresh_from_db()
        assert sevara.check_password("yangi-parol-77")
        assert sevara.token_version == 2
        assert is_in(browser)

    def test_is_as_strong_as_everybodys(self, sevara):
        form = {
            "old_password": PASSWORD,
            "new_password1": "901110009",
            "new_password2": "901110009",
        }
        response = signed_in(sevara).post("/admin/password_change/", form)
        assert response.status_code == 200
        sevara.refresh_from_db()
        assert sevara.check_password(PASSWORD)
