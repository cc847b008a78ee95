"""Make .venv and install a requirements file into it, once for each content of that file.

`venv.py requirements.txt` prepares; `venv.py --ready requirements.txt` only answers by its exit
code whether nothing is left to do. Run from the checkout's folder by the base Python (scripts/
venv.sh finds it), with nothing but the standard library.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
# Lies there while an installation is under way: found by the next one, it was interrupted, and
# packages may be half there, which pip would take for whole.
UNDER_WAY = VENV / ".installation-under-way"


def main() -> int:
    if sys.argv[1] == "--ready":
        return 0 if is_installed(Path(sys.argv[2])) else 1
    with one_at_a_time():
        try:
            return prepare(Path(sys.argv[1]))
        except OSError as error:
            return refuse(f"cannot write {error.filename or VENV}: {error.strerror}")


def prepare(requirements: Path) -> int:
    if is_installed(requirements):
        return 0  # by another make, while we waited
    if not is_worth_keeping():
        say("making .venv ...")
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
        UNDER_WAY.touch()
        # Not the Python of another virtual environment, which may go away.
        base = getattr(sys, "_base_executable", None) or sys.executable
        if subprocess.run([base, "-m", "venv", str(VENV)]).returncode != 0:
            return refuse(f"{base} could not make .venv (see above)")
    UNDER_WAY.touch()
    say(f"installing {requirements} (the first time takes a minute or two) ...")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    if subprocess.run([*pip, "install", "-r", str(requirements)]).returncode != 0:
        return refuse(
            f"installing {requirements} failed (see above): look after the package index and the "
            "free disk, then run make again"
        )
    for part in parts_of(requirements):
        stamp_of(part).write_text(digest(part))
    UNDER_WAY.unlink()
    return 0


def is_installed(requirements: Path) -> bool:
    return not UNDER_WAY.exists() and stamp_says(requirements) is True and python_works()


def is_worth_keeping() -> bool:
    """A new one when an installation was interrupted or anything installed has changed since.

    A .venv without a stamp was made by hand: it is added to and not thrown away.
    """
    changed = any(stamp_says(path) is False for path in Path().glob("requirements*.txt"))
    return not changed and not UNDER_WAY.exists() and python_works()


def python_works() -> bool:
    """Not after the base Python was upgraded away from under the link."""
    question = "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))"
    if Path(sys.prefix) == VENV.absolute():
        return True  # it is who runs this
    return PYTHON.exists() and not subprocess.run([PYTHON, "-c", question]).returncode


def stamp_says(requirements: Path) -> bool | None:
    """Whether this very content is installed; None: nothing is known."""
    try:
        return stamp_of(requirements).read_text() == digest(requirements)
    except FileNotFoundError:
        return None


def stamp_of(requirements: Path) -> Path:
    return VENV / f".installed-{requirements.name}"


def digest(requirements: Path) -> str:
    content = b"".join(part.read_bytes() for part in parts_of(requirements))
    return hashlib.sha256(content).hexdigest()


def parts_of(requirements: Path) -> list[Path]:
    """The file and those it includes by `-r`."""
    included = [
        requirements.parent / line.split()[1]
        for line in requirements.read_text().splitlines()
        if line.startswith("-r ")
    ]
    return [requirements, *(part for path in included for part in parts_of(path))]


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """`make run` beside `make test` in a new checkout: the second waits for the first."""
    folder = os.open(".", os.O_RDONLY)
    with contextlib.suppress(OSError):  # a network file system that locks no folders
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(folder)


def say(words: str) -> None:
    print(f"Daftar: {words}", flush=True)


def refuse(words: str) -> int:
    print(f"Daftar: {words}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
