"""`manage.py run` on a database that exists already, as one who sets DATABASE_URL has it."""

import http.client
import signal
import socket
import subprocess
import sys
from urllib.parse import quote

import psutil
import pytest
from django.core.management.base import CommandError

from core.management.commands.run import claimed_port
from tests.house.conftest import ROOT, Someone, cluster_of, inherited

READY = "Ctrl-C ends everything"


@pytest.fixture(scope="module")
def database_url(shared_checkout):
    keeper = Someone(shared_checkout)
    assert keeper.answer() == "ready"
    folder = quote(str(cluster_of(shared_checkout).socket_folder), safe="")
    yield f"postgres://daftar@{folder}:5432/daftar"
    assert keeper.goes_home() == 0
    keeper.process.stdout.close()


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Service:
    """A `manage.py run` whose words are read."""

    def __init__(self, **variables):
        kept = inherited("PATH", "HOME", "COVERAGE_")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=kept | {"DEBUG": "1"} | {name: str(value) for name, value in variables.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.children = []

    def is_ready(self):
        words = []
        for line in self.process.stdout:
            words.append(line)
            if READY in line:
                self.children = psutil.Process(self.process.pid).children(recursive=True)
                return "".join(words)
        raise AssertionError(f"it ended: {''.join(words)}")

    def last_words(self):
        words, _ = self.process.communicate(timeout=60)
        return words

    def child(self, word):
        return next(child for child in self.children if word in child.cmdline())

    def nothing_is_left(self):
        return psutil.wait_procs(self.children, timeout=30)[1] == []


@pytest.fixture
def run(database_url, port):
    services = []

    def start(**variables):
        services.append(Service(**({"DATABASE_URL": database_url, "PORT": port} | variables)))
        return services[-1]

    yield start
    for service in services:
        service.process.kill()
        for child in service.children:
            if child.is_running():
                child.kill()
        service.process.communicate()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def is_taken(port):
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0


class TestRun:
    def test_serves_says_where_and_ends_with_a_signal(self, run, port):
        service = run()
        words = service.is_ready()
        for path in ("/", "/api/docs/", "/admin/"):
            assert f"http://127.0.0.1:{port}{path}\n" in words
        assert [get(port, path) for path in ("/healthz", "/readyz", "/api/docs/")] == [200] * 3
        assert service.child("worker").is_running()

        second = run(DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
        assert second.last_words() == (
            f"CommandError: Port {port} of 127.0.0.1 is taken; "
            "end what uses it, or choose another one, as in: make run PORT=8001\n"
        )
        assert second.process.returncode == 1

        service.process.send_signal(signal.SIGINT)
        assert "Daftar: ending ..." in service.last_words()
        assert service.process.returncode == 0
        assert service.nothing_is_left()
        assert not is_taken(port)

    def test_killed_hard_takes_its_children_along(self, run, port):
        service = run()
        service.is_ready()
        service.process.kill()
        assert service.nothing_is_left()
        assert not is_taken(port)

    def test_ends_everything_when_a_child_ends(self, run):
        service = run()
        service.is_ready()
        service.child("uvicorn").kill()
        assert "The web server ended by itself (exit code -9); ending everything." in (
            service.last_words()
        )
        assert service.process.returncode == 1
        assert service.nothing_is_left()

    def test_says_in_a_sentence_that_the_database_is_away(self, run):
        service = run(DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
        words = service.last_words()
        assert "CommandError: The database does not answer: " in words
        assert "Traceback" not in words

    def test_keeps_to_what_it_is_told(self, run):
        service = run(DEBUG="0")
        assert service.last_words() == (
            "Daftar: With DEBUG=0 these must be set: SECRET_KEY, ALLOWED_HOSTS.\n"
        )
        assert service.process.returncode == 1


class TestClaimedPort:
    @pytest.mark.parametrize("wrong", ["", "http", "0", "65536", "-1"])
    def test_is_a_number(self, wrong):
        with pytest.raises(CommandError) as refusal:
            claimed_port("127.0.0.1", wrong)
        assert str(refusal.value) == f"PORT must be a number from 1 to 65535, not {wrong!r}."

    def test_may_be_one_of_the_sixth_version(self, port):
        with claimed_port("::1", str(port)) as listener:
            assert listener.getsockname()[:2] == ("::1", port)

    def test_names_an_address_that_is_not_ours(self, port):
        with pytest.raises(CommandError, match=rf"^Port {port} of 192.0.2.1 cannot be had: "):
            claimed_port("192.0.2.1", str(port))
