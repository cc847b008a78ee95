"""Shells and programs into which blocks of the documents are pasted."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from tests.test_tidy import ROOT

PATH = "/usr/local/bin:/usr/bin:/bin"
BLOCK = re.compile(
    r"<!-- (?:tour|run): (?P<name>[a-z ]+) -->\n```\w+\n(?P<lines>.*?)```", re.DOTALL
)


def blocks_of(page: str) -> dict[str, str]:
    """The page's blocks that are to be run, by name, in order."""
    text = (ROOT / page).read_text()
    return {match["name"]: match["lines"] for match in BLOCK.finditer(text)}


def paste(*blocks: str, **environment: str) -> str:
    """Run blocks in one shell, which stops at the first that fails; what it printed."""
    run = subprocess.run(
        ["bash", "-c", "\n".join(["set -eu", *blocks])],
        cwd=ROOT,
        env={"PATH": PATH, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


class Terminal:
    """A program that runs on."""

    def __init__(self, program: "subprocess.Popen[str]") -> None:
        self.program = program

    def type(self, line: str) -> None:
        self.program.stdin.write(f"{line}\n")
        self.program.stdin.flush()

    def shows(self, text: str) -> bool:
        """Wait until a line with this text appears; the program's end is the end of waiting."""
        seen = []
        for line in self.program.stdout:
            seen.append(line)
            if text in line:
                return True
        raise AssertionError(seen)


@contextmanager
def terminal(*command: str, **environment: str) -> Iterator[Terminal]:
    program = subprocess.Popen(
        command,
        cwd=ROOT,
        env={"PATH": PATH, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_late = Timer(120, program.kill)
    too_late.start()
    try:
        yield Terminal(program)
    finally:
        too_late.cancel()
        program.kill()
        program.communicate()
