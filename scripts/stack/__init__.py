"""The whole product as processes on this machine: what `make stack` and the tests of it run.

    with Stack() as stack:
        stack["live1"].kill()
        stack["live1"].start()

nginx, web and live processes, a worker, Debian's PostgreSQL and Redis, each on a free loopback
port, with secrets and a folder of their own. Debian's services are neither used nor touched.
"""

from scripts.stack.layout import Layout
from scripts.stack.processes import Process
from scripts.stack.whole import Stack

__all__ = ["Layout", "Process", "Stack"]
