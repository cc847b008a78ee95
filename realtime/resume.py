"""The place in its stream that a device says it has reached."""

import re
from typing import NamedTuple, Self
from urllib.parse import parse_qsl

import msgspec

from realtime.frames import MAX_NUMBER
from realtime.stream import StreamState

EPOCH = re.compile(r"[A-Za-z0-9_-]{1,64}")
SINCE = re.compile(r"[0-9]{1,19}")
MAX_QUERY_KEYS = 20


class ResumePoint(NamedTuple):
    """`since` is None when none was given; `is_malformed` when what was given says nothing."""

    since: int | None = None
    epoch: str = ""
    is_malformed: bool = False

    @classmethod
    def from_query(cls, query: bytes) -> Self:
        """`?since=<seq>&epoch=<epoch>`; other keys, a token among them, are never read."""
        try:
            pairs = parse_qsl(query.decode("latin-1"), max_num_fields=MAX_QUERY_KEYS)
        except ValueError:
            return cls(is_malformed=True)
        given = dict(pairs)
        since, epoch = given.get("since"), given.get("epoch")
        if since is not None:
            if not SINCE.fullmatch(since):
                return cls(is_malformed=True)
            return cls.of(int(since), epoch)
        return cls.of(None, epoch)

    @classmethod
    def from_frame(cls, since: msgspec.Raw, epoch: msgspec.Raw) -> Self:
        try:
            return cls.of(msgspec.json.decode(since), msgspec.json.decode(epoch))
        except (msgspec.DecodeError, RecursionError):
            return cls(is_malformed=True)

    @classmethod
    def of(cls, since: object, epoch: object) -> Self:
        if since is None and epoch is None:
            return cls()
        if not isinstance(since, int) or isinstance(since, bool) or not 0 <= since <= MAX_NUMBER:
            return cls(is_malformed=True)
        if not isinstance(epoch, str) or not EPOCH.fullmatch(epoch):
            return cls(is_malformed=True)
        return cls(since, epoch)

    def is_kept_by(self, state: StreamState) -> bool:
        """Whether every event after it can still be given."""
        return (
            self.since is not None
            and self.epoch == state.epoch
            and state.floor <= self.since <= state.head
        )
