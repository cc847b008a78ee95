"""The one hub of the running event loop, started by its first socket."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from realtime import attendance, database
from realtime.hub import Hub
from realtime.looking import keep_looking, keep_time
from realtime.metrics import collector
from realtime.shutdown import drain_on_sigterm

logger = logging.getLogger(__name__)

_hubs: dict[asyncio.AbstractEventLoop, "asyncio.Task[Hub]"] = {}


async def hub_here() -> Hub:
    """The hub, listening and known to the database. Raises what is in DATABASE_IS_AWAY."""
    loop = asyncio.get_running_loop()
    starting = _hubs.get(loop)
    if starting is None or (starting.done() and starting.exception() is not None):
        starting = _hubs[loop] = loop.create_task(_start())
    return await asyncio.shield(starting)


async def _start() -> Hub:
    hub = Hub()
    await database.run(attendance.enter, hub.process_id, {})
    await hub.listen()
    collector.hub = hub
    drain_on_sigterm(hub)
    if hub.layer is not None:
        hub.start(_always(Hub.receive, hub))
    hub.start(_always(keep_time, hub))
    hub.start(_always(keep_looking, hub))
    return hub


async def _always(work: Callable[[Hub], Awaitable[None]], hub: Hub) -> None:
    """A bug in one round is a traceback in the log, as it is for a request: sockets without
    deadlines and looks would be worse."""
    while True:
        try:
            await work(hub)
        except Exception:
            logger.exception("the hub failed to %s", work.__name__)
        await asyncio.sleep(1)
