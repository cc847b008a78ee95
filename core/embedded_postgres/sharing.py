"""Sharing one embedded server between processes, without a list that a death could falsify.

Three lock files, all of them `flock`s, which the kernel drops when their holder dies by whatever
means:

- `start.lock`, exclusive, one a checkout: who looks whether a server runs and starts one;
- `users.lock`, shared: everybody who uses the server, from the first connection to the end of
  the process (a forked child holds its parent's); exclusive: the guard, once nobody is left;
- `guard.lock`, exclusive: the guard, as long as its server lives.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from core.embedded_postgres import guard
from core.embedded_postgres.places import (
    ADMINISTRATOR,
    DATABASE,
    PORT,
    Cluster,
    EmbeddedPostgresError,
)

START_TIMEOUT_SECONDS = 90  # of which initdb on a slow disk takes the most
POLL_SECONDS = 0.02
_held: dict[Cluster, int] = {}
_one_thread_at_a_time = threading.Lock()
_guards: list[subprocess.Popen[bytes]] = []  # kept: a Popen that is collected early warns


def use(cluster: Cluster) -> None:
    """Have the cluster's server run for as long as this process lives, and answer when it does.

    Cheap when it runs already. Starts it when nobody has, and again when it was killed. Raises
    EmbeddedPostgresError in one sentence when it cannot be had.
    """
    with _one_thread_at_a_time:
        if cluster in _held and is_running(cluster):
            return
        try:
            cluster.claim()
            with _locked(cluster.state_folder / "start.lock", fcntl.LOCK_EX):
                binaries = cluster.prepare()
                if cluster not in _held:
                    # Waits while the guard, on its way out, stops the last users' server.
                    _held[cluster] = _lock(cluster.folder / "users.lock", fcntl.LOCK_SH)
                _start_or_join(cluster, binaries)
        except BaseException as error:
            if cluster in _held:
                os.close(_held.pop(cluster))
            if isinstance(error, OSError):
                raise _in_one_sentence(cluster, error) from error
            raise


def leave(cluster: Cluster) -> None:
    """Stop using the cluster's server; the last one out waits here until it has stopped.

    Needed only by who promises that nothing is left running: the end of a process leaves as well.
    """
    with _one_thread_at_a_time:
        if cluster not in _held:
            return
        os.close(_held.pop(cluster))
        while is_running(cluster) and not _used_by_others(cluster):
            time.sleep(POLL_SECONDS)


def is_running(cluster: Cluster) -> bool:
    """Whether a guard stands over the cluster's server, or is starting or stopping it."""
    try:
        with _locked(cluster.folder / "guard.lock", fcntl.LOCK_SH | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def _used_by_others(cluster: Cluster) -> bool:
    users = cluster.folder / "users.lock"
    with contextlib.suppress(BlockingIOError), _locked(users, fcntl.LOCK_EX | fcntl.LOCK_NB):
        return False  # nobody at all, and the guard is about to notice
    with contextlib.suppress(BlockingIOError), _locked(users, fcntl.LOCK_SH | fcntl.LOCK_NB):
        return True
    return False  # the guard holds it alone: it is stopping the server


def _start_or_join(cluster: Cluster, binaries: Path) -> None:
    # Twice: a server found running may have been killed this moment.
    for _ in range(2):
        if not is_running(cluster):
            _spawn_guard(cluster, binaries)
        if _becomes_ready(cluster, binaries):
            return
    raise EmbeddedPostgresError(
        f"The embedded PostgreSQL does not start: {_last_complaint(cluster.log_file)} "
        f"(the whole log: {cluster.log_file})"
    )


def _spawn_guard(cluster: Cluster, binaries: Path) -> None:
    orders = {
        "binaries": str(binaries),
        "data": str(cluster.data_folder),
        "log": str(cluster.log_file),
        "socket": str(cluster.socket_folder),
        "users_lock": str(cluster.folder / "users.lock"),
        "account": cluster.account,
        "durable": cluster.durable,
        "administrator": ADMINISTRATOR,
        "database": DATABASE,
        "port": PORT,
    }
    # The lock is taken here and inherited: between the spawn and the guard's first line no other
    # process can find the place empty.
    lock = _lock(cluster.folder / "guard.lock", fcntl.LOCK_EX)
    try:
        with open(cluster.log_file, "ab", opener=_for_us_alone) as log:
            log.truncate(0)
            _guards[:] = [process for process in _guards if process.poll() is None]
            _guards.append(
                subprocess.Popen(  # noqa: S603
                    [sys.executable, "-I", guard.__file__, json.dumps(orders)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(lock,),
                    start_new_session=True,  # Ctrl-C in the terminal is for the users, not for it
                )
            )
    finally:
        os.close(lock)


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # statements are logged, and people's data with them


def _becomes_ready(cluster: Cluster, binaries: Path) -> bool:
    question = [str(binaries / "pg_isready"), "--quiet", "--port", str(PORT)]
    question += ["--host", str(cluster.socket_folder), "--username", ADMINISTRATOR]
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while is_running(cluster) and time.monotonic() < deadline:
        answer = subprocess.run(question, env=guard.environment(), check=False)  # noqa: S603
        if answer.returncode == 0:
            return True
        time.sleep(POLL_SECONDS)
    return False


def _last_complaint(log_file: Path) -> str:
    lines = log_file.read_text(errors="replace").splitlines()
    complaints = [line for line in lines if any(word in line for word in guard.COMPLAINTS)]
    return (complaints or lines or ["it left no word."])[-1].strip()


def _in_one_sentence(cluster: Cluster, error: OSError) -> EmbeddedPostgresError:
    place = error.filename or cluster.folder
    return EmbeddedPostgresError(
        f"The embedded PostgreSQL cannot use {place}: {error.strerror or error}."
    )


def _lock(path: Path, operation: int) -> int:
    # Opened anew each time: a lock belongs to the open file, and must not mix with another's.
    # Never unlocked but closed: unlocking would take it from a forked child as well.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, operation)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def _locked(path: Path, operation: int) -> Iterator[None]:
    descriptor = _lock(path, operation)
    try:
        yield
    finally:
        os.close(descriptor)


def _forget_the_parents_threads() -> None:
    global _one_thread_at_a_time
    _one_thread_at_a_time = threading.Lock()


os.register_at_fork(after_in_child=_forget_the_parents_threads)
