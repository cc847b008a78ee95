"""Many at once, on real connections: what may happen once happens once."""

from functools import partial

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.actions.handover import AlreadyReturned, return_number
from ledger.actions.sessions import end_session
from ledger.models import NumberHandover, NumberLimit, OneTimeCode, Session, Ticket, User
from ledger.tokens import issue_pair
from tests.conftest import PASSWORD, open_session
from tests.ledger.sign_in.conftest import DILNOZA, bearer, silent_for, wrong
from tests.ledger.sign_in.staff import make_staff, signed_in
from tests.race import at_once, behind

pytestmark = pytest.mark.django_db(transaction=True)


def post(url, body):
    return lambda: APIClient().post(url, body)


def statuses(responses):
    seen = [response.status_code for response in responses]
    return {status: seen.count(status) for status in sorted(set(seen))}


class TestAHundredAtOnce:
    def test_wrong_codes_are_looked_at_five_times(self, code_for):
        code = code_for(DILNOZA)
        body = {"phone_number": DILNOZA, "code": wrong(code)}
        answers = at_once([post("/api/auth/verify-otp/", body)] * 100, threads=16)
        assert statuses(answers) == {400: 100}
        assert OneTimeCode.objects.get().tries == 5
        assert len(NumberLimit.objects.get().misses) == 5
        right = APIClient().post("/api/auth/verify-otp/", body | {"code": code})
        assert right.status_code == 400

    def test_guesses_of_the_whole_range_find_nothing_after_the_fifth(self, code_for):
        code = int(code_for(DILNOZA))
        guesses = [f"{(code + step) % 10**6:06d}" for step in range(1, 51)]
        calls = [
            post("/api/auth/verify-otp/", {"phone_number": DILNOZA, "code": guess})
            for guess in guesses
        ]
        at_once(calls, threads=16)
        assert OneTimeCode.objects.get().tries == 5
        assert not User.objects.exists()

    def test_passwords_of_a_silent_number_share_the_codes_tries(self, aziza, code_for):
        silent_for(aziza, days=200)
        body = {"phone_number": aziza.phone_number, "code": code_for(aziza.phone_number)}
        calls = [
            post("/api/auth/verify-otp/", body | {"password": f"guess-number-{n}"})
            for n in range(40)
        ]
        answers = statuses(at_once(calls, threads=16))
        assert answers[401] == 5
        assert OneTimeCode.objects.get().tries == 5


class TestFiftyAtOnce:
    def test_the_right_code_succeeds_once(self, code_for):
        body = {"phone_number": DILNOZA, "code": code_for(DILNOZA)}
        answers = at_once([post("/api/auth/verify-otp/", body)] * 50, threads=16)
        assert statuses(answers) == {200: 1, 400: 49}
        assert (User.objects.count(), Session.objects.count()) == (1, 1)

    def test_a_silent_number_is_given_away_once(self, aziza, code_for):
        silent_for(aziza, days=200)
        body = {"phone_number": aziza.phone_number, "code": code_for(aziza.phone_number)}
        calls = [post("/api/auth/verify-otp/", body | {"start_new": True})] * 50
        assert statuses(at_once(calls, threads=16)) == {200: 1, 400: 49}
        assert User.objects.count() == 2

    def test_requests_for_a_code_send_one(self):
        body = {"phone_number": DILNOZA}
        answers = at_once([post("/api/auth/request-otp/", body)] * 50, threads=16)
        assert statuses(answers) == {202: 1, 429: 49}
        assert OneTimeCode.objects.count() == 1

    def test_requests_for_many_numbers_stay_in_the_budget(self, settings):
        settings.OTP_DAILY_BUDGET = 7
        calls = [
            post("/api/auth/request-otp/", {"phone_number": f"+99893{n:03d}0101"})
            for n in range(100, 150)
        ]
        assert statuses(at_once(calls, threads=16)) == {202: 7, 429: 43}

    def test_numbers_of_one_prefix_get_twenty_codes(self):
        calls = [
            post("/api/auth/request-otp/", {"phone_number": f"+9989355501{n:02d}"})
            for n in range(50)
        ]
        assert statuses(at_once(calls, threads=16)) == {202: 20, 429: 30}

    def test_refreshes_get_one_pair(self, aziza):
        body = {"refresh": issue_pair(open_session(aziza)).refresh}
        answers = at_once([post("/api/auth/refresh/", body)] * 50, threads=16)
        assert statuses(answers) == {200: 50}
        assert len({answer.content for answer in answers}) == 1
        assert Session.objects.get().generation == 2

    def test_a_ticket_sets_one_password(self, sign_in):
        ticket = sign_in(DILNOZA)["ticket"]
        calls = [
            post("/api/auth/set-password/", {"ticket": ticket, "password": f"parol-raqam-{n}"})
            for n in range(50)
        ]
        answers = at_once(calls, threads=16)
        assert statuses(answers) == {200: 1, 401: 49}
        (won,) = [n for n, answer in enumerate(answers) if answer.status_code == 200]
        assert User.objects.get().check_password(f"parol-raqam-{won}")
        assert Ticket.objects.get().used_at is not None

    def test_guesses_of_a_password_are_counted_exactly(self, aziza):
        body = {"phone_number": aziza.phone_number, "password": "wrong-guess-1"}
        answers = at_once([post("/api/v1/login/", body)] * 50, threads=16)
        assert statuses(answers) == {401: 10, 429: 40}

    def test_deletions_of_an_account_happen_once(self, aziza):
        token = issue_pair(open_session(aziza)).access
        calls = [lambda: bearer(token).delete("/api/auth/me/", {"password": PASSWORD})] * 12
        seen = statuses(at_once(calls, threads=12))
        assert seen.pop(204) == 1
        assert set(seen) <= {400, 401, 429}
        assert User.objects.get().deleted_at is not None


