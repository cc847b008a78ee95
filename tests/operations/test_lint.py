"""What linters say of the operator's files: nothing."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.stack.nginx import TEMPLATE, filled_in
from tests.operations.files import ROOT
from tests.stack.test_places import places

SCRIPTS = [
    *sorted(p for p in (ROOT / "scripts").iterdir() if p.is_file() and p.suffix != ".py"),
    *sorted((ROOT / "postgres").iterdir()),
    ROOT / "nginx/places.envsh",
]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def lint(program: str, *arguments: str | Path) -> str:
    """What it says; empty when it finds nothing. The programs come as wheels."""
    beside_python = Path(sys.executable).parent / program
    return said([beside_python, *arguments])


def said(command: list[str | Path]) -> str:
    run = subprocess.run(command, capture_output=True, text=True)
    return run.stdout + run.stderr


def test_hadolint_finds_nothing_in_the_dockerfile():
    assert lint("hadolint", "--failure-threshold=style", ROOT / "Dockerfile") == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script):
    assert lint("shellcheck", "--shell=sh", script) == ""


# What gixy finds and we mean: a host's port is wanted (the service checks names by ALLOWED_HOSTS),
# and what a socket says must not wait in a buffer.
MEANT = "host_spoofing,proxy_buffering_off"


def test_gixy_finds_nothing_else_in_the_proxys_file(tmp_path):
    filled = tmp_path / "nginx.conf"
    filled.write_text(filled_in(TEMPLATE.read_text(), places(tmp_path)))
    gixy = [sys.executable, "-m", "gixy", "--format=json", filled]
    assert json.loads(said([*gixy, f"--skips={MEANT}"])) == []
    assert len(json.loads(said(gixy))) == 2


class TestDockerfile:
    def test_stands_on_exact_versions(self):
        bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
        stages = re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.MULTILINE)
        foreign = [base for base in bases if base not in stages]
        assert "ARG PYTHON_VERSION=3.13." in DOCKERFILE
        assert foreign == ["python:${PYTHON_VERSION}-slim-trixie", "nginx:1.30.4-alpine3.24"]

    def test_ends_each_image_as_somebody(self):
        for target in ("app", "operator", "proxy"):
            stage = DOCKERFILE.split(f" AS {target}\n")[1].split("\nFROM ")[0]
            last = re.findall(r"^USER (\d+):(\d+)$", stage, re.MULTILINE)[-1]
            assert int(last[0]) > 0, target

    def test_downloads_nothing_by_address(self):
        assert not re.search(r"^ADD |curl|wget|https?://", DOCKERFILE, re.MULTILINE)

    def test_takes_only_what_dockerignore_lets_through(self):
        let_through = {
            line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"
        }
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
            for source in [part for part in line.split() if not part.startswith("--")][:-1]:
                assert source in let_through or Path(source).parts[0] in let_through, source
                assert (ROOT / source).exists()

    def test_leaves_development_out(self):
        production = (ROOT / "requirements.txt").read_text().split("# --- Development only")
        assert len(production) == 2
        assert "pixeltable" not in production[0]
        assert "requirements-dev" not in DOCKERFILE
