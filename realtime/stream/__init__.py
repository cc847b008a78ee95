"""One gap-free stream of events per account, written in the transaction of their cause."""

from realtime.stream.reading import (
    Stored,
    StreamState,
    changed_heads,
    epochs,
    events_after,
    events_after_many,
    open_stream,
    stream_states,
)
from realtime.stream.retention import forget_account, forget_old_events, new_epoch, rewrite
from realtime.stream.writing import append

__all__ = [
    "Stored",
    "StreamState",
    "append",
    "changed_heads",
    "epochs",
    "events_after",
    "events_after_many",
    "forget_account",
    "forget_old_events",
    "new_epoch",
    "open_stream",
    "rewrite",
    "stream_states",
]
