"""The service, with a few paths more: writes that a test asks for, made inside the process."""

import json
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from core.action import action
from core.asgi import application as service
from core.events import broadcast, publish
from realtime import presence

threads: dict[int, list[int]] = {}


def participants_of(account: int, thread: int) -> list[int]:
    people = threads.get(thread, [])
    return [person for person in people if person != account] if account in people else []


def peers_of(accounts):
    return {account: others(account) for account in accounts}


def others(account: int) -> set[int]:
    return {person for people in threads.values() if account in people for person in people}


@action
def publish_all(*, events: list[dict[str, Any]]) -> None:
    for event in events:
        publish(event["event"], to=event["to"], data=event["data"])


@action
def announce(*, event: str, data: dict[str, Any]) -> None:
    broadcast(event, data)


def open_thread(*, thread: int, people: list[int]) -> None:
    threads[thread] = people


WRITES = {
    "/test/publish": publish_all,
    "/test/feed": announce,
    "/test/thread": open_thread,
}

presence.register_thread_peers(participants_of)
presence.register_peers(peers_of)


def run(write, body):
    try:
        write(**body)
    finally:
        connection.close()  # as a request does at its end


async def application(scope, receive, send):
    write = WRITES.get(scope.get("path"))
    if write is None:
        return await service(scope, receive, send)
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await sync_to_async(run, thread_sensitive=False)(write, json.loads(body))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    return await send({"type": "http.response.body", "body": b""})
