"""Sockets need servers: real ones, started once a run."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.action import action
from core.events import publish
from ledger.models import Session, User
from ledger.tokens import issue_pair
from tests.jobs.outage import Door
from tests.realtime.servers import LiveServer, wait_until


@pytest.fixture(scope="session")
def door(django_db_setup: None) -> Iterator[Door]:
    """The way to the database that all servers take; tests of outages have one of their own."""
    door = Door()
    yield door
    door.shut()


def database_url(door: Door) -> str:
    login = (
        f"{quote(connection.settings_dict['USER'])}:{quote(connection.settings_dict['PASSWORD'])}"
    )
    return f"postgres://{login}@127.0.0.1:{door.port}/{connection.settings_dict['NAME']}"


StartServer = Callable[..., LiveServer]


@pytest.fixture(scope="session")
def start_server(door: Door, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    folder = tmp_path_factory.mktemp("live")
    started: list[LiveServer] = []

    def start(kind: str = "uvicorn", through: Door = door, **environment: str) -> LiveServer:
        server = LiveServer(folder, database_url=database_url(through), kind=kind, **environment)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        if server.process.poll() is None:
            server.kill()


@pytest.fixture(scope="session")
def uvicorn(start_server: StartServer) -> LiveServer:
    return start_server("uvicorn")


@pytest.fixture(scope="session")
def daphne(start_server: StartServer) -> LiveServer:
    return start_server("daphne")


@pytest.fixture
def live(uvicorn: LiveServer, transactional_db: None) -> Iterator[LiveServer]:
    """What `make run` and the live role serve with. Left without sockets."""
    yield uvicorn
    wait_until(uvicorn.has_no_sockets)


@pytest.fixture(params=["uvicorn", "daphne"])
def any_live(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[LiveServer]:
    """The test runs under each server."""
    server = request.getfixturevalue(request.param)
    yield server
    wait_until(server.has_no_sockets)


@pytest.fixture
def other_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    """Somebody else on the same database: who holds a lock, or ends what waits for it."""
    login = connection.settings_dict
    with psycopg.connect(
        host=login["HOST"],
        port=login["PORT"],
        user=login["USER"],
        password=login["PASSWORD"],
        dbname=login["NAME"],
    ) as other:
        yield other


SignIn = Callable[..., str]


@pytest.fixture
def token() -> SignIn:
    """`token(aziza)`: an access token of a session of hers, `ends_in` so many seconds."""

    def sign_in(person: User, *, session: Session | None = None, ends_in: float = 600) -> str:
        now = timezone.now()
        if session is None:
            session = Session.objects.create(
                user=person,
                opened_by=Session.OpenedBy.OTP,
                expires_at=now + settings.SESSION_LIFETIME,
                rotated_at=now - settings.ACCESS_LIFETIME + timedelta(seconds=ends_in),
            )
        return issue_pair(session).access

    return sign_in


def tell_many(*, to: list[User], times: int) -> None:
    """More events than one write may have."""
    for start in range(0, times, 100):
        tell(to=to, times=min(100, times - start))


@action
def tell(*, to: list[User], book: int = 1, times: int = 1) -> None:
    """The smallest write that devices hear of."""
    for _ in range(times):
        publish("my_debts.changed", to=[person.pk for person in to], data={"book": book})
