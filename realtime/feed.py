"""What every socket that watches the feed gets as it happens. Not stored, may be lost."""

from typing import Any

import msgspec
from django.db import transaction

from realtime.frames import FeedPost, encode
from realtime.kinds import FEED_KINDS, UnlistedKind
from realtime.publisher import feed_hint, publish


def publish_feed(event: str, data: dict[str, Any]) -> None:
    """`settings.FEED_BACKEND`: send `event` to the watchers once the transaction commits.

    Raises UnlistedKind for an event that the contract does not name.
    """
    if event not in FEED_KINDS:
        raise UnlistedKind(event)
    frame = encode(FeedPost(event, msgspec.Raw(msgspec.json.encode(data))))
    transaction.on_commit(lambda: publish([feed_hint(frame)]), robust=True)
