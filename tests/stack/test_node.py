"""The browser's client under Node, against a server that says what each test wants."""

import re
import subprocess

from scripts.stack.places import program
from scripts.stack.processes import ROOT

FOLDER = ROOT / "tests" / "js"


def test_the_browsers_client_keeps_its_promises() -> None:
    files = sorted(str(path) for path in FOLDER.glob("*.test.mjs"))
    run = subprocess.run(
        [program("node"), "--test", "--test-reporter=tap", *files],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr
    counted = dict(re.findall(r"^# (\w+) (\d+)$", run.stdout, re.MULTILINE))
    assert int(counted["pass"]) >= 50
    assert (counted["fail"], counted["skipped"], counted["todo"]) == ("0", "0", "0")
