from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from core.addresses import client_address
from core.models import RateLimit
from ledger.actions.login_limits import spend_login
from ledger.hashers import Argon2
from ledger.models import Session, User
from tests.conftest import PASSWORD
from tests.ledger.sign_in.conftest import DILNOZA, bearer, has_problem

pytestmark = pytest.mark.django_db

URL = "/api/v1/login/"


def guess(client, phone_number, password="wrong-guess-1", **headers):
    return client.post(URL, {"phone_number": phone_number, "password": password}, **headers)


def count_guess(phone_number, ip):
    """A guess that is counted, without the price of comparing it."""
    request = RequestFactory().post(URL, REMOTE_ADDR=ip)
    address = client_address(request)
    spend_login(phone_number=phone_number, address=address, now=timezone.now())


class CountingArgon2(Argon2):
    """The product's hasher, which also says how often it compared."""

    compared = 0

    def verify(self, password, encoded):
        CountingArgon2.compared += 1
        return super().verify(password, encoded)


class TestLogin:
    def test_gives_the_number_and_its_tokens(self, aziza, log_in):
        response = log_in(aziza.phone_number, PASSWORD)
        body = response.json()
        assert response.status_code == 200
        assert set(body) == {"phone_number", "tokens"}
        assert set(body["tokens"]) == {"access", "refresh"}
        me = bearer(body["tokens"]["access"]).get("/api/auth/me/").json()
        assert me["id"] == aziza.pk
        assert Session.objects.get().opened_by == "password"

    def test_takes_any_usual_spelling(self, aziza, log_in):
        assert log_in("90 111 00 01", PASSWORD).json()["phone_number"] == aziza.phone_number

    def test_refuses_known_and_unknown_numbers_alike(self, aziza, anyone):
        known, unknown = guess(anyone, aziza.phone_number), guess(anyone, DILNOZA)
        assert has_problem(known, 401, "invalid_credentials")
        bodies = [response.json() | {"request_id": ""} for response in (known, unknown)]
        assert bodies[0] == bodies[1]
        assert known["WWW-Authenticate"] == unknown["WWW-Authenticate"]
        assert set(known.headers) == set(unknown.headers)

    def test_does_the_same_queries_for_known_and_unknown_numbers(
        self, aziza, anyone, django_assert_num_queries
    ):
        with django_assert_num_queries(3):
            guess(anyone, aziza.phone_number)
        with django_assert_num_queries(3):
            guess(anyone, DILNOZA)

    @pytest.mark.parametrize("who", ["known", "unknown", "inactive", "without a password"])
    def test_compares_one_password_whoever_is_asked_for(self, aziza, anyone, settings, who):
        settings.PASSWORD_HASHERS = [f"{__name__}.CountingArgon2"]
        if who == "inactive":
            User.objects.update(is_active=False)
        if who == "without a password":
            User.objects.update(password="!")
        number = DILNOZA if who == "unknown" else aziza.phone_number
        CountingArgon2.compared = 0
        assert guess(anyone, number).status_code == 401
        assert CountingArgon2.compared == 1

    def test_refuses_a_deactivated_account_as_a_wrong_password(self, aziza, log_in):
        User.objects.update(is_active=False)
        assert has_problem(log_in(aziza.phone_number, PASSWORD), 401, "invalid_credentials")

    def test_refuses_an_account_without_a_password(self, aziza, log_in):
        aziza.set_unusable_password()
        aziza.save()
        assert has_problem(log_in(aziza.phone_number, PASSWORD), 401, "invalid_credentials")

    def test_asks_nothing_of_a_password_but_to_be_there(self, aziza, anyone):
        assert guess(anyone, aziza.phone_number, "1").status_code == 401
        assert has_problem(guess(anyone, aziza.phone_number, ""), 400, "invalid")
        assert has_problem(anyone.post(URL, {"phone_number": DILNOZA}), 400, "invalid")

    def test_refuses_a_number_that_is_none(self, anyone):
        assert has_problem(guess(anyone, "12"), 400, "phone_number_invalid")

    def test_opens_nothing_when_the_password_changed_meanwhile(self, aziza):
        from ledger.actions.sign_in import InvalidCredentials, sign_in_by_password

        seen = User.objects.get(pk=aziza.pk)
        aziza.set_password("another-password-1")
        aziza.save()
        with pytest.raises(InvalidCredentials):
            sign_in_by_password(seen=seen, client=None, now=timezone.now())
        assert not Session.objects.exists()


