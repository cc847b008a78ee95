"""Backup and restore, drilled: what comes back is what was there, and devices read it anew."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from scripts.stack import Process, Stack, stores
from scripts.stack.places import free_ports, kept_environment, own_folder, postgres_program
from scripts.stack.processes import ROOT
from tests.stack.crowd import wait_until

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# What a restore itself changes, and the list of backups, which the copy can't know of itself.
CHANGED_BY_RESTORING = {"realtime_stream", "core_backup", "ledger_ledgercheck"}


def shell(
    script: str, *arguments: object, **environment: object
) -> subprocess.CompletedProcess[str]:
    """Run a script with PostgreSQL's programs of the newest version, as an operator does."""
    kept = kept_environment()
    programs = Path(postgres_program("pg_dump")).parent
    kept["PATH"] = f"{programs}:{kept['PATH']}"
    return subprocess.run(
        ["sh", f"scripts/{script}", *map(str, arguments)],
        cwd=ROOT,
        env=kept | {name: str(value) for name, value in environment.items()},
        capture_output=True,
        text=True,
    )


def checked(run: "subprocess.CompletedProcess[str]") -> str:
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def checksums(url: str) -> dict[str, str]:
    """A checksum of each table's rows, whatever their order."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES)]
        return {
            name: connection.execute(
                f"SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) "
                f'FROM "{name}" AS t'
            ).fetchone()[0]  # type: ignore[index]
            for name in names
        }


def epochs(url: str) -> dict[int, object]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT user_id, epoch FROM realtime_stream").fetchall())


class Books:
    """A stack in which a shop has written, and a folder for the copies."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.url = stack.environment["DATABASE_URL"]
        self.media = Path(stack.environment["MEDIA_ROOT"])
        self.copies = folder / "copies"
        self.copies.mkdir(exist_ok=True)

    def backup(self) -> Path:
        before = set(self.copies.glob("daftar-*"))
        said = shell("backup", BACKUP_DIR=self.copies, DATABASE_URL=self.url, MEDIA_ROOT=self.media)
        checked(said)
        [made] = set(self.copies.glob("daftar-*")) - before
        return made


@pytest.fixture
def books(stack: Stack, tmp_path: Path) -> Books:
    stack.manage("demo", "--password", "olma-anor-2026")
    books = Books(stack, tmp_path)
    (books.media / "posts").mkdir(exist_ok=True)
    (books.media / "posts" / "photo.jpg").write_bytes(os.urandom(10_000))
    return books


class Empty:
    """A server beside the stack's, with an empty database."""

    def __init__(self, folder: Path, server: Process, password: str) -> None:
        self.folder, self.server = folder, server
        self.url = f"postgres://daftar:{password}@127.0.0.1:{server.port}/daftar"
        self.media = folder / "media"


@pytest.fixture
def empty() -> Iterator[Empty]:
    [port] = free_ports(1)
    with own_folder() as folder:
        server = stores.postgres(folder, port, "drill")
        server.start()
        stores.make_database(port, "drill")
        yield Empty(folder, server, "drill")
        server.stop()


def restore(copy: Path, into: Empty, stack: Stack) -> "subprocess.CompletedProcess[str]":
    python = stack["worker"].command[0]
    environment = stack.environment | {"DATABASE_URL": into.url, "MEDIA_ROOT": str(into.media)}
    return shell("restore", copy, **environment, MANAGE=f"{python} manage.py")


def test_a_copy_comes_back_as_it_was(books: Books, empty: Empty, figures: list[str]) -> None:
    before, were = checksums(books.url), epochs(books.url)
    copy = books.backup()
    said = checked(restore(copy, empty, books.stack))
    assert "invariants hold" in said
    after = checksums(empty.url)
    assert after.keys() == before.keys()
    differing = {name for name in before if before[name] != after[name]}
    assert differing <= CHANGED_BY_RESTORING
    assert were.keys() == epochs(empty.url).keys() != set()
    assert not set(were.values()) & set(epochs(empty.url).values())
    photo = Path("posts/photo.jpg")
    assert (empty.media / photo).read_bytes() == (books.media / photo).read_bytes()
    figures.append(
        f"backup and restore drill: {len(before)} tables, checksums equal but for "
        f"{len(differing)} that a restore writes itself; every stream has a new epoch"
    )


def test_the_metrics_know_how_old_the_newest_copy_is(books: Books) -> None:
    books.backup()
    rows = books.stack.select("SELECT kind, bytes, now() - finished_at < '1 min' FROM core_backup")
    assert ("dump", True) in {(kind, is_new) for kind, _bytes, is_new in rows}


def test_a_spoiled_copy_touches_nothing(books: Books, empty: Empty) -> None:
    copy = books.backup()
    with (copy / "database.dump").open("r+b") as dump:
        dump.seek(1000)
        dump.write(b"spoiled")
    said = restore(copy, empty, books.stack)
    assert said.returncode == 1
    assert "nothing was touched" in said.stderr
    assert checksums(empty.url) == {}


