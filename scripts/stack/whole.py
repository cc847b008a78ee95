"""All processes of one installation, from the first start to the last end."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from scripts.stack import nginx, roles, stores
from scripts.stack.layout import Layout
from scripts.stack.places import free_ports, kept_environment, own_folder
from scripts.stack.processes import ROOT, Process


class Stack:
    """`settings` go over the environment of our roles, `proxy` over nginx' places."""

    def __init__(
        self,
        layout: Layout | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        proxy: Mapping[str, str] | None = None,
    ) -> None:
        self.layout = layout or Layout()
        self.settings = dict(settings or {})
        self.proxy = dict(proxy or {})
        self.processes: dict[str, Process] = {}
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self.folder = self._held.enter_context(own_folder())
        self._held.callback(self.end)
        try:
            self._start()
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def __getitem__(self, name: str) -> Process:
        return self.processes[name]

    def __iter__(self) -> Iterator[Process]:
        return iter(self.processes.values())

    @property
    def url(self) -> str:
        """Of nginx, without a slash at the end."""
        return f"http://127.0.0.1:{self['nginx'].port}"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self['nginx'].port}/ws/"

    def named(self, prefix: str) -> list[Process]:
        return [process for process in self if process.name.startswith(prefix)]

    def mend(self) -> None:
        """Start again whatever does not run, thaw what is frozen."""
        for process in self:
            if process.is_alive:
                process.thaw()
            process.start()

    def manage(self, *arguments: str) -> str:
        """What a management command prints. Raises CalledProcessError."""
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> str:
        """What a program prints that runs with our roles' environment. Raises CalledProcessError;
        what it complains of comes through."""
        with self.begin(*arguments) as program:
            printed, _ = program.communicate()
        if program.returncode:
            raise subprocess.CalledProcessError(program.returncode, arguments)
        return printed

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        """As `python`, without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=kept_environment() | self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sign_in(self, count: int, *, first: int = 1, ends_in: int = 600) -> list[dict[str, Any]]:
        """Accounts that are there and signed in: `[{"id", "phone_number", "access", "refresh"}]`.

        Number `first` and on; the same number is the same account with a new session. The access
        tokens live `ends_in` more seconds.
        """
        arguments = [str(number) for number in (first, count, ends_in)]
        people: list[dict[str, Any]]
        people = json.loads(self.python("-m", "scripts.stack.people", *arguments))
        return people

    def select(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask its database."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(query, values).fetchall()

    # --- From nothing to everything

    def _start(self) -> None:
        names = ["nginx", "postgres", "redis", *self._server_names()]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.passwords = {name: secrets.token_urlsafe(24) for name in ("postgres", "redis")}
        self.environment = self._environment()
        self._add(stores.postgres(self.folder, self.ports["postgres"], self.passwords["postgres"]))
        if self.layout.has_redis:
            self._add(stores.redis(self.folder, self.ports["redis"], self.passwords["redis"]))
        for process in self:
            process.start()
        self._prepare_database()
        self._add_roles()
        for process in self:
            process.start(wait=False)
        for process in self:
            process.wait_until_ready()

    def _server_names(self) -> list[str]:
        if self.layout.is_one_process:
            return ["live1"]
        web = [f"web{n}" for n in range(1, self.layout.web + 1)]
        return web + [f"live{n}" for n in range(1, self.layout.live + 1)]

    def _add(self, process: Process) -> None:
        self.processes[process.name] = process

    def _add_roles(self) -> None:
        environment, folder = self.environment, self.folder
        for name in self._server_names():
            port, number = self.ports[name], int(name[-1])
            if name.startswith("web"):
                self._add(roles.web(number, port, environment, folder))
            else:
                server = self.layout.live_server
                self._add(roles.live(number, port, environment, folder, server=server))
        if self.layout.has_worker:
            self._add(roles.worker(environment, folder))
        live = [process.port for process in self.named("live")]
        web = [process.port for process in self.named("web")] or live
        proxy = self._proxy_settings()
        self._add(nginx.nginx(folder, self.ports["nginx"], web=web, live=live, settings=proxy))

    def _environment(self) -> dict[str, str]:
        password, port = self.passwords["postgres"], self.ports["postgres"]
        redis = f"redis://:{self.passwords['redis']}@127.0.0.1:{self.ports['redis']}/0"
        return {
            "DEBUG": "0",
            "DEV_OTP": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "CORS_ALLOWED_ORIGINS": "http://localhost:3000",
            "TRUSTED_PROXIES": "127.0.0.1",
            "DATABASE_URL": f"postgres://daftar:{password}@127.0.0.1:{port}/daftar",
            "REDIS_URL": redis if self.layout.has_redis else "",
            "MEDIA_ROOT": str(self.folder / "media"),
            "STATIC_ROOT": str(self.folder / "static"),
        } | self.settings

    def _proxy_settings(self) -> dict[str, str]:
        shared = ("MEDIA_ROOT", "STATIC_ROOT", "CORS_ALLOWED_ORIGINS")
        return {name: self.environment[name] for name in shared} | self.proxy

    def _prepare_database(self) -> None:
        Path(self.environment["MEDIA_ROOT"]).mkdir(exist_ok=True)
        stores.make_database(self.ports["postgres"], self.passwords["postgres"])
        self.manage("migrate", "--verbosity=0")
        self.manage("collectstatic", "--verbosity=0", "--no-input")

    def end(self) -> None:
        """Those that serve at once, then the stores that they need to end well."""
        running = [process for process in self if process.is_alive]
        for process in running:
            process.thaw()
        serving = [process for process in running if process.name not in {"postgres", "redis"}]
        for process in serving:
            process.ask_to_stop()
        for process in serving + [process for process in running if process not in serving]:
            process.stop()
