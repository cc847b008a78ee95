"""What notification lists leave behind, deleted once nobody looks at it."""

from datetime import datetime, timedelta

from core.sql import run

KEEP_READ = timedelta(days=90)
BATCH = 1000
# An unread line is never deleted, and a read one never becomes unread: no list is held.
FORGET = """
DELETE FROM messaging_notification WHERE id IN (
  SELECT id FROM messaging_notification WHERE read_at < %s ORDER BY read_at LIMIT %s)
"""


def forget_read_notifications(*, now: datetime) -> int:
    """Delete lines that were read 90 days ago. Gives how many. Small transactions; safe to stop
    and to repeat."""
    deleted, taken = 0, BATCH
    while taken == BATCH:
        taken = run(FORGET, [now - KEEP_READ, BATCH])
        deleted += taken
    return deleted
