"""Every call of the API for every kind of person: no door is open that the table keeps shut."""

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from tests.security.calls import CALLS, PEOPLE, classified, routed, send
from tests.security.snapshots import snapshot

pytestmark = pytest.mark.django_db

ABSENT = 2**40  # no row of any table has this id, or one near


def test_every_route_is_in_the_table():
    assert classified() == routed()


@pytest.fixture
def clients(people, api):
    signed_in = {name: api(person) for name, person in people.items()}
    return {name: signed_in.get(name) or APIClient() for name in PEOPLE}


def headers_of(person, aziza):
    """The cashier works in aziza's book; all have one request id, for answers to be compared."""
    book = {"X-Book": str(aziza.pk)} if person == "cashier" else {}
    return {"X-Request-ID": "the-matrix"} | book


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_table_says(person, clients, rows, aziza):
    headers = headers_of(person, aziza)
    found = {}
    for call in CALLS:
        with transaction.atomic():
            response = send(clients[person], call, rows, **headers)
            transaction.set_rollback(True)
        if response.status_code != call.expected(person):
            found[str(call)] = (response.status_code, call.expected(person), response.content[:200])
    assert found == {}


@pytest.mark.parametrize("person", ["outsider", "not enabled", "cashier", "staff", "superuser"])
def test_the_rows_of_another_are_absent_to_the_byte(person, clients, rows, aziza):
    headers = headers_of(person, aziza)
    absent = {name: ABSENT + place for place, name in enumerate(rows)}
    hidden = [call for call in CALLS if call.hides_a_row and call.expected(person) == 404]
    assert len(hidden) >= 18
    before = snapshot()
    for call in hidden:
        theirs = send(clients[person], call, rows, **headers)
        none = send(clients[person], call, absent, **headers)
        assert theirs.status_code == none.status_code == 404
        assert theirs.content == none.content, str(call)
        assert dict(theirs.headers) == dict(none.headers), str(call)
    assert snapshot() == before


@pytest.mark.parametrize("person", ["nobody", "outsider", "not enabled", "staff", "superuser"])
def test_refused_calls_change_nothing(person, clients, rows, aziza):
    headers = headers_of(person, aziza)
    refused = [call for call in CALLS if not call.is_open and call.expected(person) in (401, 403)]
    before = snapshot()
    for call in refused:
        send(clients[person], call, rows, **headers)
    assert len(refused) >= 6
    assert snapshot() == before


@pytest.mark.parametrize("person", ["outsider", "not enabled", "staff", "superuser"])
def test_lists_hold_nothing_of_hers(person, clients, rows, aziza):
    """What aziza wrote only for herself and her people is in no list of another."""
    secrets = ["maxfiy", "bor, keling", "Bobur", aziza.phone_number, "+998901110002"]
    for call in CALLS:
        if call.method == "get" and not call.is_open:
            said = send(clients[person], call, rows).content.decode()
            assert [secret for secret in secrets if secret in said] == [], str(call)
