"""The size and place of things, so that no file grows past what one reads at a sitting."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
VAGUE_NAMES = {"utils", "helpers", "manager", "managers", "misc", "common", "data2"}


def tracked(pattern):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def python_files():
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.fixture(scope="module")
def files():
    found = python_files()
    assert len(found) > 30
    return found


def named(path):
    return str(path.relative_to(ROOT))


def test_files_are_read_at_a_sitting(files):
    long = {named(p): n for p in files if (n := len(p.read_text().splitlines())) > MAX_FILE_LINES}
    assert long == {}


def test_functions_fit_a_screen(files):
    long = {
        f"{named(path)}:{node.name}": lines
        for path in files
        for node in functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}


def test_names_say_what_is_inside(files):
    assert [named(p) for p in files if VAGUE_NAMES & {*p.with_suffix("").parts}] == []


def test_writes_are_not_hidden_in_signals_or_save(files):
    product = [p for p in files if p.relative_to(ROOT).parts[0] not in {"tests", "benchmarks"}]
    hidden = [
        f"{named(path)}:{node.name}"
        for path in product
        for node in functions(path)
        if node.name in {"save", "create", "update"} and "serializers" in path.parts
    ]
    assert hidden == []
    assert [named(p) for p in product if "django.db.models.signals" in p.read_text()] == []


def test_only_the_settings_read_the_environment(files):
    readers = {"core/environment.py", "core/settings.py"}
    product = [p for p in files if named(p).split("/")[0] in {"core", "ledger", "realtime"}]
    guilty = [
        named(p)
        for p in product
        if named(p) not in readers and ("os.environ[" in p.read_text() or "getenv" in p.read_text())
    ]
    assert guilty == []
