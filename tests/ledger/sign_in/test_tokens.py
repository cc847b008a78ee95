"""A token is ours, of this kind, in time, of a session that lives: else 401, never 500."""

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F
from django.utils import timezone

from ledger.models import Session, User
from ledger.queries.sessions import (
    ended_sessions,
    oldest_valid_generations,
    session_of,
    verify_access,
)
from ledger.tokens import (
    Claims,
    SessionEnded,
    TokenInvalid,
    issue_pair,
    key_ring,
    read_access,
    read_refresh,
)
from tests.conftest import open_session
from tests.ledger.sign_in.conftest import bearer, has_problem

pytestmark = pytest.mark.django_db

OTHER_SECRET = "another-secret-of-forty-characters-or-so"


def b64(value: object) -> str:
    raw = json.dumps(value).encode() if not isinstance(value, bytes) else value
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Forge:
    """Makes tokens that differ from a good one in one thing."""

    def __init__(self, session: Session) -> None:
        self.pair = issue_pair(session)
        self.kid, self.secret = next(iter(settings.JWT_KEYS.items()))
        self.claims = jwt.decode(self.pair.access, options={"verify_signature": False})

    def sign(self, algorithm: str = "HS256", secret: str = "", headers: object = None, **changes):
        claims = {
            name: value for name, value in (self.claims | changes).items() if value is not None
        }
        headers = {"kid": self.kid} if headers is None else headers
        return jwt.encode(claims, secret or self.secret, algorithm, headers=headers)

    def unsigned(self, algorithm: str) -> str:
        return f"{b64({'alg': algorithm, 'typ': 'JWT', 'kid': self.kid})}.{b64(self.claims)}."


def now() -> int:
    return int(time.time())


VARIANTS: dict[str, Callable[[Forge], str]] = {
    "alg none": lambda forge: forge.unsigned("none"),
    "alg None with a signature": lambda forge: forge.unsigned("None") + "c2ln",
    "no signature": lambda forge: forge.pair.access.rsplit(".", 1)[0] + ".",
    "another signature": lambda forge: forge.pair.access[:-6] + "AAAAAA",
    "other key": lambda forge: forge.sign(secret=OTHER_SECRET),
    "other algorithm": lambda forge: forge.sign("HS512"),
    "unknown kid": lambda forge: forge.sign(headers={"kid": "another"}),
    "no kid": lambda forge: forge.sign(headers={}),
    "kid that is a path": lambda forge: forge.sign(headers={"kid": "../../dev/null"}),
    "expired": lambda forge: forge.sign(exp=now() - 1),
    "no expiry": lambda forge: forge.sign(exp=None),
    "expiry that is text": lambda forge: forge.sign(exp="soon"),
    "expiry in a text": lambda forge: forge.sign(exp=str(now() + 500)),
    "expiry beyond the calendar": lambda forge: forge.sign(exp=10**17),
    "expiry beyond all numbers": lambda forge: forge.sign(exp=float("inf")),
    "not yet valid": lambda forge: forge.sign(nbf=now() + 500),
    "issued in the future": lambda forge: forge.sign(iat=now() + 500),
    "no issue date": lambda forge: forge.sign(iat=None),
    "issue date that is text": lambda forge: forge.sign(iat="now"),
    "other issuer": lambda forge: forge.sign(iss="somebody"),
    "no issuer": lambda forge: forge.sign(iss=None),
    "other audience": lambda forge: forge.sign(aud="parthub"),
    "audience among others": lambda forge: forge.sign(aud=["daftar-api", "parthub"]),
    "no audience": lambda forge: forge.sign(aud=None),
    "refresh as access": lambda forge: forge.pair.refresh,
    "other token type": lambda forge: forge.sign(token_type="sliding"),
    "no token type": lambda forge: forge.sign(token_type=None),
    "no id": lambda forge: forge.sign(jti=None),
    "no subject": lambda forge: forge.sign(sub=None),
    "other subject": lambda forge: forge.sign(sub=str(int(forge.claims["sub"]) + 1)),
    "subject that is text": lambda forge: forge.sign(sub="aziza"),
    "subject beyond the column": lambda forge: forge.sign(sub="9" * 30),
    "negative subject": lambda forge: forge.sign(sub="-1"),
    "no session": lambda forge: forge.sign(sid=None),
    "absent session": lambda forge: forge.sign(sid=999_999),
    "session that is text": lambda forge: forge.sign(sid=str(forge.claims["sid"])),
    "session that is true": lambda forge: forge.sign(sid=True),
    "session beyond the column": lambda forge: forge.sign(sid=10**30),
    "session that is a list": lambda forge: forge.sign(sid=[forge.claims["sid"]]),
    "other token version": lambda forge: forge.sign(ver=forge.claims["ver"] + 1),
    "no token version": lambda forge: forge.sign(ver=None),
    "generation that is not yet": lambda forge: forge.sign(gen=99),
    "no generation": lambda forge: forge.sign(gen=None),
    "generation nought": lambda forge: forge.sign(gen=0),
    "payload that is no object": lambda forge: jwt.api_jws.encode(
        b"[1]", forge.secret, "HS256", headers={"kid": forge.kid}
    ),
    "header nested deeply": lambda forge: f"{b64(b'[' * 900)}.{b64({})}.x",
    "header that is no object": lambda forge: f"{b64([1])}.{b64({})}.x",
    "header that is no JSON": lambda forge: f"{b64(b'{')}.{b64({})}.x",
    "too long": lambda forge: forge.sign(more="x" * 3000),
    "two parts": lambda forge: "a.b",
    "four parts": lambda forge: forge.pair.access + ".x",
    "one word": lambda forge: "x",
    "dots": lambda forge: "..",
    "letters of another alphabet": lambda forge: forge.pair.access[:-1] + "я",
}


