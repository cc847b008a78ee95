"""Every kind of event: listed, described, and nothing of it for the outsider."""

import ast

import msgspec
import pytest
from django.conf import settings

from realtime.asyncapi import CLIENT_FRAMES, CLOSE_CODES, SERVER_FRAMES, document
from realtime.frames import ERRORS, ClientFrame
from realtime.kinds import FEED_KINDS, KINDS
from tests.realtime.samples import sample
from tests.realtime.wire import open_wire

CONTRACT = {
    "message": "created changed read",
    "thread": "created changed",
    "notification": "created changed read",
    "debtor": "changed archived",
    "debt": "created changed voided disputed",
    "debts": "changed",
    "payment": "created changed voided",
    "dispute": "resolved",
    "my_debt": "created changed voided",
    "my_debts": "changed",
    "my_payment": "created voided",
    "post": "changed",
    "subscription": "changed",
}


def published_kinds():
    """What the code publishes by a literal name, and the beginnings of names it composes."""
    for app in ("ledger", "marketplace", "messaging"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("publish"):
                    yield from _kind(node.args[0] if node.args else None)


def _kind(argument):
    if isinstance(argument, ast.Constant):
        yield argument.value
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        yield argument.values[0].value


class TestKinds:
    def test_are_those_of_the_contract(self):
        listed = {
            f"{noun}.{past}" for noun, all_past in CONTRACT.items() for past in all_past.split()
        }
        assert set(KINDS) == listed
        assert list(FEED_KINDS) == ["post.created"]

    def test_that_the_code_publishes_are_listed(self):
        found = set(published_kinds())
        assert found
        unlisted = {name for name in found if not any(kind.startswith(name) for kind in KINDS)}
        assert unlisted == set()

    @pytest.mark.parametrize("kind", KINDS)
    def test_samples_fit_their_shape(self, kind):
        data = sample(KINDS[kind].data)
        assert msgspec.convert(data, type=KINDS[kind].data) == data

    def test_reach_their_recipients_and_never_the_outsider(self, live, token, aziza, bobur, charos):
        with (
            open_wire(live.url, token=token(aziza)) as hers,
            open_wire(live.url, token=token(bobur)) as his,
            open_wire(live.url, token=token(charos)) as outsiders,
        ):
            for wire in (hers, his, outsiders):
                wire.receive()
            for name, kind in KINDS.items():
                live.publish((name, [aziza.pk, bobur.pk], sample(kind.data)))
            for wire in (hers, his):
                seen = [wire.receive_a("event") for _ in KINDS]
                assert [event["event"] for event in seen] == list(KINDS)
                assert [event["data"] for event in seen] == [
                    sample(kind.data) for kind in KINDS.values()
                ]
            live.publish(("my_debts.changed", [charos.pk], {"book": 5}))
            assert outsiders.receive()["data"] == {"book": 5}  # the first frame she gets


class TestDocument:
    def test_is_served_to_anybody(self, client, settings):
        answer = client.get("/api/live/schema/")
        assert answer.status_code == 200
        assert answer.json()["asyncapi"] == "3.0.0"
        assert answer.json()["servers"]["live"]["host"] == "testserver"
        assert client.post("/api/live/schema/").status_code == 405

    def test_describes_every_frame_and_every_kind(self):
        messages = document()["components"]["messages"]
        for frame in CLIENT_FRAMES:
            assert frame.__struct_config__.tag in messages
        for kind in KINDS:
            assert f"event.{kind}" in messages
        assert "post.post.created" in messages
        told = len(SERVER_FRAMES) - 2 + len(KINDS) + len(FEED_KINDS)
        assert len(messages) == len(CLIENT_FRAMES) + told

    def test_knows_every_error_and_close_code(self):
        schemas = document()["components"]["schemas"]
        assert schemas["Error"]["properties"]["code"]["enum"] == sorted(ERRORS)
        assert set(CLOSE_CODES) == {1009, 1012, 4008, 4401, 4403, 4408, 4409, 4429}

    def test_points_only_at_what_is_there(self):
        whole = document()

        def references(node):
            if isinstance(node, dict):
                if "$ref" in node:
                    yield node["$ref"]
                for inner in node.values():
                    yield from references(inner)
            elif isinstance(node, list):
                for inner in node:
                    yield from references(inner)

        found = set(references(whole))
        assert len(found) > 50
        for reference in found:
            node = whole
            for part in reference.removeprefix("#/").split("/"):
                node = node[part]

    def test_client_frames_are_those_the_server_reads(self):
        union = msgspec.json.schema(ClientFrame)
        assert len(union["anyOf"]) == len(CLIENT_FRAMES)
