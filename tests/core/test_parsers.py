import json

import pytest

pytestmark = pytest.mark.usefixtures("small_api", "db")


def send(client, body):
    return client.post("/api/shape/", body, content_type="application/json")


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"\xff\xfe",
            b'{"amount": NaN}',
            b'{"amount": Infinity}',
            b"[" * 1000 + b"]" * 1000,
            b'{"a":' * 1000 + b"1" + b"}" * 1000,
            b"[" * 200_000,
            b'{"amount": ' + b"1" * 5000 + b"}",
            b'{"amount": 1e99999999999999999999}',
            b'"just text"',
            b"[]",
            b"null",
            b"12",
        ],
    )
    def test_that_are_not_a_json_object_are_refused(self, anyone, body):
        answer = send(anyone, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")

    @pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "a\\udfffb"])
    def test_with_text_that_cannot_be_stored_are_refused(self, anyone, text):
        for body in (f'{{"text": "{text}"}}', f'{{"{text}": 1}}', f'{{"x": [{{"y": "{text}"}}]}}'):
            answer = send(anyone, body)
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["code"] == "text_invalid"

    def test_may_hold_astral_characters_written_as_pairs(self, anyone):
        assert send(anyone, '{"text": "\\ud83d\\ude00"}').json() == {"text": "😀"}

    def test_may_hold_many_brackets_inside_strings(self, anyone):
        answer = send(anyone, json.dumps({"ignored": "[{" * 500 + '\\"'}))
        assert answer.status_code == 200

    def test_may_be_empty(self, anyone):
        assert send(anyone, b"").status_code == 200

    def test_over_the_limit_are_refused_by_their_announced_length(self, anyone):
        answer = send(anyone, b'{"text": "' + b"x" * 1024 * 1024 + b'"}')
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
        assert answer.json()["limit_bytes"] == 1024 * 1024


class TestAmounts:
    @pytest.mark.parametrize(
        ("literal", "amount"),
        [
            ('"150000.00"', "150000.00"),
            ('"150000"', "150000.00"),
            ('"0.1"', "0.10"),
            ("100", "100.00"),
            ("0.30", "0.30"),
            ("999999999999.99", "999999999999.99"),
        ],
    )
    def test_are_read_from_their_literal(self, anyone, literal, amount):
        assert send(anyone, f'{{"amount": {literal}}}').json() == {"amount": amount}

    @pytest.mark.parametrize(
        "literal",
        [
            "0", "-0", "-1", "0.00",
            "1e2", "1E2", "1.0e1", "1e400", "0.001", "1.999", "1" + 30 * "0",
            "1000000000000", "true", "false", "null", "[]", "{}", '""', '" 1"', '"1 "', '"1,5"',
            '"NaN"', '"Infinity"', '"1e2"', '"+1"', '"-1"', '"0"', '"0.00"', '"1.234"', '"١٢"',
            '"1_000"', '"0x10"', '"1."', '".5"', '"1000000000000"',
        ],
    )  # fmt: skip
    def test_that_are_not_plain_are_refused(self, anyone, literal):
        answer = send(anyone, f'{{"amount": {literal}}}')
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "amount"


class TestFields:
    @pytest.mark.parametrize("literal", ["0", "-1", "true", '"x"', "1.5", "9223372036854775808"])
    def test_an_id_that_fits_no_row_is_refused(self, anyone, literal):
        assert send(anyone, f'{{"row": {literal}}}').status_code == 400

    @pytest.mark.parametrize(
        "literal", ['"2026-13-01"', "5", '"0001-01-01T00:00:00+14:00"', "null"]
    )
    def test_a_moment_that_is_none_is_refused(self, anyone, literal):
        assert send(anyone, f'{{"moment": {literal}}}').status_code == 400

    def test_text_is_stripped_before_it_is_measured(self, anyone):
        assert send(anyone, '{"text": "  five!  "}').json() == {"text": "five!"}

    @pytest.mark.parametrize("literal", ["5", "true", "[]", "null", "{}"])
    def test_text_is_text(self, anyone, literal):
        assert send(anyone, f'{{"text": {literal}}}').status_code == 400

    def test_a_phone_number_has_a_code_of_its_own(self, anyone):
        problem = send(anyone, '{"phone": "12"}').json()
        assert problem["code"] == "phone_number_invalid"
        assert problem["errors"][0]["field"] == "phone"


class TestQueryParameters:
    @pytest.mark.parametrize(
        "query",
        ["flag=yes", "flag=", "day=2026-02-30", "day=x", "day=", "day=0000-01-01", "day=20260101"],
    )
    def test_a_bad_value_is_refused(self, anyone, query):
        answer = anyone.get(f"/api/shape/?{query}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == query.split("=")[0]

    def test_unknown_names_are_ignored(self, anyone):
        answer = anyone.get("/api/shape/?flag=1&day=2026-11-21&colour=red")
        assert answer.json() == {"flag": True, "day": "2026-11-21"}