@pytest.fixture
def session(aziza):
    return open_session(aziza)


@pytest.fixture
def forge(session):
    return Forge(session)


class TestATokenIsRefused:
    @pytest.mark.parametrize("variant", VARIANTS)
    def test_with(self, forge, variant):
        token = VARIANTS[variant](forge)
        refused = bearer(token).get("/api/auth/me/")
        assert has_problem(refused, 401, "token_invalid")
        assert refused["WWW-Authenticate"].startswith("Bearer")
        with pytest.raises(TokenInvalid):
            verify_access(token)

    def test_but_not_an_unchanged_one(self, forge):
        """Else the variants above would prove nothing."""
        assert bearer(forge.sign()).get("/api/auth/me/").status_code == 200

    @pytest.mark.parametrize("header", ["Bearer", "Bearer  ", "Bearer a b", "bearer x", "BEARER x"])
    def test_in_a_malformed_header(self, anyone, header):
        anyone.credentials(HTTP_AUTHORIZATION=header)
        assert has_problem(anyone.get("/api/auth/me/"), 401, "token_invalid")

    @pytest.mark.parametrize("header", ["", "Basic YTpi", "Token x", "x"])
    def test_in_a_header_of_another_scheme(self, anyone, header):
        anyone.credentials(HTTP_AUTHORIZATION=header)
        assert has_problem(anyone.get("/api/auth/me/"), 401, "not_authenticated")

    def test_in_the_address(self, anyone, forge):
        assert anyone.get(f"/api/auth/me/?token={forge.pair.access}").status_code == 401

    def test_but_not_looked_at_where_none_is_wanted(self, aziza):
        client = bearer("rubbish")
        body = {"phone_number": aziza.phone_number, "password": "wrong-guess-1"}
        assert has_problem(client.post("/api/v1/login/", body), 401, "invalid_credentials")


ENDINGS = {
    "session ended": lambda: Session.objects.update(ended_at=timezone.now(), end_reason="logout"),
    "session deleted": lambda: Session.objects.all().delete(),
    "account deactivated": lambda: User.objects.update(is_active=False),
    "account deleted": lambda: User.objects.update(
        is_active=False, phone_number=None, full_name="", deleted_at=timezone.now()
    ),
}


