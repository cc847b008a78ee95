"""Lists and payments over HTTP beside other ways to serve them, in ratios of one run.

`make bench-ledger`. Fifty debts with their debtor, token checked, and payments that settle three
debts: each server is one process on one core, the load comes from the other.
"""

import json
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from benchmarks.ledger_rows import access_of, make_book, sign_in
from benchmarks.load import measure
from benchmarks.scratch import scratch_database
from benchmarks.servers import command, free_port, serving

RUNS = 5
SECONDS = 3.0
DEBTS = 50_000
PEERS_PYTHON = Path(__file__).resolve().parent.parent / ".venv-peers" / "bin" / "python"
BODIES = 20_000


@dataclass
class Contender:
    """A server: how it is started, what it takes for a token, and its rates so far."""

    name: str
    command: Callable[[int], list[str]]
    token: str
    per_second: list[float] = field(default_factory=list)


def daphne_of_stock(port: int) -> list[str]:
    application = "benchmarks.peers.stock.asgi:application"
    quiet = ["--access-log", os.devnull]
    return [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), *quiet, application]


def gunicorn_of_stock(port: int) -> list[str]:
    ours = command("gunicorn", port)
    return [word.replace("core.wsgi", "benchmarks.peers.stock.wsgi") for word in ours]


def fastapi(port: int) -> list[str]:
    server = ["uvicorn", "benchmarks.peers.fastapi_app:app", "--port", str(port)]
    return [str(PEERS_PYTHON), "-m", *server, "--loop", "uvloop", "--no-access-log"]


def ours(port: int) -> list[str]:
    return command("gunicorn", port)


def stock_token(account_id: int) -> str:
    from rest_framework_simplejwt.tokens import AccessToken

    from ledger.models import User

    return str(AccessToken.for_user(User.objects.get(pk=account_id)))


def environment_of(url: str) -> dict[str, str]:
    """What every server is told."""
    from django.conf import settings

    return {
        "DATABASE_URL": url,
        "DEBUG": "0",
        "DEV_OTP": "0",
        "SECRET_KEY": str(settings.SECRET_KEY),
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
    }


def compare(
    contenders: list[Contender], path: str, url: str, *, bodies: list[bytes] | None = None
) -> None:
    """Each in turn, `RUNS` times over."""
    posted = iter(bodies or ())
    environment = environment_of(url)
    for _ in range(RUNS):
        for contender in contenders:
            port = free_port()
            start = contender.command(port)
            with serving(start, port, environment=environment) as base:
                contender.per_second.append(_rate(contender, base + path, posted, bodies))


def _rate(
    contender: Contender, address: str, posted: Iterator[bytes], bodies: list[bytes] | None
) -> float:
    headers = {"Authorization": f"Bearer {contender.token}"}
    if bodies is None:
        measure(address, headers=headers, seconds=1)
        result = measure(address, headers=headers, seconds=SECONDS)
    else:
        headers |= {"Content-Type": "application/json"}
        method, batch = "POST", list(islice(posted, 200))
        measure(address, headers=headers, seconds=1, method=method, bodies=batch)
        batch = list(islice(posted, 5_000))
        result = measure(address, headers=headers, seconds=SECONDS, method=method, bodies=batch)
    if result.failures:
        raise SystemExit(f"{contender.name}: {result.failures} answers were no success")
    return result.per_second


def report(title: str, contenders: list[Contender], wanted: dict[str, str]) -> None:
    print(f"{title}, one core, median of {RUNS} interleaved runs")
    for each in contenders:
        rates = each.per_second
        middle = statistics.median(rates)
        print(f"  {each.name:28}{middle:7.0f}/s  ({min(rates):.0f}-{max(rates):.0f})")
    first, *peers = contenders
    for peer in peers:
        ratio = statistics.median(
            a / b for a, b in zip(first.per_second, peer.per_second, strict=True)
        )
        print(f"  {first.name} / {peer.name}: {ratio:.2f}{wanted.get(peer.name, '')}")


def compare_lists(url: str) -> None:
    owner_id, access = sign_in()
    make_book(owner_id=owner_id, debtors=2_000, debts=DEBTS)
    stock = stock_token(owner_id)
    contenders = [
        Contender("Daftar", ours, access),
        Contender("stock DRF, daphne", daphne_of_stock, stock),
        Contender("stock DRF, gunicorn", gunicorn_of_stock, stock),
        Contender("FastAPI + SQLAlchemy", fastapi, stock),
    ]
    compare(contenders, "/api/v1/debts/?limit=50", url)
    report("Fifty debts, token checked", contenders, {"stock DRF, daphne": " (at least 5)"})


def compare_payments(url: str) -> None:
    from benchmarks.ledger_shop import open_shop

    shop = open_shop(debtors=100, debts_each=1_500)
    access = access_of(shop.owner_id)
    bodies = [
        json.dumps({"user": debtor, "amount": "25.00"}).encode()
        for debtor in islice(cycle(shop.debtor_ids), BODIES * RUNS)
    ]
    contenders = [
        Contender("Daftar", ours, access),
        Contender("naive loop, DRF, daphne", daphne_of_stock, stock_token(shop.owner_id)),
    ]
    compare(contenders, "/api/v1/payments/", url, bodies=bodies)
    report("Payments that settle three debts", contenders, {})


def main() -> None:
    if not PEERS_PYTHON.exists():
        raise SystemExit("The peers are not installed: make bench-ledger does it.")
    with scratch_database() as url:
        compare_lists(url)
        compare_payments(url)


if __name__ == "__main__":
    main()
