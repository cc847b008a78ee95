"""Another's ids, numbers and epochs on the socket: nothing of theirs comes of it."""

import json
import random
from contextlib import ExitStack

import pytest

from messaging.models import ChatThread
from tests.conftest import make_person
from tests.messaging.chat.talker import publish_post
from tests.messaging.chat.test_socket import said_before_pong
from tests.realtime.conftest import (  # noqa: F401
    door,
    live,
    start_server,
    tell,
    token,
    uvicorn,
)
from tests.realtime.wire import open_wire

SEED, TALKS, STRANGERS = 20261122, 40, 12


@pytest.fixture
def talks(transactional_db, aziza, bobur):
    """Talks of aziza's and bobur's."""
    posts = [publish_post(aziza, f"Qism {place}") for place in range(TALKS)]
    made = [
        ChatThread.objects.create(post=post, post_title=post.title, buyer=bobur, seller=aziza)
        for post in posts
    ]
    return [thread.pk for thread in made]


@pytest.fixture
def wires(live, token, talks, aziza, bobur, charos):  # noqa: F811
    with ExitStack() as held:
        opened = [
            held.enter_context(open_wire(live.url, token=token(person)))
            for person in (aziza, bobur, charos)
        ]
        for wire in opened:
            wire.receive_a("welcome")
        yield opened


@pytest.fixture
def strangers(live, token, wires):  # noqa: F811
    """Sockets of people who have no part in the talks: each may send so many frames only."""

    def opened():
        for place in range(STRANGERS):
            person = make_person(f"Begona {place}", f"+9989044400{place:02d}")
            with open_wire(live.url, token=token(person)) as wire:
                wire.receive_a("welcome")
                yield wire

    return opened


def test_typing_in_the_talks_of_others_reaches_nobody(wires, strangers, talks):
    hers, his, _outsiders = wires
    chance = random.Random(SEED)
    for wire in strangers():
        for _trial in range(40):
            thread = chance.choice([chance.choice(talks), chance.choice(talks) + 10**6])
            wire.send(type="typing", thread=thread)
        assert said_before_pong(wire) == []
    for wire in (hers, his):
        assert [f for f in said_before_pong(wire) if f["type"] == "typing"] == []


CHANNELS = ["user", "account", "thread", "book", "post", "feed", "events", "epoch", ""]


def test_only_the_feed_can_be_watched(strangers, talks, aziza, bobur):
    """Whatever another channel is called: an error, and none of others' events."""
    chance = random.Random(SEED)
    for wire in strangers():
        for _trial in range(80):
            number = chance.choice([aziza.pk, bobur.pk, *talks])
            name, mark = chance.choice(CHANNELS), chance.choice([".", ":", "-", "_", "/", "#"])
            wire.send_raw(json.dumps({"type": "watch", "channel": f"{name}{mark}{number}"}))
        answers = [frame.get("code") for frame in said_before_pong(wire)]
        assert answers == ["bad_frame"] * 80
        tell(to=[aziza, bobur], times=2)
        assert said_before_pong(wire) == []


def test_the_epoch_and_numbers_of_another_resume_nothing(live, token, aziza, charos):  # noqa: F811
    with open_wire(live.url, token=token(aziza)) as hers:
        epoch = hers.receive_a("welcome")["epoch"]
        tell(to=[aziza], times=30)
        hers.receive_events(30)
    for by in ("subprotocol", "header", "frame"):
        for since in (0, 1, 7, 29, 30, 31, 2**62):
            with open_wire(live.url, token=token(charos), by=by, since=since, epoch=epoch) as wire:
                welcome = wire.receive_a("welcome")
                assert welcome["head"] == 0
                assert not (welcome["resumed"] and since)
                assert [f for f in said_before_pong(wire) if f["type"] == "event"] == []


def test_the_numbers_of_another_are_acknowledged_by_nobody_else(wires, aziza):
    hers, _his, outsiders = wires
    tell(to=[aziza], times=10)
    hers.receive_events(10)
    for seq in range(1, 11):
        outsiders.send(type="ack", seq=seq)
        assert outsiders.receive_a("error")["code"] == "ack_ahead"
    outsiders.send(type="resume", since=3, epoch="x")
    assert outsiders.receive_a("welcome")["resumed"] is False
    assert [f for f in said_before_pong(outsiders) if f["type"] == "event"] == []
