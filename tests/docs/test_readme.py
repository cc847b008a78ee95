"""The README's tour, pasted line by line into shells against a running service."""

import io
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from threading import Timer

import pytest
from django.core.management import call_command
from django.db import connection

from benchmarks.scratch import database_url
from benchmarks.servers import command, free_port, serving
from ledger.models import Debt, Payment
from messaging.models import ChatMessage
from tests.marketplace.billing.desk import sell_plans
from tests.test_tidy import ROOT

README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"<!-- tour: (?P<name>[a-z ]+) -->\n```bash\n(?P<lines>.*?)```", re.DOTALL)
TOUR = {match["name"]: match["lines"] for match in BLOCK.finditer(README)}
PATH = "/usr/local/bin:/usr/bin:/bin"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo(settings, tmp_path):
    """What `make run` fills in at the first start."""
    settings.DEBUG, settings.MEDIA_ROOT = True, tmp_path
    sell_plans()
    call_command("demo", stdout=io.StringIO())


@pytest.fixture
def service(demo):
    """`with service() as base:` serves, each time on the same port."""
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "DATABASE_URL": database_url(connection, connection.settings_dict["NAME"]),
        "DEV_OTP": "1",
    }
    return lambda: serving(command("uvicorn", port), port, environment=environment)


class Terminal:
    """A shell in which a block of the tour runs on."""

    def __init__(self, shell):
        self.shell = shell

    def type(self, line):
        self.shell.stdin.write(f"{line}\n")
        self.shell.stdin.flush()

    def shows(self, text):
        """Wait until a line with this text appears; the shell's end is the end of waiting."""
        seen = []
        for line in self.shell.stdout:
            seen.append(line)
            if text in line:
                return True
        raise AssertionError(seen)


@contextmanager
def terminal(block, **environment):
    lines = block.replace(".venv/bin/python", f"'{sys.executable}'")
    shell = subprocess.Popen(
        ["bash", "-c", f"set -eu\nexec {lines}"],
        cwd=ROOT,
        env={"PATH": PATH, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_late = Timer(120, shell.kill)
    too_late.start()
    try:
        yield Terminal(shell)
    finally:
        too_late.cancel()
        shell.kill()
        shell.communicate()


def test_the_tour_works_as_it_stands(service):
    assert list(TOUR) == ["sign in", "debt book", "market", "dealer", "buyer"]
    with ExitStack() as terminals:
        with service() as base:
            phone = walk_through(base)
            dealer = terminals.enter_context(terminal(TOUR["dealer"], BASE=base))
            buyer = terminals.enter_context(terminal(TOUR["buyer"], BASE=base, PHONE=phone))
            talk(dealer, buyer)
        dealer.type("Ertaga ochiqmiz")  # to nobody: the service has ended
        with service():
            assert buyer.shows("Charos Yusupova: Ertaga ochiqmiz")
            buyer.type("Rahmat")
            assert dealer.shows("Aziza Karimova: Rahmat")
    lines = ChatMessage.objects.filter(thread__buyer__phone_number=phone).order_by("number")
    assert list(lines.values_list("text", flat=True)) == [
        "Assalomu alaykum, hali bormi?",
        "Bor, nechta kerak?",
        "Ikkita",
        "Ertaga ochiqmiz",
        "Rahmat",
    ]


def walk_through(base):
    """The blocks of the first terminal; the phone number that it made up."""
    blocks = [TOUR[name] for name in ("sign in", "debt book", "market")]
    script = "\n".join(["set -eu", "ACCESS=", *blocks, 'echo "PHONE=$PHONE"'])
    run = subprocess.run(
        ["bash", "-c", script],
        env={"BASE": base, "PATH": PATH},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert '"request_id"' not in run.stdout, run.stdout  # which only problems have
    phone = run.stdout.rpartition("PHONE=")[2].strip()
    payment = Payment.objects.get(book__owner__phone_number=phone)
    assert (payment.amount, payment.credited) == (175000, 0)
    debts = Debt.objects.filter(book__owner__phone_number=phone)
    assert sorted(debts.values_list("status", flat=True)) == ["paid", "partially_paid"]
    return phone


def talk(dealer, buyer):
    assert dealer.shows("hali bormi?")
    assert buyer.shows("you: ")
    dealer.type("Bor, nechta kerak?")
    assert buyer.shows("Charos Yusupova: Bor, nechta kerak?")
    buyer.type("Ikkita")
    assert dealer.shows("Aziza Karimova: Ikkita")
