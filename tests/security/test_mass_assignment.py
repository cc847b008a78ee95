"""Every field of every model, sent to every call that writes: none is set but those it takes.

Each call is made plainly and with all the fields in its body, from the same state of the same
database. What it leaves behind is the same but for clocks and chance, and those the server set.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from rest_framework.test import APIClient

from ledger.models import OneTimeCode, Session
from ledger.tokens import issue_pair
from tests.conftest import PASSWORD, open_session
from tests.security.calls import CALLS, Call, fill
from tests.security.documented import body_fields
from tests.security.snapshots import models as our_models
from tests.security.snapshots import snapshot

pytestmark = pytest.mark.django_db

LONG_AGO = "2001-01-01"
NUMBER, AMOUNT, WORD = 987_654, "98765.43", "hostile-word"
HOSTILE = (LONG_AGO, str(NUMBER), AMOUNT, WORD)
VARIANTS = 3
HIS_DEBT = "/api/v1/my/debts/{debt}/dispute/"
PROTECTED = {"ledger", "marketplace", "messaging"}


def tried_values(field: models.Field, stranger: int) -> list[Any]:
    if field.choices:
        return [value for value, _label in field.flatchoices]
    if field.is_relation:
        return [stranger]
    match field:
        case models.BooleanField():
            return [True, False]
        case models.DateTimeField():
            return [f"{LONG_AGO}T00:00:00.000000+05:00"]
        case models.DateField():
            return [LONG_AGO]
        case models.DecimalField():
            return [AMOUNT]
        case models.IntegerField():
            return [NUMBER]
        case models.JSONField():
            return [{WORD: NUMBER}]
        case ArrayField():
            return [[WORD]]
    return [WORD]


def every_field(stranger: int) -> dict[str, list[Any]]:
    """Values to try for each name that a column of ours has."""
    found: dict[str, list[Any]] = {"pk": [NUMBER]}
    for model in our_models():
        for field in model._meta.concrete_fields:
            for name in (field.name, field.attname):
                known = found.setdefault(name, [])
                known += [v for v in tried_values(field, stranger) if v not in known]
    return found


@dataclass
class Writer:
    """A call that succeeds, and who makes it."""

    call: Call
    client: APIClient
    body: dict[str, Any]
    path: str

    def make(self, extra: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and all rows afterwards; the database is put back."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(oid::regclass, 5000000) FROM pg_class WHERE relkind = 'S'"
            )
            send = getattr(self.client, self.call.method)
            response = send(self.path, extra | self.body, format="json")
            rows = snapshot(PROTECTED) if response.status_code < 300 else {}
            transaction.set_rollback(True)
        return response.status_code, rows


@pytest.fixture
def writers(rows, api, people, bobur, settings):
    """Every call with a JSON body, as somebody for whom it succeeds."""
    made = [*signing_in(people["owner"], settings)]
    for call in CALLS:
        if call.method in ("post", "put", "patch") and isinstance(call.body, dict):
            writer = next((p for p in ("owner", "outsider") if call.expected(p) < 300), None)
            person = bobur if call.path == HIS_DEBT else people.get(writer)
            if person and not call.is_open:
                made.append(Writer(call, api(person), *reversed(call.filled(rows))))
    return made


def signing_in(aziza, settings):
    """Those that want a code, a password or a token that is right."""
    settings.DEV_OTP = True
    anyone, now = APIClient(), OneTimeCode._meta.get_field("created_at").default
    codes = {}
    for number in ("+998935550101", "+998935550102"):
        anyone.post("/api/auth/request-otp/", {"phone_number": number})
        codes[number] = OneTimeCode.objects.get(phone_number=number).reveal()
    session = open_session(aziza, Session.OpenedBy.OTP)
    Session.objects.filter(pk=session.pk).update(created_at=now())
    pair = issue_pair(session)
    holder = APIClient()
    holder.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    new, moved = ({"phone_number": n, "code": c} for n, c in codes.items())
    login = {"phone_number": aziza.phone_number, "password": PASSWORD}
    for path, client, body in [
        ("/api/auth/request-otp/", anyone, {"phone_number": "+998935550103"}),
        ("/api/auth/verify-otp/", anyone, new),
        ("/api/auth/change-phone/", holder, moved),
        ("/api/auth/set-password/", holder, {"password": "anor-olma-2026"}),
        ("/api/auth/refresh/", anyone, {"refresh": pair.refresh}),
        ("/api/v1/login/", anyone, login),
    ]:
        [call] = [call for call in CALLS if (call.method, call.path) == ("post", path)]
        yield Writer(call, client, fill(body, {}), path)


def cells(rows):
    return {
        (table, pk, name): value
        for table, found in rows.items()
        for pk, row in found.items()
        for name, value in row.items()
    }


def is_hostile(value: Any) -> bool:
    return any(word in str(value) for word in HOSTILE)


def differences(plain, again, changed):
    """Cells that the fields changed. Where two plain calls differ, it is enough that the value
    is none of those that were sent."""
    plain, again, changed = map(cells, (plain, again, changed))
    return {
        place: changed.get(place)
        for place in plain.keys() | changed.keys()
        if plain.get(place) != changed.get(place)
        and (plain.get(place) == again.get(place) or is_hostile(changed.get(place)))
    }


def test_no_protected_field_is_set(writers, charos):
    fields, found, sent = every_field(charos.pk), {}, 0
    assert len(fields) > 150
    for place, writer in enumerate(writers):
        status, plain = writer.make({})
        assert status < 300, (str(writer.call), status)
        _status, again = writer.make({})
        unknown = {n: v for n, v in fields.items() if n not in body_fields(writer.call)}
        for variant in range(VARIANTS):
            extra = {n: v[(variant + place) % len(v)] for n, v in unknown.items()}
            status, rows = writer.make(extra)
            # Refused for one of them: each alone, then.
            alone = [{name: value} for name, value in extra.items()]
            tries = [extra] if status < 300 or variant else alone
            for each in tries:
                if each is not extra:
                    status, rows = writer.make(each)
                sent += len(each)
                if status < 300 and (changed := differences(plain, again, rows)):
                    found[str(writer.call), variant] = changed
                assert status < 500, (str(writer.call), each)
    assert found == {}
    assert sent > 15_000


def test_all_calls_that_write_are_among_them(writers):
    tried = {(writer.call.method, writer.call.path) for writer in writers}
    missing = {
        (call.method, call.path)
        for call in CALLS
        if call.method in ("post", "put", "patch") and isinstance(call.body, dict)
    } - tried
    # Refused to everybody for the state of the row; of another row it is among them.
    assert missing == {("post", "/api/b2b/posts/{post}/renew/")}
