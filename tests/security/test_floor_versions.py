"""No library is older than the release that closed a known hole.

Scanners without a network find nothing and say so; this list needs none. docs/security.md shows it.
"""

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.version import Version

from tests.test_tidy import ROOT

FLOORS = {
    "django": "5.2.19",
    "djangorestframework": "3.17.2",
    "djangorestframework-simplejwt": "5.5.1",
    "daphne": "4.2.2",
    "uvicorn": "0.54.0",
    "gunicorn": "23.0.0",
    "redis": "4.5.5",
}
ALSO_INSTALLED = {
    "pyjwt": "2.10.1",
    "h11": "0.16.0",
    "sqlparse": "0.5.0",
    "certifi": "2024.7.4",
    "idna": "3.7",
    "twisted": "24.7.0",
    "cryptography": "44.0.1",
}


def pinned():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    found = (re.match(r"([\w.-]+)(?:\[[^]]*\])?==([\w.]+)", line) for line in lines)
    return {match[1].lower(): match[2] for match in found if match}


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_what_we_pin_is_not_below_its_floor(name, floor):
    assert Version(pinned()[name]) >= Version(floor)


@pytest.mark.parametrize(("name", "floor"), (FLOORS | ALSO_INSTALLED).items())
def test_what_is_installed_is_not_either(name, floor):
    assert Version(version(name)) >= Version(floor)


def test_everything_is_pinned_exactly():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    named = [line for line in lines if line.strip() and line[0] != "#"]
    assert len(pinned()) == len(named)


def test_the_page_shows_the_same_floors():
    page = (ROOT / "docs/security.md").read_text()
    shown = dict(re.findall(r"^\| `([\w-]+)` \| ([\d.]+) \|", page, re.MULTILINE))
    assert shown == FLOORS | ALSO_INSTALLED


def test_the_image_and_the_project_agree_on_python():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    image = re.search(r"^ARG PYTHON_VERSION=(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert wanted == ">=3.11"
    assert Version(image[1]) >= Version("3.11")
