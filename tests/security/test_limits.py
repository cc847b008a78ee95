"""Two hundred ways to write an address or a number: each limit still counts one."""

import random

import pytest

from ledger.models import CodeCounter, NumberLimit, OneTimeCode
from tests.ledger.sign_in.conftest import DILNOZA

pytestmark = pytest.mark.django_db

SEED, VARIANTS = 20261122, 200
ASK, ENTER, LOGIN = "/api/auth/request-otp/", "/api/auth/verify-otp/", "/api/v1/login/"
PEER = "203.0.113.7"


def forged_headers():
    """What a client may write to seem another: in any of the headers that proxies use."""
    chance = random.Random(SEED)

    def address():
        kind = chance.randrange(6)
        if kind == 0:
            return f"2001:db8::{chance.randrange(1, 9999):x}"
        if kind == 1:
            return f"::ffff:198.51.100.{chance.randrange(1, 255)}"
        if kind == 2:
            return chance.choice(["127.0.0.1", "::1", "10.0.0.1", "localhost", "unknown", "", "x"])
        number = f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.9"
        return f"{number}:{chance.randrange(1, 65536)}" if kind == 3 else number

    for _variant in range(VARIANTS):
        hops = [address() for _hop in range(chance.randrange(1, 6))]
        mark = chance.choice([",", ", ", " ,  ", ",\t"])
        yield {
            "HTTP_X_FORWARDED_FOR": mark.join(hops),
            "HTTP_X_REAL_IP": address(),
            "HTTP_FORWARDED": f"for={address()};proto=https",
            "HTTP_CF_CONNECTING_IP": address(),
            "HTTP_X_CLIENT_IP": address(),
            "HTTP_TRUE_CLIENT_IP": address(),
        }


def numbers():
    """As many numbers, none near another: only the address is theirs in common."""
    return [f"+9989{place % 2}{place:03d}{place:04d}" for place in range(VARIANTS)]


class TestAnAddress:
    def test_gets_thirty_codes_whatever_it_says_of_itself(self, anyone):
        answers = [
            anyone.post(ASK, {"phone_number": n}, REMOTE_ADDR=PEER, **headers).status_code
            for n, headers in zip(numbers(), forged_headers(), strict=True)
        ]
        assert answers == [202] * 30 + [429] * (VARIANTS - 30)

    def test_gets_thirty_behind_our_proxy_too(self, anyone, settings):
        """What stands further left than our own proxy's entry was written by the client."""
        settings.TRUSTED_PROXIES = ["192.0.2.1"]
        answers = []
        for number, headers in zip(numbers(), forged_headers(), strict=True):
            headers["HTTP_X_FORWARDED_FOR"] += f", {PEER}"
            answer = anyone.post(ASK, {"phone_number": number}, REMOTE_ADDR="192.0.2.1", **headers)
            answers.append(answer.status_code)
        assert answers == [202] * 30 + [429] * (VARIANTS - 30)

    def test_guesses_a_hundred_passwords(self, anyone):
        answers = [
            anyone.post(
                LOGIN, {"phone_number": n, "password": "taxmin-1"}, REMOTE_ADDR=PEER, **headers
            ).status_code
            for n, headers in zip(numbers(), forged_headers(), strict=True)
        ]
        assert answers == [401] * 100 + [429] * (VARIANTS - 100)


def spellings(digits="935550101"):
    """One number in any usual spelling, and in some that are not usual at all."""
    chance, found = random.Random(SEED), {digits}
    while len(found) < VARIANTS:
        parts = [digits[:2], digits[2:5], digits[5:7], digits[7:]]
        prefix = chance.choice(["", "998", "+998", "+998 ", "998-", "(+998)", "00998"])
        marks = [chance.choice(["", " ", "-", ".", "  ", "\N{NO-BREAK SPACE}"]) for _ in parts]
        operator = chance.choice(["{}", "({})", "({}) "]).format(parts[0])
        spelt = prefix + operator + "".join(m + p for m, p in zip(marks, parts[1:], strict=False))
        found.add(chance.choice(["", " "]) + spelt + chance.choice(["", " "]))
    return sorted(found)


class TestANumber:
    def test_gets_one_code_however_it_is_spelt(self, anyone):
        answers = [
            anyone.post(ASK, {"phone_number": spelling}).status_code for spelling in spellings()
        ]
        assert answers.count(202) == 1
        assert set(answers) <= {202, 400, 429}
        assert answers.count(429) > 50  # most are understood, and counted together
        assert OneTimeCode.objects.count() == NumberLimit.objects.count() == 1
        assert CodeCounter.objects.filter(key__startswith="prefix:").count() == 1

    def test_has_five_guesses_at_its_code_however_it_is_spelt(self, anyone, settings):
        settings.DEV_OTP = True
        code = anyone.post(ASK, {"phone_number": DILNOZA}).json()["dev_code"]
        chance, spelt = random.Random(SEED), spellings()
        for spelling in spelt:
            guess = f"{(int(code) + chance.randrange(1, 10**6)) % 10**6:06d}"
            answer = anyone.post(ENTER, {"phone_number": spelling, "code": guess})
            assert answer.status_code in (400, 429)
        assert OneTimeCode.objects.get().tries <= 5
        assert anyone.post(ENTER, {"phone_number": DILNOZA, "code": code}).status_code != 200

    def test_has_ten_guesses_at_its_password_however_it_is_spelt(self, anyone, aziza):
        answers = [
            anyone.post(
                LOGIN, {"phone_number": spelling, "password": "taxmin-1"}, REMOTE_ADDR=PEER
            ).status_code
            for spelling in spellings(aziza.phone_number[4:])
        ]
        assert answers.count(401) == 10
        assert set(answers) <= {400, 401, 429}
        assert answers.count(429) > 50
