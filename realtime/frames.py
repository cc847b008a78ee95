"""The frames of the protocol `daftar.v1`: what clients may send, and what they get."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from core.times import iso

SUBPROTOCOL = "daftar.v1"
HEARTBEAT_SECONDS = 25
MAX_FRAME_BYTES = 64 * 1024
MAX_NUMBER = 2**63 - 1

Number = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]


def _not_given() -> msgspec.Raw:
    return msgspec.Raw(b"null")


# --- From clients. `since` and `epoch` are judged later: a bad one has an answer of its own.


class Auth(Struct, tag="auth"):
    """Sign in, or renew the token in place."""

    token: str
    since: msgspec.Raw = msgspec.field(default_factory=_not_given)
    epoch: msgspec.Raw = msgspec.field(default_factory=_not_given)


class Resume(Struct, tag="resume"):
    """Ask for every event after `since`; answered by a `welcome`."""

    since: msgspec.Raw = msgspec.field(default_factory=_not_given)
    epoch: msgspec.Raw = msgspec.field(default_factory=_not_given)


class Ack(Struct, tag="ack"):
    """Every event up to `seq` is safe with the client."""

    seq: Number


class Typing(Struct, tag="typing"):
    """Its account is writing in this thread."""

    thread: Annotated[int, Meta(ge=1, le=MAX_NUMBER)]


class Watch(Struct, tag="watch"):
    """Get `post` frames as posts appear."""

    channel: Literal["feed"]


class Unwatch(Struct, tag="unwatch"):
    """No more `post` frames."""

    channel: Literal["feed"]


class Ping(Struct, tag="ping"):
    """Answered by `pong`."""


ClientFrame = Auth | Resume | Ack | Typing | Watch | Unwatch | Ping


# --- To clients


class Welcome(Struct, tag="welcome"):
    """`resumed`: every event after `since` follows. Else fetch by REST, then live from `head`."""

    epoch: str
    head: int
    resumed: bool
    expires_at: str
    heartbeat: int = HEARTBEAT_SECONDS


class Event(Struct, tag="event"):
    """`seq` counts 1, 2, 3 … per account, across all its devices."""

    seq: int
    event: str
    data: msgspec.Raw
    created_at: str


class Heartbeat(Struct, tag="heartbeat"):
    """Every 25 s. `head` above the last `seq`: something is on its way."""

    head: int


class SomebodyTypes(Struct, tag="typing"):
    """May be lost."""

    thread: int
    user: int


class PresenceEdge(Struct, tag="presence"):
    """Somebody with a common thread came or went. May be lost."""

    user: int
    online: bool
    at: str


class FeedPost(Struct, tag="post"):
    """For sockets that watch the feed. May be lost."""

    event: str
    data: msgspec.Raw


class AuthExpiring(Struct, tag="auth.expiring"):
    """Bring a new token, or the socket is closed with 4401."""

    expires_in: int


class AuthOk(Struct, tag="auth.ok"):
    """The renewal was taken."""

    expires_at: str


class Error(Struct, tag="error"):
    """A frame was not taken; the socket stays open."""

    code: str
    detail: str


class Pong(Struct, tag="pong"):
    """The answer to `ping`."""


ServerFrame = (
    Welcome
    | Event
    | Heartbeat
    | SomebodyTypes
    | PresenceEdge
    | FeedPost
    | AuthExpiring
    | AuthOk
    | Error
    | Pong
)

# Codes of `error` frames, and what each says.
ERRORS = {
    "bad_json": "The frame is not JSON that can be read.",
    "bad_frame": "The frame lacks a field, or a field is not what it should be.",
    "unknown_type": "There is no frame of this type.",
    "binary_frame": "Frames are text.",
    "auth_required": "Sign in first.",
    "since_invalid": "`since` is a number and `epoch` the one of an earlier welcome.",
    "ack_ahead": "This event was not sent yet.",
    "rate_limited": "Too many frames from this account: this one was dropped.",
}


class BadFrame(Exception):
    """`code` is one of ERRORS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _AnyType(Struct):
    type: str


_decode = msgspec.json.Decoder(ClientFrame).decode
_decode_type = msgspec.json.Decoder(_AnyType).decode
_encode = msgspec.json.Encoder().encode
_CLIENT_TYPES = {
    frame.__struct_config__.tag for frame in (Auth, Resume, Ack, Typing, Watch, Unwatch, Ping)
}


def read_frame(text: str) -> ClientFrame:
    """What a client sent. Raises BadFrame, whatever the text is."""
    try:
        frame: ClientFrame = _decode(text)
        return frame
    except msgspec.ValidationError:
        raise BadFrame(_what_is_wrong(text)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise BadFrame("bad_json") from None


def _what_is_wrong(text: str) -> str:
    try:
        known = _decode_type(text).type in _CLIENT_TYPES
    except msgspec.ValidationError:
        return "bad_frame"
    except (msgspec.DecodeError, RecursionError):
        return "bad_json"
    return "bad_frame" if known else "unknown_type"


def encode(frame: ServerFrame) -> str:
    return _encode(frame).decode()


def event_frame(seq: int, kind: str, data: bytes, created_at: datetime) -> str:
    """An event as devices get it; `data` is JSON already."""
    return encode(Event(seq, kind, msgspec.Raw(data), iso(created_at)))


def error_frame(code: str) -> str:
    return encode(Error(code, ERRORS[code]))
