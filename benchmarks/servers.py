"""Servers under test, each as one process on one core; the load comes from the other."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE = {0}
LOAD_CORE = {max(os.sched_getaffinity(0))}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def command(kind: str, port: int) -> list[str]:
    """The start commands of the roles, as production has them, bound to one process."""
    commands = {
        "gunicorn": [
            "gunicorn", "core.wsgi:application", "--bind", f"127.0.0.1:{port}",
            "--worker-class", "gthread", "--threads", "4", "--workers", "1",
            "--no-control-socket",
        ],
        "daphne": [
            "daphne", "-b", "127.0.0.1", "-p", str(port), "--access-log", os.devnull,
            "core.asgi:application",
        ],
        "uvicorn": [
            "uvicorn", "core.asgi:application", "--host", "127.0.0.1", "--port", str(port),
            "--loop", "uvloop", "--no-access-log", "--no-proxy-headers",
        ],
    }  # fmt: skip
    return [sys.executable, "-m", *commands[kind]]


@contextmanager
def serving(arguments: list[str], port: int, *, environment: dict[str, str]) -> Iterator[str]:
    """Run a server until the block ends; gives its base URL once it answers anything."""
    process = subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, SERVER_CORE),
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(base, process)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_answers(base: str, process: "subprocess.Popen[bytes]") -> None:
    """Return at the first HTTP answer. Raises RuntimeError when the process ends, TimeoutError."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=2)
            return
        except urllib.error.HTTPError:
            return  # an answer, if not a friendly one
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(base)
