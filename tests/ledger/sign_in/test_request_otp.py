from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from ledger.actions.code_limits import lift_limits, seconds_to_next_code
from ledger.models import CodeCounter, NumberLimit, OneTimeCode
from tests.ledger.sign_in.conftest import DILNOZA, has_problem

pytestmark = pytest.mark.django_db

URL = "/api/auth/request-otp/"
MOBILE = [20, 33, 50, 70, 77, 80, 87, 88, 90, 91, 92, 93, 94, 95, 97, 98, 99]


def ask(client, phone_number, **headers):
    return client.post(URL, {"phone_number": phone_number}, **headers)


def sent_at(phone_number, *seconds_ago):
    now = timezone.now()
    codes = [now - timedelta(seconds=ago) for ago in seconds_ago]
    NumberLimit.objects.update_or_create(pk=phone_number, defaults={"codes": codes})


class TestRequestOtp:
    def test_promises_a_code_for_180_seconds_and_another_after_60(self, anyone):
        response = ask(anyone, DILNOZA)
        assert response.status_code == 202
        assert {name: value for name, value in response.json().items() if name != "dev_code"} == {
            "expires_in": 180,
            "retry_after": 60,
        }

    def test_shows_the_code_in_development_only(self, anyone, settings):
        shown = ask(anyone, DILNOZA).json()["dev_code"]
        assert shown == OneTimeCode.objects.get().reveal()
        assert len(shown) == 6
        settings.DEV_OTP = False
        assert "dev_code" not in ask(anyone, "+998935550102").json()

    def test_enqueues_the_message_with_the_codes_id_only(self, anyone):
        ask(anyone, DILNOZA)
        job = ProcrastinateJob.objects.get(task_name="ledger.send_code")
        assert job.args == {"code_id": OneTimeCode.objects.get().pk}

    def test_remembers_the_language_of_the_request_for_the_message(self, anyone):
        ask(anyone, DILNOZA, HTTP_ACCEPT_LANGUAGE="ru")
        assert OneTimeCode.objects.get().language == "ru"

    def test_answers_known_and_unknown_numbers_alike(self, anyone, aziza, settings):
        settings.DEV_OTP = False
        known, unknown = ask(anyone, aziza.phone_number), ask(anyone, DILNOZA)
        assert known.content == unknown.content
        varying = {"X-Request-ID"}
        assert {n: v for n, v in known.headers.items() if n not in varying} == {
            n: v for n, v in unknown.headers.items() if n not in varying
        }

    def test_does_the_same_queries_for_known_and_unknown_numbers(
        self, anyone, aziza, django_assert_num_queries
    ):
        ask(anyone, "+998935550199")  # the day's row exists from here on
        with django_assert_num_queries(9) as known:
            ask(anyone, aziza.phone_number)
        with django_assert_num_queries(9) as unknown:
            ask(anyone, DILNOZA)
        assert len(known) == len(unknown)

    def test_keeps_no_digits_in_the_row(self, code_for):
        code = code_for(DILNOZA)
        row = OneTimeCode.objects.values().get()
        digits = {str(value) for name, value in row.items() if name != "phone_number"}
        assert code not in digits
        assert code not in str(NumberLimit.objects.values().get())

    @pytest.mark.parametrize(
        "number",
        [
            "+998711234567",  # a landline
            "+998101234567",  # no operator has 10
            "+79161234567",  # another country's mobile
            "12345",
            "",
            "+99890123456",
            "+9989012345678",
            "998 90 123-45-6x",
            None,
            901234567,
            ["+998901234567"],
            {"number": "+998901234567"},
            True,
        ],
    )
    def test_refuses_what_is_no_uzbek_mobile_number(self, anyone, number):
        response = ask(anyone, number)
        assert response.status_code == 400
        assert not OneTimeCode.objects.exists()
        if isinstance(number, str) and number:
            assert response.json()["code"] == "phone_number_invalid"
            assert response.json()["errors"][0]["field"] == "phone_number"

    @pytest.mark.parametrize("operator", MOBILE)
    def test_sends_to_every_mobile_operator(self, anyone, operator):
        assert ask(anyone, f"+998{operator}1234567").status_code == 202

    def test_refuses_a_body_without_a_number(self, anyone):
        assert has_problem(anyone.post(URL, {}), 400, "invalid")