class TestAgainstEachOther:
    def test_a_password_change_leaves_no_session_that_the_old_password_opened(
        self, aziza, code_for
    ):
        """A sign-in that compared the old password just before must not open just after."""
        body = {"phone_number": aziza.phone_number, "code": code_for(aziza.phone_number)}
        proof = APIClient().post("/api/auth/verify-otp/", body).json()
        change = post(
            "/api/auth/set-password/", {"ticket": proof["ticket"], "password": "yangi-parol-77"}
        )
        login = post("/api/v1/login/", {"phone_number": aziza.phone_number, "password": PASSWORD})
        answers = at_once([login] * 4 + [change] + [login] * 4, threads=9)
        assert answers[4].status_code == 200
        living = [
            answer
            for answer in answers
            if answer.status_code == 200
            and bearer(answer.json()["tokens"]["access"]).get("/api/auth/me/").status_code == 200
        ]
        assert living == [answers[4]]

    def test_a_refresh_does_not_outlive_a_password_change(self, aziza, code_for):
        body = {"phone_number": aziza.phone_number, "code": code_for(aziza.phone_number)}
        proof = APIClient().post("/api/auth/verify-otp/", body).json()
        refresh = post("/api/auth/refresh/", {"refresh": proof["tokens"]["refresh"]})
        change = post(
            "/api/auth/set-password/", {"ticket": proof["ticket"], "password": "yangi-parol-77"}
        )
        answers = at_once([refresh] * 4 + [change] + [refresh] * 4, threads=9)
        refreshed = [a for n, a in enumerate(answers) if n != 4 and a.status_code == 200]
        for answer in refreshed:
            token = answer.json()["access"]
            assert bearer(token).get("/api/auth/me/").status_code == 401
        token = answers[4].json()["tokens"]["access"]
        assert bearer(token).get("/api/auth/me/").status_code == 200

    def test_two_accounts_do_not_move_to_one_number(self, aziza, bobur, code_for):
        body = {"phone_number": DILNOZA, "code": code_for(DILNOZA)}
        clients = [bearer(issue_pair(open_session(p)).access) for p in (aziza, bobur) * 5]
        calls = [partial(client.post, "/api/auth/change-phone/", body) for client in clients]
        assert statuses(at_once(calls, threads=10)) == {200: 1, 400: 9}

    def test_sign_in_and_deletion_do_not_wait_for_each_other_forever(self, aziza, code_for):
        code = code_for(aziza.phone_number)
        token = issue_pair(open_session(aziza)).access
        enter = post("/api/auth/verify-otp/", {"phone_number": aziza.phone_number, "code": code})
        answers = at_once(
            [enter, lambda: bearer(token).delete("/api/auth/me/", {"password": PASSWORD})] * 3,
            threads=6,
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 400, 401}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            )
            assert cursor.fetchone() == (0,)
        assert User.objects.filter(deleted_at__lte=timezone.now()).count() == 1


class TestADeletion:
    def test_by_a_device_that_is_being_signed_out_is_refused(self, aziza):
        session = open_session(aziza)
        lost_phone = bearer(issue_pair(session).access)
        refused = behind(
            lambda: end_session(user_id=aziza.pk, session_id=session.pk, now=timezone.now()),
            lambda: lost_phone.delete("/api/auth/me/", {"password": PASSWORD}),
        )
        assert refused.status_code == 401
        assert User.objects.get().deleted_at is None


class TestAFreeNumber:
    """Taken by a sign-in that has not committed yet."""

    @pytest.fixture
    def sign_up(self, code_for):
        body = {"phone_number": DILNOZA, "code": code_for(DILNOZA)}
        return post("/api/auth/verify-otp/", body)

    def test_is_not_given_to_another_in_the_admin(self, aziza, sign_up):
        boss = signed_in(make_staff(is_superuser=True))
        form = {"phone_number": DILNOZA, "language": "uz", "is_active": "on"}
        page = f"/admin/ledger/user/{aziza.pk}/change/"
        answer = behind(sign_up, lambda: boss.post(page, form))
        assert answer.status_code == 200  # the form again, with what is wrong
        aziza.refresh_from_db()
        assert aziza.phone_number == "+998901110001"

    def test_is_not_returned(self, aziza, charos, sign_up):
        User.objects.update(phone_number=None)
        handover = NumberHandover.objects.create(
            phone_number=DILNOZA, from_user=aziza, to_user=charos
        )
        with pytest.raises(AlreadyReturned):
            behind(sign_up, lambda: return_number(handover=handover, now=timezone.now()))
