"""Where a stack's programs are and what it may use: ports, accounts, a folder."""

import os
import pwd
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp


class MissingProgram(RuntimeError):
    """Says which package brings it."""


def program(name: str) -> str:
    """The full path of a program that Debian puts where root looks."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise MissingProgram(f"{name} is not installed: sh scripts/install-stack-packages")
    return found


def postgres_program(name: str) -> str:
    """Of the newest PostgreSQL that Debian has installed."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/" + name)
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    return str(newest) if newest else program(name)


def account_for_postgres() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise MissingProgram("there is no account `postgres`: install postgresql") from None


def free_ports(count: int) -> list[int]:
    """Distinct ones, free a moment ago."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def own_folder() -> Iterator[Path]:
    """Gone afterwards. Other accounts may pass through, to what is theirs, and list nothing."""
    folder = Path(mkdtemp(prefix="daftar-stack-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kept_environment() -> dict[str, str]:
    """What programs may know of ours: no secret, no setting."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name in kept}
