"""The AsyncAPI 3 document of `/ws/`, made from the frames and shapes that the code itself uses."""

from functools import cache
from inspect import getdoc
from typing import Any, get_args

import msgspec

from realtime import frames
from realtime.kinds import FEED_KINDS, KINDS, Kind
from realtime.resume import EPOCH

SCHEMAS = "#/components/schemas/{name}"
MESSAGES = "#/components/messages/{name}"
CHANNEL = {"$ref": "#/channels/live"}
CLIENT_FRAMES = get_args(frames.ClientFrame)
SERVER_FRAMES = get_args(frames.ServerFrame)

DESCRIPTION = """\
One WebSocket per device, subprotocol `daftar.v1`; text frames of one JSON object, 64 KiB at most.

Sign in by one of: the subprotocols `["daftar.v1", "bearer.<access>"]` (browsers), a header
`Authorization: Bearer <access>` (native apps), a first frame `auth` within 5 s. A token in the URL
is never read. A foreign `Origin` is refused with HTTP 403; every other refusal is a close code.

An acknowledged write reaches every device of every recipient exactly once and in order. A device
that was away for up to 30 days gives `since` and `epoch` and gets what it missed.
"""
CLOSE_CODES = {
    1009: "a frame over 64 KiB",
    1012: "restarting, or the stream begins anew: come back with jitter",
    4008: "acknowledgements stopped for 60 s while events were due",
    4401: "bring a new token and come back",
    4403: "the session has ended: do not retry",
    4408: "no sign-in in time",
    4409: "the eleventh socket closes the oldest: do not retry",
    4429: "flooding",
}


@cache
def document() -> dict[str, Any]:
    """Without the server's own address, which only a request knows."""
    events = {f"event.{name}": _event(name, kind, frames.Event) for name, kind in KINDS.items()}
    posts = {
        f"post.{name}": _event(name, kind, frames.FeedPost) for name, kind in FEED_KINDS.items()
    }
    told = {frame: _message(frame) for frame in SERVER_FRAMES if not _is_envelope(frame)}
    from_client = {_tag(frame): _message(frame) for frame in CLIENT_FRAMES}
    to_client = {f"server.{_tag(frame)}": message for frame, message in told.items()}
    to_client |= events | posts
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Daftar, live", "version": "1.0.0", "description": DESCRIPTION},
        "channels": {"live": _channel([*from_client, *to_client])},
        "operations": {
            "fromClient": _operation("receive", from_client),
            "toClient": _operation("send", to_client),
        },
        "components": {
            "messages": from_client | to_client,
            "schemas": _schemas(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _channel(messages: list[str]) -> dict[str, Any]:
    query = {
        "type": "object",
        "properties": {
            "since": {"type": "integer", "minimum": 0},
            "epoch": {"type": "string", "pattern": f"^{EPOCH.pattern}$"},
        },
    }
    return {
        "address": "/ws/",
        "messages": {name: {"$ref": MESSAGES.format(name=name)} for name in messages},
        "bindings": {"ws": {"method": "GET", "query": query}},
        "x-close-codes": {str(code): says for code, says in CLOSE_CODES.items()},
    }


def _operation(action: str, messages: dict[str, Any]) -> dict[str, Any]:
    listed = [{"$ref": f"#/channels/live/messages/{name}"} for name in messages]
    return {"action": action, "channel": CHANNEL, "messages": listed}


def _message(frame: type) -> dict[str, Any]:
    return {
        "name": _tag(frame),
        "summary": _summary(frame),
        "payload": {"$ref": SCHEMAS.format(name=frame.__name__)},
    }


def _event(name: str, kind: Kind, envelope: type) -> dict[str, Any]:
    data = {"$ref": SCHEMAS.format(name=kind.data.__name__)}
    own = {"properties": {"event": {"const": name}, "data": data}}
    envelope_schema = {"$ref": SCHEMAS.format(name=envelope.__name__)}
    return {
        "name": name,
        "summary": f"To {kind.to}.",
        "payload": {"allOf": [envelope_schema, own]},
    }


def _schemas() -> dict[str, Any]:
    shapes = [kind.data for kind in (*KINDS.values(), *FEED_KINDS.values())]
    types = [*CLIENT_FRAMES, *SERVER_FRAMES, *shapes]
    _, schemas = msgspec.json.schema_components(types, ref_template=SCHEMAS)
    schemas["Error"]["properties"]["code"]["enum"] = sorted(frames.ERRORS)
    for asking in (frames.Auth, frames.Resume):
        given = schemas[asking.__name__]["properties"]
        given["since"] = {"type": "integer", "minimum": 0}
        given["epoch"] = {"type": "string", "pattern": f"^{EPOCH.pattern}$"}
    return schemas


def _is_envelope(frame: type) -> bool:
    return frame in (frames.Event, frames.FeedPost)


def _tag(frame: Any) -> str:
    tag: str = frame.__struct_config__.tag
    return tag


def _summary(frame: type) -> str:
    return " ".join((getdoc(frame) or "").split())
