"""Notification lists: the row that orders a list's writers, its lines, what is unread."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from core.listing import Listing, Where, count_rows
from core.pagination import Page
from core.sql import row, rows
from messaging.serializers.notifications import NotificationRow, notification_data

TABLE = "messaging_notification"
# Made or found, and held: in ascending order, one after another, as streams are. ON CONFLICT
# takes the newest version of a row whatever the statement's snapshot is. An account that is not
# there gets none.
HOLD = """
INSERT INTO messaging_notificationbox AS box (user_id, muted, is_closed)
SELECT id, '{}', false FROM ledger_user WHERE id = ANY (%(readers)s) ORDER BY id
ON CONFLICT (user_id) DO UPDATE SET muted = box.muted
"""
# Of a line `line` and its reader `reader`, as `NotificationRow` has them.
COLUMNS = """
line.id, line.user_id, line.kind, line.text, line.params, line.data, line.count,
line.read_at IS NOT NULL, line.created_at, line.updated_at, reader.language
"""
PAGE = f"""
SELECT {COLUMNS}
FROM (
  SELECT * FROM {TABLE} WHERE {{where}} ORDER BY updated_at DESC, id DESC LIMIT %(rows)s
) AS line JOIN ledger_user AS reader ON reader.id = line.user_id
ORDER BY line.updated_at DESC, line.id DESC
"""  # noqa: S608  (our own names)
UNREAD = f"SELECT count(*) FROM {TABLE} WHERE user_id = %s AND read_at IS NULL"  # noqa: S608
MUTED = "SELECT muted FROM messaging_notificationbox WHERE user_id = %s"


def hold_boxes(readers: Iterable[int]) -> None:
    """Hold the lists of these accounts until the transaction ends: whoever writes in a list
    does this first. Several at once, or else in ascending order; before any stream."""
    rows(f"{HOLD} RETURNING user_id", {"readers": sorted(set(readers))})


def read_rows(sql: str, params: Mapping[str, Any]) -> list[NotificationRow]:
    """Of a statement that gives `COLUMNS`."""
    return [as_row(values) for values in rows(sql, params)]


def as_row(values: tuple[Any, ...]) -> NotificationRow:
    found = NotificationRow(*values)
    decode = msgspec.json.decode
    return found._replace(params=decode(values[4]), data=decode(values[5]))


def list_notifications(account_id: int, *, unread: bool, page: Page) -> Listing:
    """One's own lines, the latest change first, in one's language. One statement."""
    where = Where(("user_id = %(account)s",), {"account": account_id})
    if unread:
        where = where.plus("read_at IS NULL")
    count = count_rows(TABLE, where) if page.wants_count else None
    if page.after is not None:
        moment, line_id = page.after
        where = where.plus(
            "(updated_at, id) < (%(after_moment)s, %(after_id)s)",
            after_moment=moment,
            after_id=line_id,
        )
    found = read_rows(PAGE.format(where=where.sql()), {**where.params, "rows": page.limit + 1})
    shown = found[: page.limit]
    more = len(found) > page.limit
    return Listing(
        [msgspec.json.encode(notification_data(line)) for line in shown],
        (shown[-1].updated_at, shown[-1].id) if more else None,
        count,
    )


def count_unread(account_id: int) -> int:
    """From an index of unread lines. Exact for whoever holds the list."""
    counted = row(UNREAD, [account_id])
    return int(counted[0])


def muted_kinds(account_id: int) -> list[str]:
    found = row(MUTED, [account_id])
    return list(found[0]) if found else []
