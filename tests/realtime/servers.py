"""The live role as a process of its own, on the test's database."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings

from core.management.commands.run import SERVER_FLAGS

APPLICATION = "tests.realtime.asgi:application"
# As it is served, but telling all: what is said of tokens in the log has to hold then, too.
UVICORN_FLAGS = [*SERVER_FLAGS, "--access-log", "--log-level=info"]
START_SECONDS = 60


class LiveServer:
    """One process of `core.asgi`; `write` has it change something, as a request would."""

    def __init__(
        self, folder: Path, *, database_url: str, kind: str = "uvicorn", **environment: str
    ) -> None:
        self.kind = kind
        self.port = free_port()
        self.log = folder / f"{kind}-{self.port}.log"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "DATABASE_URL": database_url,
            "SECRET_KEY": settings.SECRET_KEY,
            "LOG_LEVEL": "INFO",
            "REDIS_URL": "",
            "PYTHONWARNINGS": "ignore",
            **environment,
        }
        self.process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "LiveServer":
        """Start, or start again at the same port."""
        command = {
            "uvicorn": ["uvicorn", APPLICATION, "--port", str(self.port), *UVICORN_FLAGS],
            "daphne": ["daphne", "-b", "127.0.0.1", "-p", str(self.port), APPLICATION],
        }[self.kind]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        wait_until(self.answers, seconds=START_SECONDS)
        return self

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError):
            return self.get("/healthz/") == 200
        return False

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def read(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.read().decode()

    def write(self, path: str, **body: Any) -> None:
        """Ask for a write; when this returns, it is acknowledged. Raises OSError if it is not."""
        data = json.dumps(body).encode()
        with urllib.request.urlopen(self.address + path, data=data, timeout=10):
            return

    def publish(self, *events: tuple[str, list[int], dict[str, Any]]) -> None:
        """Publish (event, to, data) … in one action inside the process."""
        listed = [{"event": event, "to": to, "data": data} for event, to, data in events]
        self.write("/test/publish", events=listed)

    def metric(self, name: str) -> float:
        lines = self.read("/metrics/").splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    def has_no_sockets(self) -> bool:
        return self.metric("daftar_live_sockets") == 0

    def send_signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)

    def stop(self) -> int:
        """End it as an operator does; gives its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition, *, seconds: float = 20) -> None:
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, f"{condition} did not come true"
        time.sleep(0.05)