def test_a_copy_goes_into_no_database_that_has_something(books: Books) -> None:
    copy = books.backup()
    into = Empty(books.copies, books.stack["postgres"], "unused")
    into.url = books.url
    before = checksums(books.url)
    said = restore(copy, into, books.stack)
    assert (said.returncode, "give an empty one" in said.stderr) == (1, True)
    assert checksums(books.url) == before


def test_old_copies_go_and_the_three_newest_stay(books: Books) -> None:
    for day in range(1, 6):
        old = books.copies / f"daftar-2020010{day}T000000Z"
        old.mkdir()
        os.utime(old, (day, day))
    made = books.backup()
    left = sorted(path.name for path in books.copies.iterdir())
    assert left == ["daftar-20200104T000000Z", "daftar-20200105T000000Z", made.name]


# --- Back to any moment


class Archiving:
    """A server that sends its log to a second place, as in docker-compose.yml."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.archive, self.copies = folder, folder / "wal", folder / "copies"
        self.server = stores.postgres(folder, port, "drill")
        for place in (self.archive, self.copies):
            place.mkdir(mode=0o777)
            place.chmod(0o777)
        self.server.command += [
            "--archive_mode=on",
            "--archive_timeout=1s",
            f"--archive_command=sh {folder}/archive-wal %p %f",
        ]
        for script in ("archive-wal", "restore-wal"):  # the checkout may be closed to its account
            shutil.copy(ROOT / "postgres" / script, folder)
        self.server.environment = self.server.environment | {"WAL_ARCHIVE": str(self.archive)}
        self.url = f"postgres://daftar:drill@127.0.0.1:{port}/daftar"

    def run(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            done = connection.execute(sql)
            return done.fetchall() if done.description else []


@pytest.fixture
def archiving() -> Iterator[Archiving]:
    [port] = free_ports(1)
    with own_folder() as folder:
        archiving = Archiving(folder, port)
        archiving.server.start()
        stores.make_database(port, "drill")
        archiving.run("CREATE TABLE core_backup (kind text, bytes bigint)")
        archiving.run("CREATE TABLE payment (id int, at timestamptz DEFAULT clock_timestamp())")
        yield archiving
        archiving.server.stop()


def lose_the_disk_and_return(archiving: Archiving, moment: str) -> None:
    """Kill the server, take its files away, and start it on what the second place has."""
    [base] = archiving.copies.glob("base-*")
    archiving.server.kill()
    data = archiving.folder / "postgres"
    data.rename(archiving.folder / "lost")
    said = shell(
        "restore-to-a-moment",
        base,
        moment,
        PGDATA=data,
        WAL_ARCHIVE=archiving.archive,
        RESTORE_WAL=archiving.folder / "restore-wal",
    )
    checked(said)
    account = archiving.server.account
    if account:
        subprocess.run(["chown", "-R", account, data], check=True)
    archiving.server.start()
    wait_until(lambda: archiving.run("SELECT pg_is_in_recovery()") == [(False,)], seconds=60)


@pytest.fixture
def with_base(archiving: Archiving) -> Archiving:
    archiving.run("INSERT INTO payment (id) VALUES (1)")
    checked(
        shell(
            "base-backup",
            BACKUP_DIR=archiving.copies,
            DATABASE_URL=archiving.url,
            WAL_ARCHIVE=archiving.archive,
        )
    )
    return archiving


def wait_until_archived(archiving: Archiving) -> None:
    [(segment,)] = archiving.run("SELECT pg_walfile_name(pg_current_wal_lsn())")
    wait_until(lambda: (archiving.archive / f"{segment}.gz").exists(), seconds=60)


def test_a_lost_disk_loses_only_what_was_not_archived(with_base: Archiving) -> None:
    with_base.run("INSERT INTO payment (id) VALUES (2)")
    wait_until_archived(with_base)
    lose_the_disk_and_return(with_base, "")
    assert with_base.run("SELECT id FROM payment ORDER BY id") == [(1,), (2,)]
    assert with_base.run("SELECT kind FROM core_backup") == [("base",)]


def test_the_database_goes_back_to_a_moment(with_base: Archiving) -> None:
    with_base.run("INSERT INTO payment (id) VALUES (2)")
    [(moment,)] = with_base.run("SELECT clock_timestamp()::text")
    with_base.run("INSERT INTO payment (id) VALUES (3)")
    wait_until_archived(with_base)
    lose_the_disk_and_return(with_base, str(moment))
    assert with_base.run("SELECT id FROM payment ORDER BY id") == [(1,), (2,)]


def test_the_archive_never_overwrites_what_is_there(archiving: Archiving, tmp_path: Path) -> None:
    segment = tmp_path / "segment"
    segment.write_bytes(b"first")
    command = ["sh", str(ROOT / "postgres/archive-wal"), str(segment), "0" * 24]
    environment = kept_environment() | {"WAL_ARCHIVE": str(archiving.archive)}
    sent = [subprocess.run(command, env=environment).returncode for _ in range(2)]
    segment.write_bytes(b"another")
    sent.append(subprocess.run(command, env=environment, capture_output=True).returncode)
    assert sent == [0, 0, 1]
