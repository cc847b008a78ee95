"""The entrance of a process: one newcomer's trouble is not the next one's."""

import asyncio

import pytest
from django.db import DataError

from ledger.tokens import read_access
from realtime import attendance, database
from realtime.hub import Hub
from tests.realtime.hubs import until


@pytest.fixture
def claims(transactional_db, token, aziza, bobur):
    """What the tokens of aziza and bobur claim."""
    return [read_access(token(person)) for person in (aziza, bobur)]


async def opened() -> Hub:
    hub = Hub()
    await database.run(attendance.enter, hub.process_id, {})
    return hub


async def enter(hub: Hub, claims, *, socket_id: int | None = None):
    socket_id = socket_id or attendance.new_socket_id()
    return await asyncio.wait_for(hub.entrance.enter(socket_id, claims), 10)


class TestEntrance:
    def test_answers_the_next_after_an_error_nobody_expected(self, claims):
        async def scenario():
            hub = await opened()
            with pytest.raises(DataError):
                await enter(hub, claims[0], socket_id=2**70)
            assert (await enter(hub, claims[1])).refusal is None

        asyncio.run(scenario())

    def test_answers_the_others_when_one_has_left_meanwhile(self, claims, other_connection):
        async def scenario():
            hub = await opened()
            other_connection.execute("LOCK TABLE realtime_livesocket")
            aziza, bobur = (asyncio.create_task(enter(hub, each)) for each in claims)
            await until(lambda: hub.entrance._is_open and not hub.entrance._waiting)
            aziza.cancel()
            await asyncio.wait([aziza])
            other_connection.rollback()
            assert (await bobur).refusal is None
            assert (await enter(hub, claims[0])).refusal is None

        asyncio.run(scenario())
