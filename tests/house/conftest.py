"""Checkouts that are only folders, and people (processes) who use their embedded servers."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from core.embedded_postgres import Cluster, database_settings, guard, is_running

ROOT = Path(__file__).resolve().parent.parent.parent
SOMEONE = ROOT / "tests" / "house" / "someone.py"
PATIENCE_SECONDS = 60


def eventually(wanted, *, patience=PATIENCE_SECONDS):
    """Wait for the thing itself; answer it."""
    deadline = time.monotonic() + patience
    while not (found := wanted()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return found


def inherited(*prefixes):
    """The part of our environment that a child is to have."""
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}


class Someone:
    """One process that uses the server of a checkout."""

    def __init__(
        self,
        checkout,
        *options,
        python=(sys.executable,),
        script=SOMEONE,
        env=None,
        account=None,
    ):
        self.process = subprocess.Popen(
            [*python, str(script), str(checkout), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=inherited("COVERAGE_")
            | {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
            | (env or {}),
            cwd="/" if account else ROOT,
            text=True,
            user=account,
            group=account,
            extra_groups=[] if account else None,
        )

    def answer(self):
        return self.process.stdout.readline().strip()

    def does(self, order):
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        return self.answer()

    def goes_home(self):
        self.process.stdin.close()
        return self.process.wait()

    def is_killed(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def someone():
    """`someone(checkout)`: a started Someone; whoever is left is sent home at the end."""
    people = []

    def start(checkout, *options, **arguments):
        people.append(Someone(checkout, *options, **arguments))
        return people[-1]

    yield start
    for person in people:
        person.process.stdin.close()  # asks them to go
        try:
            person.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            person.is_killed()
        person.process.stdout.close()


def clear_away(checkout):
    """End what runs in a checkout's name and remove what lies outside of it."""
    for for_tests in (True, False):
        cluster = Cluster.of(checkout, for_tests=for_tests)
        eventually(lambda cluster=cluster: not is_running(cluster))
        shutil.rmtree(cluster.state_folder, ignore_errors=True)
    # Whoever's they are: the tests of root play other users as well.
    key = hashlib.sha256(os.fsencode(checkout.resolve())).hexdigest()[:12]
    for socket_folder in Path("/tmp").glob(f"daftar-*-{key}*"):
        shutil.rmtree(socket_folder)


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory):
    """`checkouts("a name")`: a folder of that name, to be taken for a checkout."""
    made = []

    def make(name="checkout"):
        folder = tmp_path_factory.mktemp("house") / name
        folder.mkdir(parents=True)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        clear_away(folder)


@pytest.fixture(scope="module")
def shared_checkout(checkouts):
    return checkouts()


@pytest.fixture
def checkout(shared_checkout):
    """A checkout whose servers stand still; their clusters may exist (initdb takes its time)."""
    for for_tests in (True, False):
        cluster = Cluster.of(shared_checkout, for_tests=for_tests)
        eventually(lambda cluster=cluster: not is_running(cluster))
    return shared_checkout


@pytest.fixture
def fresh_checkout(checkout):
    """The same one, as if its servers had never run."""
    for for_tests in (True, False):
        shutil.rmtree(Cluster.of(checkout, for_tests=for_tests).folder, ignore_errors=True)
    return checkout


def cluster_of(checkout, *, for_tests=True):
    return Cluster.of(checkout, for_tests=for_tests)


def ask(checkout, query, *, for_tests=True):
    """One row from the checkout's server, which must run."""
    settings = database_settings(checkout=checkout, for_tests=for_tests)
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname=settings["NAME"]
    ) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone() if cursor.description else None


def processes_of(cluster, *, program):
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if program in " ".join(words[:3]) and any(str(cluster.data_folder) in w for w in words):
            found.append(process)
    return found


def guard_of(cluster):
    return next(iter(processes_of(cluster, program=guard.__file__)), None)


def postmaster_of(cluster):
    return next(iter(processes_of(cluster, program="bin/postgres")), None)
