"""Our socket beside stock Channels and Socket.IO, in one run and by one client: `make bench-live`.

    feed      one message to 1,000 sockets, as many as go through
    accounts  one message each to 1,000 accounts with a socket each
    storm     2,000 signed-in connects, 100 at a time
    commit    200 messages a second, each in its own transaction: from its commit to the socket
    bystander CPU of a process that holds none of the recipients, an event
    memory    of the server process, a socket: from 1,000 to 8,000 idle ones

Servers have one core and everything else the other. Stock Channels is groups per socket on daphne
with the core Redis layer; Socket.IO has its Redis adapter, on Node. Neither stores anything: our
events stand in the database before they are sent. Ratios are medians over interleaved runs.
`python -m benchmarks.live [RUNS [PART ...]]`; a single run gives a first impression, of all parts
or of those that are named.
"""

import os
import resource
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.live_kinds import Kind, Load, all_kinds
from scripts.stack import Process

RUNS = 5
SOCKETS = 1000
STORM = 2000
IDLE = 8000
SECONDS = 3
EVENTS_EACH = 60
TICKS = os.sysconf("SC_CLK_TCK")

Figures = dict[str, float]


def main(runs: int, parts: list[str]) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    measured: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with all_kinds() as kinds:
        load = Load()
        try:
            for number in range(runs):
                for kind in kinds.values():
                    figures = one_run(load, kind, parts)
                    for figure, value in figures.items():
                        measured[figure][kind.name].append(value)
                    say(f"run {number + 1} of {runs}: {kind.name}: {figures}")
            for kind in kinds.values() if "memory" in parts else ():
                measured["memory, KiB a socket"][kind.name].append(memory(load, kind))
        finally:
            load.end()
    report(measured, runs)


def one_run(load: Load, kind: Kind, parts: list[str]) -> Figures:
    figures: Figures = {}
    for name, part in PARTS.items():
        if name in parts:
            figures |= part(load, kind)
            load.order("close")
    return figures


def storm(load: Load, kind: Kind) -> Figures:
    said = connect(load, kind, STORM)
    return {
        "storm, connects/s": said["perSecond"],
        "storm, s until all are in": said["seconds"],
        "storm, refused": said["refused"],
    }


def commit(load: Load, kind: Kind) -> Figures:
    connect_a_thousand(load, kind)
    told = load.order("steady", seconds=SECONDS, rate=200, people=SOCKETS)
    return {
        "commit, ms p50": told["p50"],
        "commit, ms p99": told["p99"],
        "commit, lost": told["lost"],
    }


def accounts(load: Load, kind: Kind) -> Figures:
    """With the CPU that the process beside uses meanwhile, less what it uses when idle."""
    connect_a_thousand(load, kind)
    connect(load, kind, 1, server=1, first=SOCKETS)  # it serves, but nobody whom we tell
    beside = kind.servers[1]
    idle, started = cpu_seconds(beside), time.monotonic()
    time.sleep(1)
    per_second = (cpu_seconds(beside) - idle) / (time.monotonic() - started)
    before, started = cpu_seconds(beside), time.monotonic()
    told = load.order("users", seconds=SECONDS, window=400, people=SOCKETS, each=EVENTS_EACH)
    took = time.monotonic() - started
    used = cpu_seconds(beside) - before - per_second * took
    return {
        "accounts, deliveries/s": told["perSecond"],
        "accounts, ms p99": told["p99"],
        "accounts, lost": told["lost"],
        "bystander, us an event": max(0.0, used) / told["deliveries"] * 1e6,
    }


def feed(load: Load, kind: Kind) -> Figures:
    connect_a_thousand(load, kind)
    told = load.order("feed", seconds=SECONDS, window=4)
    return {
        "feed, deliveries/s": told["perSecond"],
        "feed, ms p99": told["p99"],
        "feed, lost": told["lost"],
    }


PARTS = {"storm": storm, "commit": commit, "accounts": accounts, "feed": feed}


def connect_a_thousand(load: Load, kind: Kind) -> None:
    connect(load, kind, SOCKETS)
    load.order("people", publisherPort=kind.publisher.port, people=kind.people[:SOCKETS])


def connect(
    load: Load, kind: Kind, count: int, *, server: int = 0, first: int = 0
) -> dict[str, float]:
    tokens = kind.tokens[first : first + count]
    port = kind.servers[server].port
    said = load.order("connect", kind=kind.name, port=port, tokens=tokens, atOnce=100)
    if said["left"]:
        raise RuntimeError(f"{kind.name} let {said['left']} of {count} sockets stand outside")
    return said


def memory(load: Load, kind: Kind) -> float:
    """KiB that each socket between the 1,000th and the 8,000th adds, in a new process."""
    kind.servers[0].restart()
    connect(load, kind, SOCKETS)
    before = settled(kind.servers[0])
    connect(load, kind, IDLE - SOCKETS, first=SOCKETS)
    after = settled(kind.servers[0])
    load.order("close")
    return (after - before) / (IDLE - SOCKETS)


def settled(process: Process) -> int:
    """Resident KiB, once a second has not changed it by a megabyte."""
    seen, last = resident(process), 0
    while abs(seen - last) > 1024:
        time.sleep(1)
        seen, last = resident(process), seen
    return seen


def resident(process: Process) -> int:
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(process.name)


def cpu_seconds(process: Process) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def report(measured: dict[str, dict[str, list[float]]], runs: int) -> None:
    names = list(next(iter(measured.values())))
    print(
        f"\nmedian of {runs} interleaved runs (least-most); ratio ours / theirs, median of ratios"
    )
    for figure, kinds in sorted(measured.items()):
        print(f"\n{figure}")
        for name in names:
            each = kinds[name]
            middle, least, most = statistics.median(each), min(each), max(each)
            ratio = ratio_to_ours(kinds, name) if name != "daftar" else ""
            print(f"  {name:9}{middle:12,.1f}  ({least:,.1f}-{most:,.1f}) {ratio}")


def ratio_to_ours(kinds: dict[str, list[float]], name: str) -> str:
    pairs = list(zip(kinds["daftar"], kinds[name], strict=True))
    if any(theirs == 0 for _ours, theirs in pairs):
        return ""
    return f"ours / theirs {statistics.median(ours / theirs for ours, theirs in pairs):.2f}"


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS, sys.argv[2:] or [*PARTS, "memory"])
