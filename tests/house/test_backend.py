"""Django on the embedded server, in processes of their own."""

import re
import subprocess
import sys

import pytest

from core.embedded_postgres import is_running
from tests.house.conftest import ROOT, cluster_of, eventually, postmaster_of

PRELUDE = """
import sys
from pathlib import Path
import django
from django.conf import settings
from core.embedded_postgres import database_settings, is_running
entry = database_settings(checkout=Path(sys.argv[1]), for_tests=True)
pool = {"min_size": 1, "max_size": 2, "timeout": 5}
settings.configure(
    USE_TZ=True,
    DATABASES={"default": entry | {"CONN_HEALTH_CHECKS": True, "OPTIONS": {"pool": pool}}},
)
django.setup()
from django.core.management import call_command
from django.db import connection, connections
def answer(query="SELECT 1"):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()
"""


@pytest.fixture
def run(checkout):
    def script(text):
        command = [sys.executable, "-c", PRELUDE + text, str(checkout)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    return script


class TestBackend:
    def test_starts_nothing_for_a_command_that_connects_to_nothing(self, run, checkout):
        done = run('call_command("check"); assert not is_running(entry["CLUSTER"])')
        assert done.returncode == 0, done.stderr
        assert not cluster_of(checkout).socket_folder.exists()

    def test_starts_the_server_at_the_first_connection(self, run, checkout):
        done = run('assert answer() == (1,); assert is_running(entry["CLUSTER"])')
        assert done.returncode == 0, done.stderr
        eventually(lambda: not is_running(cluster_of(checkout)))

    def test_starts_it_for_who_only_asks_for_the_parameters(self, run):
        done = run(
            """
import psycopg
parameters = connections["default"].get_connection_params()
parameters.pop("cursor_factory", None), parameters.pop("context", None)
parameters.pop("pool", None), parameters.pop("prepare_threshold", None)
assert psycopg.connect(**parameters).execute("SELECT 1").fetchone() == (1,)
"""
        )
        assert done.returncode == 0, done.stderr

    def test_makes_and_removes_the_databases_of_tests(self, run):
        done = run(
            """
name = connection.creation.create_test_db(verbosity=0, serialize=False)
assert answer("SELECT current_database()") == (name,) == ("test_daftar",)
connection.creation.destroy_test_db("daftar", verbosity=0)
"""
        )
        assert done.returncode == 0, done.stderr

    def test_serves_again_after_the_server_was_killed(self, run, checkout, someone):
        done = run(
            """
import psutil, time
from django.db import OperationalError
assert answer() == (1,)
connection.close()
for process in psutil.process_iter(["cmdline"]):
    if str(entry["CLUSTER"].data_folder) in (process.info["cmdline"] or []):
        process.kill()
deadline = time.monotonic() + 30
while True:
    try:
        assert answer() == (1,)
        break
    except OperationalError:
        assert time.monotonic() < deadline
        connection.close()
"""
        )
        assert done.returncode == 0, done.stderr

    def test_forked_children_connect_too(self, run, checkout):
        done = run(
            """
import os
assert answer() == (1,)
connection.close(); connection.close_pool()
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        os._exit(0 if answer() == (1,) else 1)
    children.append(child)
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
"""
        )
        assert done.returncode == 0, done.stderr
        eventually(lambda: postmaster_of(cluster_of(checkout)) is None)

    def test_says_in_a_sentence_why_there_is_no_server(self, run, checkout):
        done = run(
            """
from core.embedded_postgres import places
from django.core.exceptions import ImproperlyConfigured
entry["CLUSTER"].data_folder.rename(entry["CLUSTER"].folder / "kept")
places.NEEDED_BYTES = 10**18
try:
    answer()
except ImproperlyConfigured as refusal:
    print(refusal)
entry["CLUSTER"].folder.joinpath("kept").rename(entry["CLUSTER"].data_folder)
"""
        )
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(r"The embedded PostgreSQL needs .* are free\.\n", done.stdout)
