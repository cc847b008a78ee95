"""At most n uses in a sliding window, exact under any race and across processes."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

# One statement decides: the row is locked by its own UPDATE, and who finds it full gets no row.
SPEND = """
INSERT INTO core_ratelimit AS used (key, hits, expires_at)
VALUES (%(key)s, ARRAY[%(now)s::timestamptz], %(expires_at)s)
ON CONFLICT (key) DO UPDATE
SET hits = array_append(
        ARRAY(SELECT hit FROM unnest(used.hits) hit WHERE hit > %(since)s), %(now)s::timestamptz
    ),
    expires_at = %(expires_at)s
WHERE (SELECT count(*) FROM unnest(used.hits) hit WHERE hit > %(since)s) < %(limit)s
RETURNING 1
"""
OLDEST = """
SELECT min(hit) FROM core_ratelimit, unnest(hits) hit WHERE key = %(key)s AND hit > %(since)s
"""


def spend(key: str, *, limit: int, window_seconds: int, now: datetime) -> int | None:
    """Count one use of `key`. None: it was free. Else: refused, seconds until one is free.

    Call it outside a transaction that may roll back, or the count rolls back with it.
    The row holds at most `limit` instants: meant for limits up to a thousand.
    """
    window = timedelta(seconds=window_seconds)
    values: dict[str, Any] = {
        "key": key,
        "now": now,
        "since": now - window,
        "expires_at": now + window,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(SPEND, values)
        if cursor.fetchone():
            return None
        cursor.execute(OLDEST, values)
        (oldest,) = cursor.fetchone()
    return 1 if oldest is None else max(int((oldest + window - now).total_seconds()) + 1, 1)


def forget(key: str) -> None:
    """Free every use of `key`, e.g. the missed passwords once the right one came."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_ratelimit WHERE key = %s", [key])
