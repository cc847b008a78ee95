"""What is no number, no text, no choice, in every field of every call that writes: 400, no row."""

import json
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from tests.ledger.book.test_hostile_input import NO_AMOUNTS, NO_TEXTS
from tests.security.calls import CALLS
from tests.security.documented import body_fields, members, operation_of, resolved
from tests.security.snapshots import snapshot

pytestmark = pytest.mark.django_db

# As they stand in the JSON of a body.
NO_WHOLE_NUMBERS = [
    "NaN", "Infinity", "-Infinity", "1e400", "-1", "1.5", "1" + "0" * 30, "9223372036854775808",
    "true", "false", "[]", "{}", "[1]", '"x"', '""', '"NaN"', '"1e400"', r'"1\u0000"', r'"\ud800"',
]  # fmt: skip
NO_BOOLEANS = ['"x"', "2", "-1", "1e400", "NaN", "[]", "{}", r'"\u0000"', r'"\ud800"']
NO_DATES = [
    "1", "true", "NaN", "1e400", "[]", "{}", '"x"', '"2026-13-01"', '"2026-02-30"',
    '"0000-00-00"', '"99999-01-01"', r'"2026-01-01\u0000"', r'"\ud800"',
]  # fmt: skip
NO_CHOICES = [*NO_TEXTS, '"x"', "NaN", "1e400", '""']
NO_LISTS = ['"x"', "1", "true", "{}", "NaN", "[[]]", "[{}]", "[true]", r'["\u0000"]', "[1e400]"]
NO_OBJECTS = ['"x"', "1", "true", "[]", "NaN", "null"]
BOUNDS = {"price_min", "price_max"}  # to compare with: nought is one too
NO_KEYS = [r'{"a\u0000": 1}', r'{"\ud800": 1}', "[" * 5000, '{"a":' * 5000, "{", "NaN", '"x"', "[]"]


def hostile_values(schema):
    """Literals that a field of this kind does not take."""
    if "oneOf" in schema and "number" in {kind.get("type") for kind in schema["oneOf"]}:
        return [literal for literal in NO_AMOUNTS if literal != "null"]
    kind = schema.get("type")
    if kind == "integer":
        return NO_WHOLE_NUMBERS + ["0", "-0", "0.0"] * (schema.get("minimum") == 1)
    if kind == "string" and schema.get("format") in ("date", "date-time"):
        return NO_DATES
    plain = {"boolean": NO_BOOLEANS, "array": NO_LISTS, "object": NO_OBJECTS}
    if kind in plain:
        return plain[kind]
    return NO_CHOICES if "enum" in schema or "oneOf" in schema else NO_TEXTS


def bodies(base, fields):
    """(field, body) for each hostile value in each field, the rest as it should be."""
    for name, schema in fields.items():
        for literal in hostile_values(schema):
            yield name, body_with(base, name, literal)
        for inner, inner_schema in members(schema).items():
            for literal in hostile_values(inner_schema):
                if inner in BOUNDS and literal.strip('"-') in ("0", "0.00"):
                    continue
                yield f"{name}.{inner}", body_with(base, name, f'{{"{inner}": {literal}}}')


def body_with(base, name, literal):
    rest = "".join(f"{json.dumps(n)}: {json.dumps(v)}, " for n, v in base.items() if n != name)
    return f'{{{rest}"{name}": {literal}}}'


@pytest.fixture
def sender(people, api):
    """`sender(call)`: a client of somebody whom the call is not refused to as such."""
    clients = {name: api(people[name]) for name in ("owner", "outsider")}

    def choose(call):
        if call.is_open:
            return APIClient()
        return clients["outsider" if call.owner >= 300 > call.outsider else "owner"]

    return choose


WRITERS = [call for call in CALLS if body_fields(call)]


def test_are_refused_everywhere(sender, rows):
    before, taken, tried = snapshot(), [], 0
    for call in WRITERS:
        path, base = call.filled(rows)
        for name, body in bodies(base, body_fields(call)):
            send = getattr(sender(call), call.method)
            response = send(path, body.encode(), content_type="application/json")
            tried += 1
            if response.status_code != 400:
                taken.append((str(call), name, body[-60:], response.status_code))
    assert taken == []
    assert tried > 1000
    assert len(WRITERS) >= 36
    assert snapshot() == before


def test_are_refused_where_no_field_is(sender, rows):
    """Names of members, and bodies that are no objects, also where a body is not wanted."""
    before, taken = snapshot(), []
    for call in WRITERS:
        path, _base = call.filled(rows)
        for body in NO_KEYS:
            send = getattr(sender(call), call.method)
            response = send(path, body.encode(), content_type="application/json")
            if response.status_code != 400:
                taken.append((str(call), body[:30], response.status_code))
    assert taken == []
    assert snapshot() == before


IN_QUERIES = [
    "\x00", "a\x00b", "NaN", "1e400", "-0", "9" * 40, "true", "[]", "\ud800", "\udfff",
    "' OR 1=1--", "%", "_", "\\", "x" * 5000, "١", "\u202e", "1" + "0" * 30,
    "-1", "2026-13-01", "9999-12-31",
]  # fmt: skip


def test_in_queries_are_refused_or_find_nothing(sender, rows):
    """Every parameter of every list: no crash, and what cannot be stored is a 400."""
    found, tried = [], 0
    for call in CALLS:
        if call.method != "get" or call.is_open:
            continue
        path = call.filled(rows)[0].partition("?")[0]
        for parameter in operation_of(call).get("parameters", []):
            if parameter["in"] != "query":
                continue
            for value in IN_QUERIES:
                query = f"{parameter['name']}={quote(value, errors='surrogatepass')}"
                status = sender(call).get(path, QUERY_STRING=query).status_code
                tried += 1
                is_text = resolved(parameter["schema"]).get("type") == "string"
                if status not in (200, 400) or ("\x00" in value and is_text and status != 400):
                    found.append((str(call), query[:60], status))
    assert found == []
    assert tried > 500
