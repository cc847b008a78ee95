"""What make says on a machine that lacks something. Nothing is installed here."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.house.conftest import ROOT

OLD = '#!/bin/sh\ncase "$2" in *"%d.%d"*) echo 3.9;; esac\n'
BARE = '#!/bin/sh\ncase "$2" in *"%d.%d"*) echo 3.11;; *) exit 1;; esac\n'


@pytest.fixture
def machine(tmp_path):
    """`machine(python3=script)`: what `make venv` says in a new clone there; its folder."""
    clone = tmp_path / "a new clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, clone)

    def make(*arguments, **programs):
        path = tmp_path / "bin"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        for name in ("sh", "dirname"):
            (path / name).symlink_to(shutil.which(name))
        for name, text in programs.items():
            program = path / name.replace("_", ".")
            program.write_text(text)
            program.chmod(0o755)
        done = subprocess.run(
            [shutil.which("make"), "venv", *arguments],
            cwd=clone,
            env={"PATH": str(path)},
            capture_output=True,
            text=True,
        )
        return done, clone

    return make


def daftars(words):
    return [line for line in words.splitlines() if line.startswith("Daftar")]


class TestPython:
    def test_too_old_is_named(self, machine):
        done, clone = machine(python3=OLD, python=OLD)
        assert daftars(done.stderr) == [
            "Daftar needs Python 3.11 to 3.14 (here: python3 is 3.9; python is 3.9; "
            "to name another one: make PYTHON=/path/to/python3.11 run)."
        ]
        assert done.returncode != 0
        assert not (clone / ".venv").exists()

    def test_not_there_is_said(self, machine):
        done, _ = machine()
        assert daftars(done.stderr) == [
            "Daftar needs Python 3.11 to 3.14 (here: none; "
            "to name another one: make PYTHON=/path/to/python3.11 run)."
        ]

    def test_without_its_venv_module_is_named_with_the_cure(self, machine):
        done, clone = machine(python3=OLD, python3_11=BARE)
        assert daftars(done.stderr) == [
            "Daftar: python3.11 (3.11) is here without its venv module: install it "
            "(Debian and Ubuntu: apt-get install python3-venv) and run make again."
        ]
        assert not (clone / ".venv").exists()

    def test_that_is_named_is_the_one_that_is_asked(self, machine):
        done, _ = machine("PYTHON=/no where/python3.11", python3=BARE)
        assert "here: none;" in daftars(done.stderr)[0]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone whose requirements list nothing, so that an installation needs no index."""
    clone = tmp_path_factory.mktemp("house") / "a new clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    shutil.copy(ROOT / "Makefile", clone)
    (clone / "requirements.txt").write_text("# nothing\n")
    (clone / "requirements-dev.txt").write_text("-r requirements.txt\n# nothing more\n")
    assert make(clone)[0] == "Daftar: making .venv ..."
    return clone


def make(clone, target="venv"):
    done = subprocess.run(
        ["make", target, f"PYTHON={sys.executable}"],
        cwd=clone,
        env={"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return daftars(done.stdout)


@pytest.mark.prove
class TestVenv:
    def test_is_made_once(self, clone):
        assert make(clone) == []
        assert [words.split(" (")[0] for words in make(clone, "venv-dev")] == [
            "Daftar: installing requirements-dev.txt"
        ]
        assert make(clone, "venv-dev") == make(clone) == []

    def test_is_made_again_after_a_change(self, clone):
        (clone / "requirements.txt").write_text("# nothing, still\n")
        (clone / ".venv" / "of the old one").touch()
        assert make(clone)[0] == "Daftar: making .venv ..."
        assert not (clone / ".venv" / "of the old one").exists()

    def test_is_made_again_after_an_interruption(self, clone):
        (clone / ".venv" / ".installation-under-way").touch()
        assert make(clone)[0] == "Daftar: making .venv ..."

    def test_is_made_again_when_its_python_is_gone(self, clone):
        for python in (clone / ".venv" / "bin").glob("python*"):
            python.unlink()
        (clone / ".venv" / "bin" / "python").symlink_to("/nowhere/python3.11")
        assert make(clone)[0] == "Daftar: making .venv ..."

    def test_made_by_hand_is_added_to(self, clone):
        for stamp in (clone / ".venv").glob(".installed-*"):
            stamp.unlink()
        assert [words.split(" (")[0] for words in make(clone)] == [
            "Daftar: installing requirements.txt"
        ]

    def test_may_be_moved(self, clone):
        moved = clone.rename(clone.parent / "another place")
        assert make(moved) == []
        moved.rename(clone)
