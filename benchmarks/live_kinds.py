"""The three that are measured: each as two server processes and one that publishes."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import jwt

from benchmarks.servers import LOAD_CORE, SERVER_CORE
from scripts.stack import Layout, Process, Stack
from scripts.stack.places import free_ports, own_folder, program
from scripts.stack.processes import ROOT

PEERS = ROOT / "benchmarks" / "peers" / "live"
TOKEN_SECRET = "benchmark-only-secret-of-the-peers-tokens"
PAD = "x" * 200
PEOPLE = 8000


@dataclass
class Kind:
    """`servers`: the loaded one and the one beside it; `tokens` in the order of `people`."""

    name: str
    servers: list[Process]
    publisher: Process
    people: list[int]
    tokens: list[str]


@contextmanager
def all_kinds() -> Iterator[dict[str, Kind]]:
    """Ours and its peers, ready; servers on one core, everything else on the other."""
    layout = Layout(web=0, live=2, has_worker=False)
    with ExitStack() as held:
        folder = held.enter_context(own_folder())
        modules = installed_peers(folder)
        stack = held.enter_context(Stack(layout, settings={"LOG_LEVEL": "WARNING"}))
        for store in ("postgres", "redis"):
            pin(stack[store], LOAD_CORE)
        kinds = {
            "daftar": ours(stack, folder),
            "stock": stock(stack, folder),
            "socketio": socketio(stack, folder, modules),
        }
        for kind in kinds.values():
            for process in [*kind.servers, kind.publisher]:
                held.callback(process.stop)
                process.start()
                pin(process, SERVER_CORE if process in kind.servers else LOAD_CORE)
        yield kinds


def installed_peers(folder: Path) -> Path:
    """Their npm packages in `folder`, at the versions that its package.json pins."""
    target = folder / "peers"
    shutil.copytree(PEERS, target)

    command = [program("npm"), "ci", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=target, check=True)
    return target


def pin(process: Process, cores: set[int]) -> None:
    """Every thread it has; those it starts later follow."""
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        with suppress(ProcessLookupError):  # a thread that has just ended
            os.sched_setaffinity(int(task.name), cores)


def ours(stack: Stack, folder: Path) -> Kind:
    people: list[dict[str, object]] = []
    for first in range(1, PEOPLE, 2000):
        people += stack.sign_in(2000, first=first)
    [port] = free_ports(1)
    environment = stack.environment | {"PORT": str(port), "PAD": PAD}
    command = [sys.executable, "-m", "benchmarks.peers.live.publish_daftar"]
    return Kind(
        name="daftar",
        servers=stack.named("live"),
        publisher=_process("publish-daftar", command, environment, folder, port),
        people=[int(str(person["id"])) for person in people],
        tokens=[str(person["access"]) for person in people],
    )


def stock(stack: Stack, folder: Path) -> Kind:
    environment = _peer_environment(stack, 1)
    application = "benchmarks.peers.live.channels:application"
    server = ["-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0", application]
    publisher = ["-m", "benchmarks.peers.live.publish_channels"]
    return _peer("stock", sys.executable, server, publisher, environment, folder)


def socketio(stack: Stack, folder: Path, modules: Path) -> Kind:
    environment = _peer_environment(stack, 2)
    server, publisher = modules / "socketio-server.mjs", modules / "socketio-publisher.mjs"
    return _peer("socketio", program("node"), [str(server)], [str(publisher)], environment, folder)


def _peer(
    name: str,
    runtime: str,
    server: list[str],
    publisher: list[str],
    environment: dict[str, str],
    folder: Path,
) -> Kind:
    *ports, publisher_port = free_ports(3)
    servers = []
    for number, port in enumerate(ports, 1):
        command = [runtime, *(part.format(port=port) for part in server)]
        servers.append(_process(f"{name}{number}", command, environment, folder, port))
    people = list(range(1, PEOPLE + 1))
    return Kind(
        name=name,
        servers=servers,
        publisher=_process(
            f"publish-{name}", [runtime, *publisher], environment, folder, publisher_port
        ),
        people=people,
        tokens=[_token(person) for person in people],
    )


def _peer_environment(stack: Stack, database: int) -> dict[str, str]:
    redis = stack.environment["REDIS_URL"].removesuffix("/0") + f"/{database}"
    return {"REDIS_URL": redis, "TOKEN_SECRET": TOKEN_SECRET, "PAD": PAD}


def _token(person: int) -> str:
    claims = {"sub": str(person), "exp": int(time.time()) + 24 * 3600}
    return jwt.encode(claims, TOKEN_SECRET, algorithm="HS256")


def _process(
    name: str, command: list[str], environment: dict[str, str], folder: Path, port: int
) -> Process:
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return Process(
        name=name,
        command=command,
        environment=kept | environment | {"PORT": str(port)},
        log=folder / f"{name}.log",
        is_ready=lambda: _listens(port),
        port=port,
    )


def _listens(port: int) -> bool:
    """Asked of the kernel: a connection would be a client."""
    wanted = f"0100007F:{port:04X} 00000000:0000 0A"
    return wanted in Path("/proc/net/tcp").read_text()


class Load:
    """The load client: one process, told what to do line by line."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [program("node"), str(PEERS / "load.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        os.sched_setaffinity(self.process.pid, LOAD_CORE)

    def order(self, order: str, **details: object) -> dict[str, float]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"order": order, **details}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the load client ended")
        said: dict[str, float] = json.loads(answer)
        return said

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)
