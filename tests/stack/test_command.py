"""`make stack` itself: it says where everything is, mends itself, and goes as one."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.stack.processes import ROOT
from tests.stack.crowd import wait_until


class Command:
    """A running `python -m scripts.stack`; `said` grows by the line."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scripts.stack"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            process_group=0,
        )
        self.said = ""

    def read_until(self, pattern: str) -> "re.Match[str]":
        """Waits for a line; the test's own time limit ends a vain wait."""
        assert self.process.stdout is not None
        while not (found := re.search(pattern, self.said)):
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        return found

    def processes(self) -> dict[str, int]:
        named = re.findall(r"^  (\w+) +port \S+ +pid (\d+)$", self.said, re.MULTILINE)
        return {name: int(pid) for name, pid in named}


@pytest.fixture
def command() -> Iterator[Command]:
    command = Command()
    yield command
    if command.process.poll() is None:
        command.process.send_signal(signal.SIGINT)
        command.process.wait(60)


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_starts_mends_itself_and_ends_with_one_interrupt(command: Command) -> None:
    url = command.read_until(r"ready at (\S+)/\n")[1]
    folder = Path(command.read_until(r"Logs +(\S+)\n")[1])
    command.read_until(r"Ctrl-C ends everything")
    assert set(command.processes()) == {
        "postgres", "redis", "web1", "web2", "live1", "live2", "worker", "nginx",
    }  # fmt: skip

    # As with `make run`, codes come without an SMS.
    body = {"phone_number": "+998901234567"}
    answer = httpx.post(f"{url}/api/auth/request-otp/", json=body, trust_env=False, timeout=30)
    assert answer.json()["dev_code"]

    os.kill(command.processes()["live1"], signal.SIGKILL)
    back = int(command.read_until(r"live1 is back, pid (\d+)")[1])

    command.process.send_signal(signal.SIGINT)
    assert command.process.wait(60) == 0
    pids = [back, *command.processes().values()]
    wait_until(lambda: not any(is_alive(pid) for pid in pids))
    assert not folder.exists()


def test_leaves_nothing_behind_when_it_is_killed_hard(command: Command) -> None:
    command.read_until(r"Ctrl-C ends everything")
    pids = command.processes().values()
    command.process.kill()
    command.process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))
