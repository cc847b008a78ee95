"""PostgreSQL and Redis of one's own."""

import shutil
import socket
import subprocess
from pathlib import Path
from signal import SIGINT

import psycopg

from scripts.stack.places import (
    account_for_postgres,
    kept_environment,
    postgres_program,
    program,
)
from scripts.stack.processes import Process

# As production has it where it matters (nothing acknowledged is lost), small where it does not.
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_wal_size": "1GB",
    "password_encryption": "scram-sha-256",
}


def postgres(folder: Path, port: int, password: str) -> Process:
    """A new cluster in `folder`, with a superuser and database `daftar`, by password only."""
    data = folder / "postgres"
    account = account_for_postgres()
    _make_cluster(data, password, account)
    settings = POSTGRES_SETTINGS | {"port": str(port)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    return Process(
        name="postgres",
        command=[postgres_program("postgres"), "-D", str(data), *options],
        environment=kept_environment() | {"LC_ALL": "C.UTF-8"},
        log=folder / "postgres.log",
        is_ready=lambda: _takes_connections(port),
        account=account,
        port=port,
        stop_signal=SIGINT,  # "fast": sessions end, everything is written
    )


def _make_cluster(data: Path, password: str, account: str | None) -> None:
    data.mkdir(mode=0o700)
    secret = data.parent / "postgres-password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        shutil.chown(data, account)
        shutil.chown(secret, account)
    subprocess.run(
        [
            postgres_program("initdb"), "-D", str(data), "--username=daftar", "--encoding=UTF8",
            "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret}",
        ],
        cwd="/",
        env=kept_environment(),
        user=account,
        check=True,
        capture_output=True,
    )  # fmt: skip
    secret.unlink()


def make_database(port: int, password: str) -> None:
    with psycopg.connect(
        host="127.0.0.1", port=port, user="daftar", password=password, dbname="postgres",
        autocommit=True,
    ) as connection:  # fmt: skip
        connection.execute("CREATE DATABASE daftar")


def _takes_connections(port: int) -> bool:
    question = [postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(question, env=kept_environment()).returncode == 0


def redis(folder: Path, port: int, password: str) -> Process:
    """Keeps nothing on disk: what it holds are hints."""
    configuration = folder / "redis.conf"
    configuration.touch(mode=0o600)  # a password on the command line is seen by all
    configuration.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ''\nappendonly no\n"
        f"dir {folder}\nproc-title-template redis\n"
    )
    return Process(
        name="redis",
        command=[program("redis-server"), str(configuration)],
        environment=kept_environment(),
        log=folder / "redis.log",
        is_ready=lambda: _redis_answers(port),
        port=port,
    )


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"-NOAUTH")
    except OSError:
        return False
