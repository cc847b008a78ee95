"""Connections of the pool, asked for their health without a round trip."""

import select
from typing import Any

from psycopg import Connection


class PooledConnection(Connection[Any]):
    """Before each use the pool has an empty query run, a tenth of a short request's time.

    A server that ends, or ends the connection, says so: an idle connection with nothing to read
    is alive. With something to read the query is run, and finds out.
    """

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        if query == "" and not self._has_something_to_read():
            return self.cursor()
        return super().execute(query, *args, **kwargs)

    def _has_something_to_read(self) -> bool:
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        return bool(poll.poll(0))
