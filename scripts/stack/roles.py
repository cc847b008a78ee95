"""The start commands of our own roles, and what they are told."""

import sys
from pathlib import Path

from core.management.commands.run import SERVER_FLAGS as LIVE_FLAGS
from scripts.stack.places import kept_environment
from scripts.stack.processes import Process, answers_http

WEB_FLAGS = (
    "--worker-class=core.web_worker.DrainingWorker",
    "--workers=1",
    "--threads=8",
    "--graceful-timeout=10",
    "--timeout=60",
    "--no-control-socket",
    "--log-level=warning",
)
LIVE_COMMANDS = {
    "uvicorn": ["uvicorn", "core.asgi:application", "--host=127.0.0.1", "--port={port}",
                *LIVE_FLAGS],
    # No promise about 1009, 1012 and slow readers under daphne.
    "daphne": ["daphne", "--bind=127.0.0.1", "--port={port}", "--websocket_timeout=-1",
               "--verbosity=0", "core.asgi:application"],
}  # fmt: skip


def web(number: int, port: int, environment: dict[str, str], folder: Path) -> Process:
    command = ["gunicorn", "core.wsgi:application", f"--bind=127.0.0.1:{port}", *WEB_FLAGS]
    return _role(f"web{number}", command, port, environment, folder)


def live(
    number: int, port: int, environment: dict[str, str], folder: Path, *, server: str
) -> Process:
    command = [part.format(port=port) for part in LIVE_COMMANDS[server]]
    return _role(f"live{number}", command, port, environment, folder)


def worker(environment: dict[str, str], folder: Path) -> Process:
    return Process(
        name="worker",
        command=manage("worker"),
        environment=kept_environment() | environment,
        log=folder / "worker.log",
    )


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def _role(
    name: str, command: list[str], port: int, environment: dict[str, str], folder: Path
) -> Process:
    return Process(
        name=name,
        command=[sys.executable, "-m", *command],
        environment=kept_environment() | environment,
        log=folder / f"{name}.log",
        is_ready=answers_http(port),
        port=port,
    )