class TestLimitsOfANumber:
    def test_refuses_a_second_code_within_a_minute(self, anyone):
        ask(anyone, DILNOZA)
        refused = ask(anyone, DILNOZA)
        assert has_problem(refused, 429, "otp_throttled")
        assert 55 <= int(refused["Retry-After"]) <= 60

    def test_counts_every_spelling_of_a_number_as_one(self, anyone):
        for spelling in ("935550101", "998935550101", "+998 93 555-01-01", "93 555 01 01"):
            status = ask(anyone, spelling).status_code
            assert status == (202 if spelling == "935550101" else 429), spelling
        assert OneTimeCode.objects.count() == 1

    @pytest.mark.parametrize(
        ("before", "wait"),
        [
            ([], 0),
            ([0], 60),
            ([61], 0),
            ([100, 0], 60),
            ([700, 300, 0], 120),
            ([1900, 1800, 1200, 0], 300),
            ([9000, 8000, 7000, 5000, 0], 900),
            ([20000, 9000, 8000, 7000, 5000, 0], 900),
            ([500, 300, 200], 100),  # three in ten minutes: the first of them leaves at 600
            ([3500, 3000, 2000, 1000, 700], 200),  # five within the hour: 3600 - 3500, but
        ],
    )
    def test_makes_the_wait_grow(self, before, wait):
        now = timezone.now()
        codes = [now - timedelta(seconds=ago) for ago in before]
        assert seconds_to_next_code(codes, entered_at=None, now=now) == wait

    def test_allows_ten_codes_a_day(self):
        now = timezone.now()
        codes = [now - timedelta(hours=23) + timedelta(hours=n) for n in range(10)]
        assert seconds_to_next_code(codes, entered_at=None, now=now) == 3600

    def test_starts_the_cooldown_over_once_a_code_was_entered(self):
        now = timezone.now()
        codes = [now - timedelta(seconds=20)]
        assert seconds_to_next_code(codes, entered_at=now, now=now) == 0
        three = [now - timedelta(seconds=ago) for ago in (40, 30, 20)]
        assert seconds_to_next_code(three, entered_at=now, now=now) == 560

    def test_forgets_codes_of_yesterday(self, anyone):
        sent_at(DILNOZA, *range(90_000, 86_401, -300))
        assert ask(anyone, DILNOZA).json()["retry_after"] == 60
        assert len(NumberLimit.objects.get().codes) == 1

    def test_keeps_its_counters_from_being_swept_while_in_use(self, anyone):
        long_ago = timezone.now() - timedelta(days=30)
        NumberLimit.objects.create(pk=DILNOZA, updated_at=long_ago)
        ask(anyone, DILNOZA)
        assert NumberLimit.objects.get().updated_at > long_ago

    def test_can_be_lifted_by_staff(self, anyone):
        ask(anyone, DILNOZA)
        lift_limits(phone_number=DILNOZA)
        assert ask(anyone, DILNOZA).status_code == 202

    def test_a_new_code_replaces_the_old(self, anyone, code_for, enter):
        first = code_for(DILNOZA)
        sent_at(DILNOZA, 61)
        second = code_for(DILNOZA)
        assert OneTimeCode.objects.open().count() == 1
        assert first == second or enter(DILNOZA, first).status_code == 400
        assert enter(DILNOZA, second).status_code == 200


