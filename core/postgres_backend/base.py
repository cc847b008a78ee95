"""Django's PostgreSQL backend on the embedded server, which it starts at the first connection."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base

from core import embedded_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """Commands that connect to nothing (`check`, `spectacular`) start nothing."""

    def get_connection_params(self) -> dict[str, Any]:
        # Everybody who wants to connect comes by here: Django itself (also for the databases of
        # tests), the pool, and the background jobs, which take their address from these.
        try:
            embedded_postgres.use(self.settings_dict["CLUSTER"])
        except embedded_postgres.EmbeddedPostgresError as error:
            raise ImproperlyConfigured(str(error)) from error
        return super().get_connection_params()
