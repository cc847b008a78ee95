"""`manage.py run`: the whole service on one machine, for development (`make run`)."""

import errno
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from typing import Any, NoReturn, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from core import embedded_postgres
from core.embedded_postgres.guard import die_with_parent

# The live role's flags. The proxy headers are read by our own TRUSTED_PROXIES rule, and by
# nobody before it; uvicorn's own log would show the query strings of sockets.
SERVER_FLAGS = (
    "--loop=uvloop",
    "--ws=realtime.server_protocol:BoundedProtocol",
    "--ws-max-size=65536",
    "--ws-per-message-deflate=false",
    # After the two seconds in which sockets are sent away: ten in all, whatever clients do.
    "--timeout-graceful-shutdown=7",
    "--no-proxy-headers",
    "--no-access-log",
    "--log-level=warning",
)
GRACE_SECONDS = 12
WATCH_SECONDS = 0.2


class Command(BaseCommand):
    """Database, web server and worker, ended together.

    By Ctrl-C, SIGTERM or SIGHUP to this process; when it is killed hard, the kernel tells its
    children (Linux); and when one of them ends by itself, since half a service would only
    puzzle. The embedded PostgreSQL stops after its last user; a killed one is started again.
    """

    help = (
        "Serve HTTP and sockets, run background jobs; DEBUG=1 and DEV_OTP=1 unless told otherwise."
    )
    requires_system_checks = ()  # `migrate` makes them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--end-with-parent", action="store_true", help="end when make is killed hard (Linux)"
        )

    def handle(self, *args: Any, end_with_parent: bool, **options: Any) -> None:
        if end_with_parent:
            die_with_parent(os.getppid(), signal.SIGTERM)
        listen_to_signals()
        listener = claimed_port(settings.HOST, settings.PORT)  # before any work
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self.prepare_database()
            self.start("The web server", *web_server(listener), keep=listener.fileno())
            self.start("The worker", "manage.py", "worker")
            listener.close()
            self.announce()
            self.watch()
        except KeyboardInterrupt:
            self.say("ending ...")
        except (embedded_postgres.EmbeddedPostgresError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        finally:
            self.end()

    def prepare_database(self) -> None:
        """Migrate; fill in the demo when nobody is there. Leaves no connection and no thread."""
        self.say("preparing the database ...")
        try:
            call_command("migrate", verbosity=0, interactive=False)
            # Its password is public: never where strangers come.
            if settings.DEBUG and not get_user_model().objects.exists():
                self.say("filling in demo data ...")
                demo()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        finally:
            for connection in connections.all():
                connection.close()
                cast(DatabaseWrapper, connection).close_pool()

    def start(self, name: str, *arguments: str, keep: int | None = None) -> None:
        me = os.getpid()
        self.children[name] = subprocess.Popen(  # noqa: S603
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            pass_fds=() if keep is None else (keep,),
            process_group=0,  # Ctrl-C comes to us alone, and we tell them
            preexec_fn=lambda: die_with_parent(me, signal.SIGTERM),
        )

    def announce(self) -> None:
        """Say where everything is, once the web server answers."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
        while not answers(host, int(settings.PORT)):
            self.refuse_the_dead()
        base = f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}"
        self.say(f"ready at {base}/")
        for what, where in (("API documents", "/api/docs/"), ("Admin", "/admin/")):
            self.stdout.write(f"  {what:15}{base}{where}")
        for line in demo("--log-ins").splitlines():
            self.stdout.write(f"  {line}")
        self.stdout.write("  Ctrl-C ends everything; the data stay for the next time.")
        self.stdout.flush()

    def watch(self) -> NoReturn:
        cluster = settings.DATABASES["default"].get("CLUSTER")
        while True:
            self.refuse_the_dead()
            if cluster:
                embedded_postgres.use(cluster)
            time.sleep(WATCH_SECONDS)

    def refuse_the_dead(self) -> None:
        for name, child in self.children.items():
            if child.poll() is not None:
                raise CommandError(
                    f"{name} ended by itself (exit code {child.returncode}); ending everything."
                )

    def end(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # this takes GRACE_SECONDS at the most
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if cluster := settings.DATABASES["default"].get("CLUSTER"):
            embedded_postgres.leave(cluster)

    def say(self, words: str) -> None:
        self.stdout.write(f"Daftar: {words}")
        self.stdout.flush()


def demo(*options: str) -> str:
    printed = io.StringIO()
    call_command("demo", *options, stdout=printed)
    return printed.getvalue()


def listen_to_signals() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Python leaves it alone where a script started us by `&`, which makes the shell ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, signal.default_int_handler)


def claimed_port(host: str, port: str) -> socket.socket:
    """The listening socket itself, so that nobody takes the port while the database is prepared."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        raise CommandError(
            f"Port {port} of {host} {'is taken' if taken else f'cannot be had: {error.strerror}'}; "
            "end what uses it, or choose another one, as in: make run PORT=8001"
        ) from error
    return listener


def web_server(listener: socket.socket) -> list[str]:
    return ["-m", "uvicorn", "core.asgi:application", f"--fd={listener.fileno()}", *SERVER_FLAGS]


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()
