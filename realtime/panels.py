"""Open sockets on the admin's first page."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.dashboard import Figure, Panel
from core.sql import row

# A process that has not said for five seconds that it lives counts as dead (`attendance`).
OPEN = """
SELECT count(*), count(DISTINCT user_id),
       (SELECT count(*) FROM realtime_liveprocess
        WHERE seen_at > clock_timestamp() - interval '5 seconds')
FROM realtime_livesocket
WHERE NOT is_replaced AND process_id IN (
  SELECT id FROM realtime_liveprocess WHERE seen_at > clock_timestamp() - interval '5 seconds')
"""


def read_sockets(now: datetime) -> list[Figure]:
    sockets, accounts, processes = row(OPEN)
    held = _("Of %(accounts)s accounts, in %(processes)s processes") % {
        "accounts": accounts,
        "processes": processes,
    }
    return [Figure(_("Open sockets"), sockets, held)]


PANEL = Panel("service", "realtime.view_livesocket", read_sockets)
