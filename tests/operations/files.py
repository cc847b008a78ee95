"""The operator's files, read."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("web", "live", "worker", "migrate", "backup")
INTERPOLATED = re.compile(r"\$\{(\w+)(?::?[-?][^}]*)?\}")


@cache
def compose(name: str = "docker-compose.yml") -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return read


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def command_of(service: dict[str, Any]) -> list[str]:
    command = service["command"]
    return shlex.split(command) if isinstance(command, str) else command


def env_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and line[0] != "#")


def read_by_settings() -> set[str]:
    """Every name that the settings ask the environment for."""
    source = (ROOT / "core/settings.py").read_text()
    return set(re.findall(r'\benv\.\w+\(\s*"([A-Z0-9_]+)"', source))


def interpolated() -> set[str]:
    """Every name that docker-compose.yml takes from .env."""
    return set(INTERPOLATED.findall((ROOT / "docker-compose.yml").read_text()))
