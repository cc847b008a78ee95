"""What the database says of who is here, after trouble."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from realtime import attendance, database, looking, presence
from realtime.hub import Hub
from realtime.models import LiveProcess, LiveSocket
from tests.realtime.hubs import until

FIVE_SECONDS = timedelta(seconds=5)
TWO_MINUTES = 120 * 1_000_000 << 10

WAITING = """
SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE NOT granted AND relation = 'realtime_presence'::regclass AND datname = current_database()
"""


async def opened() -> Hub:
    hub = Hub()
    await database.run(attendance.enter, hub.process_id, {})
    return hub


class TestRowsOfSocketsThatLeftMeanwhile:
    @pytest.mark.usefixtures("transactional_db")
    def test_are_deleted_once_they_cannot_be_newcomers(self, aziza):
        newcomer = attendance.new_socket_id()
        ghost = newcomer - TWO_MINUTES

        async def scenario():
            hub = await opened()
            sockets = {newcomer: aziza.pk, ghost: aziza.pk}
            await database.run(attendance.enter_sockets, hub.process_id, sockets)
            await looking._look(hub, 0)

        asyncio.run(scenario())
        assert [row.pk for row in LiveSocket.objects.all()] == [newcomer]

    @pytest.mark.usefixtures("transactional_db")
    def test_are_kept_while_the_socket_is_held(self, aziza):
        old = attendance.new_socket_id() - TWO_MINUTES

        async def scenario():
            hub = await opened()
            await database.run(attendance.enter_sockets, hub.process_id, {old: aziza.pk})
            await database.run(attendance.forget_unheld, hub.process_id, [old])

        asyncio.run(scenario())
        assert LiveSocket.objects.filter(pk=old).exists()


@pytest.fixture
def peers():
    """As if somebody had peers: without an app that knows of any, nothing is told."""

    def none_of(accounts):
        return {}

    presence.register_peers(none_of)
    yield
    presence._peers.remove(none_of)


@pytest.fixture
def talk():
    """Who hears typing in thread 1 of account 7. A block empties it."""
    hearers = {8}

    def hearers_of(account, thread):
        return hearers if (account, thread) == (7, 1) else ()

    presence.register_thread_peers(hearers_of)
    yield hearers
    presence._thread_peers.remove(hearers_of)
    presence._cached.clear()


class TestTyping:
    @pytest.mark.usefixtures("transactional_db")
    def test_is_told_for_two_seconds_after_a_block_at_most(self, talk):
        async def scenario():
            hub = await opened()
            now = hub.now()
            assert await presence._peers_in(7, 1, now=now) == {8}
            talk.clear()
            assert await presence._peers_in(7, 1, now=now + 2) == set()

        asyncio.run(scenario())


class TestPresence:
    @pytest.mark.usefixtures("peers")
    def test_is_told_later_when_the_database_went_away(self, aziza, bobur, other_connection):
        async def scenario():
            hub = await opened()
            hub.presence.comes(aziza.pk)
            hub.presence.leaves(bobur.pk, now=hub.now() - 60)
            other_connection.execute("LOCK TABLE realtime_presence")
            telling = asyncio.create_task(presence.tell(hub))
            await until(lambda: other_connection.execute(WAITING).fetchone())
            other_connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({WAITING}) AS w")
            with pytest.raises(OperationalError):
                await telling
            assert hub.presence.take_due(now=hub.now()) == ([aziza.pk], [bobur.pk])

        asyncio.run(scenario())


@pytest.mark.django_db
class TestTooManySockets:
    """Ten of aziza's are here; six of another process come first."""

    @pytest.fixture
    def processes(self):
        here, other = uuid4(), uuid4()
        attendance.enter(other, {})
        attendance.enter(here, {})
        return here, other

    @pytest.fixture
    def sockets(self, aziza, processes):
        here, other = processes
        ids = sorted(attendance.new_socket_id() for _ in range(16))
        attendance.enter_sockets(other, dict.fromkeys(ids[:6], aziza.pk))
        attendance.enter_sockets(here, dict.fromkeys(ids[6:], aziza.pk))
        return ids

    def test_none_goes_before_the_other_process_has_spoken(self, aziza, processes, sockets):
        replaced, asked = attendance.replace_oldest(processes[0], {aziza.pk: None})
        assert replaced == []
        assert attendance.replace_oldest(processes[0], asked) == ([], asked)

    def test_the_oldest_go_once_it_has(self, aziza, processes, sockets):
        _replaced, asked = attendance.replace_oldest(processes[0], {aziza.pk: None})
        attendance.say_alive(processes[1])
        replaced, asked = attendance.replace_oldest(processes[0], asked)
        assert (sorted(replaced), asked) == (sockets[:6], {})

    def test_none_goes_for_those_of_a_dead_one(self, aziza, processes, sockets):
        _replaced, asked = attendance.replace_oldest(processes[0], {aziza.pk: None})
        LiveProcess.objects.filter(pk=processes[1]).update(seen_at=timezone.now() - FIVE_SECONDS)
        assert attendance.replace_oldest(processes[0], asked) == ([], {})

    def test_those_of_one_process_go_at_once(self, aziza, processes):
        ids = sorted(attendance.new_socket_id() for _ in range(12))
        attendance.enter_sockets(processes[0], dict.fromkeys(ids, aziza.pk))
        replaced, asked = attendance.replace_oldest(processes[0], {aziza.pk: None})
        assert (sorted(replaced), asked) == (ids[:2], {})
