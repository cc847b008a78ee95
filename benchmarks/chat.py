"""Our chat beside a plain one of Django REST Framework and Channels, in one run and by one
client: `make bench-chat`.

    messages/s      as many as 8 connections get through `POST /api/chat/send/`
    to the socket   40 messages a second, from the first byte of the request to the receiver's
                    socket; both sides of 16 talks have one open

Each is a web process and a socket process on one core; PostgreSQL, Redis and the load have the
other. The plain chat stores the same message, thread and notification, has a group for each
thread and each person, and serializes for each who hears of it; `plain, daphne` has one process
for both. It keeps no events: what its sockets miss is lost. Ratios are medians over interleaved
runs. `python -m benchmarks.chat [RUNS] [SECONDS]`; a single run gives a first impression.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import jwt

from benchmarks.chat_load import Talk, Target, measure
from benchmarks.live_kinds import _listens, pin
from benchmarks.servers import LOAD_CORE, SERVER_CORE
from scripts.stack import Layout, Process, Stack
from scripts.stack.places import free_ports, kept_environment
from scripts.stack.roles import WEB_FLAGS

RUNS, SECONDS = 5, 5.0
TALKS, CONNECTIONS, RATE = 16, 8, 40.0
PEER = "benchmarks.peers.chat"

Figures = dict[str, dict[str, list[float]]]


def main(runs: int, seconds: float) -> None:
    os.sched_setaffinity(0, LOAD_CORE)
    measured: Figures = defaultdict(lambda: defaultdict(list))
    with all_kinds() as kinds:
        for number in range(runs):
            for name, target in kinds.items():
                figures = asyncio.run(
                    measure(target, seconds=seconds, connections=CONNECTIONS, rate=RATE)
                )
                target.sent.clear(), target.arrived.clear()
                for figure, value in figures.items():
                    measured[figure][name].append(value)
            print(f"run {number + 1} of {runs} is done", file=sys.stderr, flush=True)
    report(measured, runs)


@contextmanager
def all_kinds() -> Iterator[dict[str, Target]]:
    """Ours and the plain ones, ready, each with talks of its own."""
    with ExitStack() as held:
        layout = Layout(web=1, live=1, has_worker=False)
        stack = held.enter_context(Stack(layout, settings={"LOG_LEVEL": "WARNING"}))
        for store in ("postgres", "redis"):
            pin(stack[store], LOAD_CORE)
        web, live = stack["web1"], stack["live1"]
        plain_web, plain_live, both = plain_processes(stack)
        for process in (plain_web, plain_live, both):
            held.callback(process.stop)
            process.start()
        for process in (web, live, plain_web, plain_live, both):
            pin(process, SERVER_CORE)
        yield {
            "daftar": Target(web.port, live.port, talks(stack, 0), event_text),
            "plain, gunicorn": Target(
                plain_web.port, plain_live.port, talks(stack, 1, plain=True), plain_text
            ),
            "plain, daphne": Target(both.port, both.port, talks(stack, 2, plain=True), plain_text),
        }


def plain_processes(stack: Stack) -> tuple[Process, Process, Process]:
    ports = free_ports(3)
    daphne = ["daphne", "-b", "127.0.0.1", "-v", "0", "--access-log", os.devnull, "-p"]
    commands = [
        ["gunicorn", f"{PEER}.wsgi:application", f"--bind=127.0.0.1:{ports[0]}",
         *(flag for flag in WEB_FLAGS if "worker-class" not in flag), "--worker-class=gthread"],
        [*daphne, str(ports[1]), f"{PEER}.asgi:application"],
        [*daphne, str(ports[2]), f"{PEER}.asgi:application"],
    ]  # fmt: skip
    redis = stack.environment["REDIS_URL"].removesuffix("/0") + "/1"
    environment = kept_environment() | stack.environment | {"REDIS_URL": redis}
    first, second, third = (
        Process(
            name=f"plain{port}",
            command=[sys.executable, "-m", *command],
            environment=environment,
            log=stack.folder / f"plain{port}.log",
            is_ready=lambda port=port: _listens(port),
            port=port,
        )
        for port, command in zip(ports, commands, strict=True)
    )
    return first, second, third


def talks(stack: Stack, place: int, *, plain: bool = False) -> list[Talk]:
    """Talks of people of this kind's own, each with a sender and a receiver."""
    people = stack.sign_in(2 * TALKS, first=1 + 2 * TALKS * place)
    ids = [int(person["id"]) for person in people]
    tokens = [plain_token(stack, person) for person in ids]
    if not plain:
        tokens = [str(person["access"]) for person in people]
    threads = json.loads(stack.python("-m", "benchmarks.chat_talks", *map(str, ids)))
    pairs = zip(threads, tokens[::2], tokens[1::2], strict=True)
    return [Talk(thread, (seller, buyer)) for thread, seller, buyer in pairs]


def plain_token(stack: Stack, person: int) -> str:
    """As rest_framework_simplejwt makes them."""
    claims = {"token_type": "access", "jti": f"{person:032x}", "user_id": str(person)}
    claims |= {"exp": int(time.time()) + 3600, "iat": int(time.time())}
    return jwt.encode(claims, stack.environment["SECRET_KEY"], algorithm="HS256")


def event_text(frame: dict[str, object]) -> str | None:
    return frame["data"]["text"] if frame.get("event") == "message.created" else None  # type: ignore[index]


def plain_text(frame: dict[str, object]) -> str | None:
    return frame["data"]["text"] if frame["type"] == "message" else None  # type: ignore[index]


def report(measured: Figures, runs: int) -> None:
    print(f"\nmedian of {runs} interleaved runs (least-most); ratio ours / theirs, of medians")
    for figure, kinds in measured.items():
        print(f"\n{figure}")
        ours = statistics.median(kinds["daftar"])
        for name, each in kinds.items():
            middle = statistics.median(each)
            ratio = f"ours / theirs {ours / middle:.2f}" if name != "daftar" and middle else ""
            print(f"  {name:16}{middle:10,.1f}  ({min(each):,.1f}-{max(each):,.1f}) {ratio}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        int(arguments[0]) if arguments else RUNS,
        float(arguments[1]) if len(arguments) > 1 else SECONDS,
    )
