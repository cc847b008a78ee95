"""The process that stands over one embedded server: makes its cluster, starts it, stops it.

Started by path and isolated (`python -I guard.py ORDERS`) in a session of its own, so that it
outlives whoever started it and a Ctrl-C in their terminal; it imports nothing of the project. It
keeps two promises: when the last user is gone, however they went, the server is stopped; when the
server is gone, however it went, the guard is too, which tells the next user to start another.
"""

import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

COMPLAINTS = ("FATAL:", "PANIC:", "error:", "Error:")
# What PostgreSQL says while processes of a killed predecessor still hold its memory.
PREDECESSOR_LINGERS = ("is still in use", "already exists", "Is another postmaster")
RETRY_SECONDS = 60
STOP_SECONDS = 20
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def die_with_parent(parent: int, signal_number: int) -> None:
    """Ask the kernel for a signal when the parent dies, even by SIGKILL; Linux only, else nothing.

    For the child's side of a fork.
    """
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal_number)


def environment() -> dict[str, str]:
    """What PostgreSQL's programs may know of ours: no secrets, no PG* that would redirect them."""
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: value for name, value in os.environ.items() if name in kept} | {"LC_ALL": "C"}


class Guard:
    """Carries out one set of orders (see `sharing`); everything it prints goes to the log."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.data = Path(orders["data"])
        self.log = Path(orders["log"])
        self.account: list[int] | None = orders["account"]
        self.nobody_left = threading.Event()

    def stand(self) -> int:
        threading.Thread(target=self.wait_for_the_last_user, daemon=True).start()
        if not self.data.exists():
            self.make_cluster()
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            began = self.log.stat().st_size
            server = self.spawn("postgres", *self.server_arguments())
            while server.poll() is None and not self.nobody_left.wait(0.1):
                pass
            if self.nobody_left.is_set():
                return stop(server)
            if time.monotonic() > deadline or not self.predecessor_lingers(since=began):
                return server.returncode

    def wait_for_the_last_user(self) -> None:
        # The kernel answers when every process that holds the file shared has closed it or died.
        descriptor = os.open(self.orders["users_lock"], os.O_RDWR)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Held until we end: who comes now waits for that, and does not meet a stopping server.
        self.nobody_left.set()

    def predecessor_lingers(self, *, since: int) -> bool:
        with self.log.open("rb") as log:
            log.seek(since)
            text = log.read().decode(errors="replace")
        return any(sign in text for sign in PREDECESSOR_LINGERS)

    def server_arguments(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.orders["socket"],
            "port": self.orders["port"],
            "max_connections": 200,
            "max_wal_size": "256MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.orders["durable"]:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ["-D", str(self.data), *chosen]

    def make_cluster(self) -> None:
        """initdb and the database, under another name: a kill half-way leaves nothing to mistake.

        C.UTF-8 because the locale of LANG need not exist on the machine.
        """
        for leftover in self.data.parent.glob("unfinished-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = self.data.parent / f"unfinished-{uuid.uuid4().hex}"
        unfinished.mkdir(mode=0o700)
        if self.account:
            os.chown(unfinished, *self.account)
        options = ["--encoding=UTF8", "--auth=trust", "--no-instructions"]
        options += ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=C"]
        options += [f"--username={self.orders['administrator']}"]
        options += [] if self.orders["durable"] else ["--no-sync"]
        self.run("initdb", *options, "-D", str(unfinished))
        create = f"CREATE DATABASE {self.orders['database']};\n".encode()
        self.run("postgres", "--single", "-D", str(unfinished), "postgres", entry=create)
        unfinished.rename(self.data)

    def run(self, program: str, *arguments: str, entry: bytes = b"") -> None:
        process = self.spawn(program, *arguments, stdin=subprocess.PIPE, death=signal.SIGKILL)
        process.communicate(entry)
        if process.returncode != 0:
            sys.exit(process.returncode)

    def spawn(
        self,
        program: str,
        *arguments: str,
        stdin: int = subprocess.DEVNULL,
        death: int = signal.SIGINT,
    ) -> subprocess.Popen[bytes]:
        me = os.getpid()
        uid, gid = self.account or (None, None)
        return subprocess.Popen(  # noqa: S603
            [str(Path(self.orders["binaries"], program)), *arguments],
            stdin=stdin,
            cwd="/",
            env=environment() | self.former_postmaster(),
            user=uid,
            group=gid,
            extra_groups=[] if self.account else None,
            umask=0o077,
            # A guard killed hard takes its server along, in PostgreSQL's fast shutdown.
            preexec_fn=lambda: die_with_parent(me, death),
        )

    def former_postmaster(self) -> dict[str, str]:
        """Let a recycled process number in postmaster.pid not be taken for a living server.

        After a reboot the recorded number may belong to anything, and PostgreSQL would refuse for
        as long as that lives. It looks past one number given so (pg_ctl gives its own parent's);
        the shared memory it checks next still tells a living predecessor. The file stays its own.
        """
        try:
            number = (self.data / "postmaster.pid").read_text().split("\n")[0].strip()
        except OSError:
            return {}
        return {"PG_GRANDPARENT_PID": number} if number.isdigit() else {}


def stop(server: subprocess.Popen[bytes]) -> int:
    """PostgreSQL's fast shutdown, which ends open connections; at length its immediate one."""
    server.send_signal(signal.SIGINT)
    try:
        return server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        return server.wait()


if __name__ == "__main__":
    sys.exit(Guard(json.loads(sys.argv[1])).stand())