class TestAGoodTokenIsRefusedOnceItsAccountEnds:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_by(self, session, ending):
        token = issue_pair(session).access
        client = bearer(token)
        assert client.get("/api/auth/me/").status_code == 200
        ENDINGS[ending]()
        assert has_problem(client.get("/api/auth/me/"), 401, "token_invalid")
        with pytest.raises(SessionEnded):
            verify_access(token)
        assert ended_sessions([session.pk]) == {session.pk}

    def test_but_a_socket_may_come_back_after_a_password_change(self, aziza, session):
        token = issue_pair(session).access
        User.objects.update(token_version=F("token_version") + 1)
        Session.objects.update(generation=2, valid_from_generation=2)
        with pytest.raises(TokenInvalid) as refusal:
            verify_access(token)
        assert not isinstance(refusal.value, SessionEnded)
        assert ended_sessions([session.pk]) == set()
        assert oldest_valid_generations([session.pk]) == {session.pk: 2}


class TestVerifyAccess:
    def test_says_who_until_when_and_by_which_generation(
        self, aziza, session, django_assert_num_queries
    ):
        token = issue_pair(session).access
        with django_assert_num_queries(1):
            access = verify_access(token)
        assert (access.user_id, access.session_id, access.generation) == (aziza.pk, session.pk, 1)
        ten_minutes = session.rotated_at.replace(microsecond=0) + timedelta(minutes=10)
        assert access.expires_at == ten_minutes

    def test_asks_about_many_sessions_at_once(self, aziza, bobur, django_assert_num_queries):
        live, over, expired = open_session(aziza), open_session(aziza), open_session(bobur)
        Session.objects.filter(pk=over.pk).update(ended_at=timezone.now(), end_reason="admin")
        Session.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
        asked = [live.pk, over.pk, expired.pk, 999_999]
        with django_assert_num_queries(1):
            assert ended_sessions(asked) == {over.pk, expired.pk, 999_999}
        assert oldest_valid_generations(asked) == {live.pk: 1}

    def test_finds_the_session_as_the_model_would(self, aziza, session):
        Session.objects.filter(pk=session.pk).update(ip="2001:db8::7", device="Pixel 9")
        found = session_of(read_access(issue_pair(session).access))
        same = Session.objects.select_related("user").get(pk=session.pk)
        for read, expected in ((found, same), (found.user, same.user)):
            fields = expected._meta.concrete_fields
            assert {f.name: f.value_from_object(read) for f in fields} == {
                f.name: f.value_from_object(expected) for f in fields
            }

    def test_asks_nothing_about_none(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert ended_sessions([]) == set()

    def test_of_charos_gives_no_access_to_azizas_session(self, charos, session):
        claims = Claims(charos.pk, session.pk, 1, 1, timezone.now())
        with pytest.raises(TokenInvalid):
            session_of(claims)


class TestTheKeyRing:
    def test_verifies_by_older_keys_and_signs_by_the_first(self, session, settings):
        old = issue_pair(session)
        (old_key,) = settings.JWT_KEYS.items()
        settings.JWT_KEYS = {"2026": OTHER_SECRET, old_key[0]: old_key[1]}
        assert read_access(old.access).session_id == session.pk
        new = issue_pair(session)
        assert jwt.get_unverified_header(new.access)["kid"] == "2026"
        assert read_refresh(new.refresh).session_id == session.pk
        settings.JWT_KEYS = {"2026": OTHER_SECRET}
        with pytest.raises(TokenInvalid):
            read_access(old.access)

    def test_takes_no_key_under_the_name_of_another(self, session, settings):
        token = issue_pair(session).access
        (kid,) = settings.JWT_KEYS
        settings.JWT_KEYS = {kid: OTHER_SECRET}
        with pytest.raises(TokenInvalid):
            read_access(token)

    def test_refuses_a_short_secret(self, settings):
        settings.JWT_KEYS = {"1": "short"}
        with pytest.raises(ImproperlyConfigured, match="32 characters"):
            key_ring()
