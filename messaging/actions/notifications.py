"""Notification lists: lines that come, lines that are read, kinds that are not wanted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.action import action
from core.errors import NotFound
from core.events import Notice, publish
from core.notices import KINDS, find_text
from core.sql import row, rows, run
from messaging.queries.notifications import COLUMNS, HOLD, as_row, count_unread, hold_boxes
from messaging.serializers.notifications import NotificationRow, notification_data

# `box` holds every reader's list first, in ascending order, and reads the clock once it is ours:
# `updated_at` rises with the stream's numbers. A line is a new one unless its thread has an
# unread one: the unique index decides, by the newest version of the row.
DELIVER = f"""
WITH box AS (
  {HOLD} RETURNING user_id, muted, is_closed, clock_timestamp() AS now
), notice AS (
  SELECT * FROM unnest(%(kinds)s::text[], %(texts)s::text[], %(params)s::text[],
                       %(data)s::text[], %(threads)s::bigint[], %(abouts)s::bigint[])
    WITH ORDINALITY AS notice (kind, text, params, data, thread, about, place)
), line AS (
  INSERT INTO messaging_notification AS line
    (user_id, kind, text, params, data, thread, about, count, created_at, updated_at)
  SELECT user_id, kind, text, params::jsonb, data::jsonb, thread, about, times, now, now
  FROM unnest(%(users)s::bigint[], %(places)s::int[], %(times)s::int[])
    AS item (user_id, place, times)
  JOIN box USING (user_id) JOIN notice USING (place)
  WHERE NOT box.is_closed AND kind <> ALL (box.muted)
  ORDER BY user_id, place
  ON CONFLICT (user_id, kind, thread) WHERE read_at IS NULL AND thread IS NOT NULL
  DO UPDATE SET text = excluded.text, params = excluded.params, data = excluded.data,
    about = excluded.about, count = line.count + excluded.count,
    updated_at = excluded.updated_at
  RETURNING line.*, line.xmax = 0 AS is_new
)
SELECT line.is_new, {COLUMNS}
FROM line JOIN ledger_user AS reader ON reader.id = line.user_id
ORDER BY line.user_id, line.id
"""  # noqa: S608  (our own names)
OWN = "SELECT count(*) FROM messaging_notification WHERE user_id = %s AND id = ANY (%s)"
READ = """
UPDATE messaging_notification SET read_at = %(now)s
WHERE user_id = %(account)s AND read_at IS NULL AND id = ANY (%(ids)s)
RETURNING id
"""
READ_ALL = """
UPDATE messaging_notification SET read_at = %(now)s
WHERE user_id = %(account)s AND read_at IS NULL
"""
LINE_OF_THREAD = """
SELECT id FROM messaging_notification
WHERE user_id = %s AND kind = 'message' AND thread = %s AND read_at IS NULL
"""
COUNT_DOWN = f"""
UPDATE messaging_notification AS line SET count = %(left)s
FROM ledger_user AS reader
WHERE reader.id = line.user_id AND line.user_id = %(account)s AND line.id = %(line)s
  AND line.count > %(left)s
RETURNING {COLUMNS}
"""  # noqa: S608  (our own names)
MUTE = "UPDATE messaging_notificationbox SET muted = %s WHERE user_id = %s"


def deliver(notices: Sequence[Notice]) -> None:
    """`settings.NOTIFICATION_BACKEND`: write the lines and tell their owners' devices.

    Called once a transaction, before its events are handed over. One statement, whatever the
    number of notices and readers; a muted kind leaves nothing.
    """
    for is_new, *line in rows(DELIVER, _parameters(notices)):
        tell_line("created" if is_new else "changed", as_row(tuple(line)))


def tell_line(what: str, line: NotificationRow) -> None:
    publish(f"notification.{what}", to=[line.user], data=notification_data(line))


def _parameters(notices: Sequence[Notice]) -> dict[str, Any]:
    items = _merged(notices)
    encode = msgspec.json.encode
    return {
        "readers": sorted({user for user, _place in items}),
        "users": [user for user, _place in items],
        "places": [place for _user, place in items],
        "times": list(items.values()),
        "kinds": [notice.kind for notice in notices],
        "texts": [notice.text for notice in notices],
        "params": [encode(notice.params).decode() for notice in notices],
        "data": [encode(notice.data).decode() for notice in notices],
        "threads": [notice.thread for notice in notices],
        "abouts": [notice.data.get(find_text(notice.text).about) for notice in notices],
    }


def _merged(notices: Sequence[Notice]) -> Counter[tuple[int, int]]:
    """How often each reader's line counts, by reader and the place of the notice it shows.

    Notices of one thread are one line already here, the last of them: a statement may not
    touch a row twice.
    """
    last: dict[tuple[int, str, int], int] = {}
    items: Counter[tuple[int, int]] = Counter()
    for place, notice in enumerate(notices, start=1):
        for user in notice.to:
            before = 0
            if notice.thread is not None:
                key = (user, notice.kind, notice.thread)
                before = items.pop((user, last.get(key, 0)), 0)
                last[key] = place
            items[user, place] = before + 1
    return items


@action
def read_notifications(*, account_id: int, ids: Iterable[int] | None, now: datetime) -> int:
    """Mark lines as read, None: all. Gives how many stay unread.

    Nothing is read when one of `ids` is absent or somebody else's. Raises NotFound.
    """
    hold_boxes([account_id])
    if ids is None:
        changed = run(READ_ALL, {"account": account_id, "now": now})
        return _tell_read(account_id, None) if changed else 0
    wanted = sorted(set(ids))
    if row(OWN, [account_id, wanted])[0] < len(wanted):
        raise NotFound
    return _read(account_id, wanted, now)


def _read(account_id: int, ids: list[int], now: datetime) -> int:
    changed = rows(READ, {"account": account_id, "ids": ids, "now": now})
    if not changed:
        return count_unread(account_id)
    return _tell_read(account_id, sorted(line for (line,) in changed))


def _tell_read(account_id: int, ids: list[int] | None) -> int:
    unread = count_unread(account_id)
    publish("notification.read", to=[account_id], data={"ids": ids, "unread": unread})
    return unread


@action
def read_thread_notice(*, account_id: int, thread_id: int, now: datetime, left: int = 0) -> None:
    """The account has read a talk, but for its last `left` messages: its line is read, or
    counts no more than those. Other devices hear of it.

    An action that also notifies must call `hold_boxes` for all accounts concerned before this.
    """
    # Looked at unheld: who reads up to a message sees its line too, both were committed at once.
    if row(LINE_OF_THREAD, [account_id, thread_id]) is None:
        return
    hold_boxes([account_id])
    found = row(LINE_OF_THREAD, [account_id, thread_id])
    if found is None:
        return
    if not left:
        _read(account_id, [found[0]], now)
        return
    about = {"account": account_id, "line": found[0], "left": left}
    for values in rows(COUNT_DOWN, about):
        tell_line("changed", as_row(values))


@action
def mute_kinds(*, account_id: int, muted: Iterable[str]) -> list[str]:
    """Want no lines of these kinds from now on, and of all others again. Gives what is muted."""
    wanted = [kind for kind in KINDS if kind in set(muted)]
    hold_boxes([account_id])
    run(MUTE, [wanted, account_id])
    return wanted