class TestLimitsOfAPrefixAndADay:
    def ask_twenty(self, client):
        for number in range(20):
            assert ask(client, f"+9989355501{number:02d}").status_code == 202

    def test_a_prefix_whose_codes_nobody_enters_rests_for_an_hour(self, anyone):
        self.ask_twenty(anyone)
        refused = ask(anyone, "+998935550150")
        assert has_problem(refused, 429, "otp_throttled")
        assert 3500 < int(refused["Retry-After"]) <= 3600
        assert ask(anyone, "+998935650150").status_code == 202  # another prefix
        CodeCounter.objects.update(updated_at=timezone.now() - timedelta(hours=1, seconds=1))
        assert ask(anyone, "+998935550150").status_code == 202

    def test_a_prefix_of_which_a_fifth_enters_goes_on(self, anyone, enter):
        self.ask_twenty(anyone)
        for code in OneTimeCode.objects.order_by("pk")[:3]:
            enter(code.phone_number, code.reveal())
        assert ask(anyone, "+998935550150").status_code == 429
        code = OneTimeCode.objects.order_by("pk")[3]
        enter(code.phone_number, code.reveal())
        assert ask(anyone, "+998935550150").status_code == 202
        assert CodeCounter.objects.get(key="prefix:9989355").sent == 1

    def test_a_days_budget_ends_at_local_midnight(self, anyone, settings):
        settings.OTP_DAILY_BUDGET = 2
        assert ask(anyone, DILNOZA).status_code == 202
        assert ask(anyone, "+998335550101").status_code == 202
        refused = ask(anyone, "+998945550101")
        assert has_problem(refused, 429, "otp_throttled")
        assert 0 < int(refused["Retry-After"]) <= 86_400

    def test_a_budget_of_nothing_sends_nothing(self, anyone, settings):
        settings.OTP_DAILY_BUDGET = 0
        assert ask(anyone, DILNOZA).status_code == 429

    def test_a_refused_code_counts_nowhere(self, anyone, settings):
        settings.OTP_DAILY_BUDGET = 0
        ask(anyone, DILNOZA)
        assert not NumberLimit.objects.exists()
        assert not CodeCounter.objects.exists()
        assert not OneTimeCode.objects.exists()


class TestLimitsOfAnAddress:
    def test_an_address_gets_thirty_codes_an_hour(self, anyone):
        answers = [
            ask(anyone, f"+99893{n:03d}0101", REMOTE_ADDR="203.0.113.7").status_code
            for n in range(100, 131)
        ]
        assert answers == [202] * 30 + [429]
        refused = ask(anyone, "+998901230101", REMOTE_ADDR="203.0.113.7")
        assert int(refused["Retry-After"]) > 3500
        assert ask(anyone, "+998901230101", REMOTE_ADDR="203.0.113.8").status_code == 202

    def test_a_network_gets_a_hundred_and_twenty(self, anyone):
        answers = [
            ask(anyone, f"+99893{n:03d}0101", REMOTE_ADDR=f"203.0.113.{n % 50}").status_code
            for n in range(100, 222)
        ]
        assert answers == [202] * 120 + [429] * 2

    def test_who_is_refused_by_address_uses_up_nobodys_number(self, anyone):
        for n in range(100, 130):
            ask(anyone, f"+99893{n:03d}0101", REMOTE_ADDR="203.0.113.7")
        assert ask(anyone, DILNOZA, REMOTE_ADDR="203.0.113.7").status_code == 429
        assert ask(anyone, DILNOZA).status_code == 202

    def test_loopback_peers_are_not_counted(self, anyone):
        answers = {ask(anyone, f"+99893{n:03d}0101").status_code for n in range(100, 140)}
        assert answers == {202}

    def test_forged_forwarding_headers_buy_nothing(self, anyone):
        answers = [
            ask(
                anyone,
                f"+99893{n}0101",
                REMOTE_ADDR="203.0.113.7",
                HTTP_X_FORWARDED_FOR=f"198.51.100.{n - 100}, 127.0.0.1",
            ).status_code
            for n in range(100, 140)
        ]
        assert answers.count(202) == 30
