"""One process of a stack: started, killed, frozen and started again under the same name."""

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.embedded_postgres.guard import die_with_parent

READY_SECONDS = 60
STOP_SECONDS = 20
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Process:
    """`is_ready` is asked until it says yes; `account`: whom root runs it as."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    is_ready: Callable[[], bool] = lambda: True
    account: str | None = None
    port: int = 0
    stop_signal: int = signal.SIGTERM
    running: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def pid(self) -> int:
        """Of the process that was started; its children are in the same group."""
        if self.running is None:
            raise RuntimeError(f"{self.name} was never started")
        return self.running.pid

    @property
    def is_alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def start(self, *, wait: bool = True) -> None:
        """Start it, if it does not run, and wait until it is ready."""
        if not self.is_alive:
            with self.log.open("ab") as log:
                self.running = subprocess.Popen(
                    self.command,
                    cwd=ROOT,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    process_group=0,  # Ctrl-C comes to us alone
                    preexec_fn=_bound_to_us(),
                    user=self.account,
                    group=self.account,
                    extra_groups=[] if self.account else None,
                )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Raises RuntimeError when it ends instead, TimeoutError."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if not self.is_alive:
                raise RuntimeError(f"{self.name} did not start:\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} is not ready:\n{self.last_words()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to it and its children at once."""
        self.signal(signal.SIGKILL)
        assert self.running is not None
        self.running.wait()

    def freeze(self) -> None:
        """It stays, and its connections with it, but nothing answers."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """To its whole group."""
        os.killpg(self.pid, number)

    def ask_to_stop(self) -> None:
        if self.is_alive:
            os.kill(self.pid, self.stop_signal)

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """As an operator stops it; killed when that takes longer. Gives the exit code."""
        if self.running is None:
            return 0
        self.ask_to_stop()
        try:
            return self.running.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def restart(self) -> None:
        self.stop()
        self.start()

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


def _bound_to_us() -> Callable[[], None] | None:
    """Have the kernel end the child when we are killed hard. To the kernel "we" are the thread
    that starts it, and only the main one lives as long as the process."""
    if threading.current_thread() is not threading.main_thread():
        return None
    me = os.getpid()
    return lambda: die_with_parent(me, signal.SIGTERM)


def answers_http(port: int, path: str = "/healthz") -> Callable[[], bool]:
    def asked() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    return asked