class TestLimitsGuesses:
    def test_of_a_number_from_one_network(self, aziza, anyone):
        for _guess in range(10):
            assert guess(anyone, aziza.phone_number).status_code == 401
        refused = guess(anyone, aziza.phone_number, PASSWORD)
        assert has_problem(refused, 429, "login_throttled")
        assert 0 < int(refused["Retry-After"]) <= 900

    def test_alike_for_a_number_without_account(self, anyone):
        answers = [guess(anyone, DILNOZA).status_code for _guess in range(11)]
        assert answers == [401] * 10 + [429]

    def test_whatever_the_spelling_or_forwarding_header(self, aziza, anyone):
        spellings = ["901110001", "998901110001", "+998 90 111 00 01", "(90) 111-00-01"]
        answers = [
            guess(
                anyone,
                spellings[n % 4],
                REMOTE_ADDR="203.0.113.7",
                HTTP_X_FORWARDED_FOR=f"198.51.{n}.1",
            ).status_code
            for n in range(12)
        ]
        assert answers == [401] * 10 + [429] * 2

    def test_but_frees_them_by_the_right_password(self, aziza, anyone, log_in):
        for _guess in range(9):
            guess(anyone, aziza.phone_number)
        assert log_in(aziza.phone_number, PASSWORD).status_code == 200
        assert guess(anyone, aziza.phone_number).status_code == 401

    def test_of_an_address_over_many_numbers(self, aziza, anyone):
        for n in range(99):
            count_guess(f"+99894{n:07d}", "203.0.113.7")
        answers = [
            guess(anyone, f"+99895{n:07d}", REMOTE_ADDR="203.0.113.7").status_code for n in range(2)
        ]
        assert answers == [401, 429]
        assert guess(anyone, DILNOZA, REMOTE_ADDR="203.0.114.7").status_code == 401

    def test_without_a_number_in_the_counters(self, aziza, anyone):
        guess(anyone, aziza.phone_number)
        keys = RateLimit.objects.values_list("pk", flat=True)
        assert len(keys) == 2
        assert not [key for key in keys if "901110001" in key]


class TestDoesNotLockTheOwnerOut:
    @pytest.fixture
    def _attacked(self, aziza):
        """A hundred guesses in the last hour, from as many networks."""
        for n in range(100):
            count_guess(aziza.phone_number, f"203.{n}.113.7")

    @pytest.mark.usefixtures("_attacked")
    def test_of_a_network_that_signed_in_before(self, aziza, anyone):
        stranger = guess(anyone, aziza.phone_number, PASSWORD, REMOTE_ADDR="198.51.100.1")
        assert has_problem(stranger, 429, "login_throttled")
        Session.objects.create(
            user=aziza,
            opened_by="otp",
            network="198.51.100.0/24",
            expires_at=timezone.now() + timedelta(days=1),
        )
        at_home = guess(anyone, aziza.phone_number, PASSWORD, REMOTE_ADDR="198.51.100.9")
        assert at_home.status_code == 200

    @pytest.mark.usefixtures("_attacked")
    def test_of_the_way_in_by_code(self, aziza, sign_in):
        assert sign_in(aziza.phone_number)["is_new"] is False

    def test_by_guessing_elsewhere(self, aziza, anyone):
        for _guess in range(11):
            guess(anyone, aziza.phone_number, REMOTE_ADDR="203.0.113.7")
        at_home = guess(anyone, aziza.phone_number, PASSWORD, REMOTE_ADDR="198.51.100.9")
        assert at_home.status_code == 200
