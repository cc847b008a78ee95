"""A stranger's way: a new clone, `make run`, Ctrl-C, and again. Installs everything; minutes."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import psutil
import pytest

from tests.house.conftest import ROOT, clear_away, eventually
from tests.house.test_accounts import NOBODY, WE_ARE_ROOT

pytestmark = pytest.mark.prove

READY = "Ctrl-C ends everything"


@pytest.fixture(scope="module", params=[os.geteuid(), *([NOBODY] if WE_ARE_ROOT else [])])
def clone(request):
    """A clone in a path of two words and 150 characters, owned by the one who will work in it."""
    home = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="daftar-house-"))
    home.chmod(0o755)
    checkout = home / "two words" / "-".join(["long"] * 25)
    subprocess.run(["git", "clone", "-q", str(ROOT), str(checkout)], check=True)
    for path in (home, *home.rglob("*")):
        os.chown(path, request.param, -1, follow_symlinks=False)
    yield checkout, request.param
    clear_away(checkout)
    shutil.rmtree(home)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture
def make_run(clone, port):
    checkout, user = clone
    services = []

    def start():
        # The Debian Python for nobody: root's own may lie where nobody else can walk.
        path = os.environ["PATH"] if user == os.geteuid() else os.defpath
        kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        with (checkout.parent / "words").open("wb") as words:
            services.append(
                subprocess.Popen(
                    ["make", "run"],
                    cwd=checkout,
                    env=kept | {"PATH": path, "HOME": str(checkout.parent), "PORT": str(port)},
                    stdin=subprocess.DEVNULL,
                    stdout=words,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    user=user,
                    extra_groups=[] if WE_ARE_ROOT else None,
                )
            )
        return services[-1]

    yield start
    for service in services:
        service.kill()
        service.wait()
    eventually(lambda: everything_of(clone) == [])


def words_of(clone):
    return (clone[0].parent / "words").read_text()


def ready(clone, service):
    assert service.poll() is None, words_of(clone)
    return READY in words_of(clone)


def everything_of(clone):
    """All processes that have to do with the clone."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd", "environ"]):
        facts = [*(process.info["cmdline"] or []), process.info["cwd"] or ""]
        if any(str(clone[0]) in fact for fact in facts) and process.pid != os.getpid():
            found.append(process)
    return found


def statuses(port):
    answers = []
    for path in ("/healthz", "/readyz", "/api/docs/"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        answers.append(connection.getresponse().status)
        connection.close()
    return answers


class TestMakeRun:
    def test_serves_and_ctrl_c_ends_everything(self, clone, make_run, port):
        service = make_run()
        eventually(lambda: ready(clone, service), patience=600)
        assert statuses(port) == [200, 200, 200]
        assert len(everything_of(clone)) >= 4
        os.killpg(service.pid, signal.SIGINT)  # as a terminal does
        service.wait(timeout=30)
        eventually(lambda: everything_of(clone) == [])

    def test_serves_again_within_two_minutes_after_a_hard_kill(self, clone, make_run, port):
        service = make_run()
        eventually(lambda: ready(clone, service), patience=120)
        assert statuses(port) == [200, 200, 200]
        service.kill()
        eventually(lambda: everything_of(clone) == [])
        service = make_run()
        eventually(lambda: ready(clone, service), patience=120)
        assert statuses(port) == [200, 200, 200]
        assert "filling in demo data" not in words_of(clone)
        service.terminate()
        service.wait(timeout=30)
        eventually(lambda: everything_of(clone) == [])
