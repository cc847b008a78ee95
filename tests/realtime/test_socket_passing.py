"""What is not stored: typing, presence, the feed."""

import pytest

from tests.realtime.wire import open_wire

POST = {"id": 1, "title": "Old filter 04465-02220"}


@pytest.fixture
def talk(live, aziza, bobur) -> int:
    """A thread of aziza's and bobur's; charos has no part in it."""
    thread = aziza.pk
    live.write("/test/thread", thread=thread, people=[aziza.pk, bobur.pk])
    return thread


def said_before_pong(wire) -> list[dict]:
    """What was on its way to the socket."""
    wire.send(type="ping")
    frames = []
    while (frame := wire.receive())["type"] != "pong":
        frames.append(frame)
    return frames


class TestTyping:
    def test_is_told_to_the_other_side_only(self, live, token, aziza, bobur, charos, talk):
        with (
            open_wire(live.url, token=token(aziza)) as hers,
            open_wire(live.url, token=token(bobur)) as his,
            open_wire(live.url, token=token(charos)) as outsiders,
        ):
            for wire in (hers, his, outsiders):
                wire.receive_a("welcome")
            hers.send(type="typing", thread=talk)
            told = his.receive_a("typing")
            assert told == {"type": "typing", "thread": talk, "user": aziza.pk}
            assert [f for f in said_before_pong(hers) if f["type"] == "typing"] == []
            assert said_before_pong(outsiders) == []

    def test_of_an_outsider_is_told_to_nobody(self, live, token, bobur, charos, talk):
        with (
            open_wire(live.url, token=token(bobur)) as his,
            open_wire(live.url, token=token(charos)) as outsiders,
        ):
            his.receive_a("welcome")
            outsiders.receive_a("welcome")
            outsiders.send(type="typing", thread=talk)
            outsiders.send(type="typing", thread=talk + 999)
            assert said_before_pong(outsiders) == []
            assert [f for f in said_before_pong(his) if f["type"] == "typing"] == []


class TestPresence:
    def test_tells_people_with_a_common_thread_who_came_and_left(
        self, live, token, aziza, bobur, charos, talk
    ):
        with (
            open_wire(live.url, token=token(bobur)) as his,
            open_wire(live.url, token=token(charos)) as outsiders,
        ):
            his.receive_a("welcome")
            outsiders.receive_a("welcome")
            access = token(aziza)
            with open_wire(live.url, token=access) as hers:
                hers.receive_a("welcome")
                came = his.receive_a("presence")
                assert (came["user"], came["online"]) == (aziza.pk, True)
                with open_wire(live.url, token=access) as second:
                    second.receive_a("welcome")
            left = his.receive_a("presence")
            assert (left["user"], left["online"]) == (aziza.pk, False)
            assert left["at"] > came["at"]
            assert said_before_pong(outsiders) == []


class TestFeed:
    def test_reaches_those_who_watch_and_nobody_else(self, any_live, token, aziza, bobur):
        with (
            open_wire(any_live.url, token=token(aziza)) as hers,
            open_wire(any_live.url, token=token(bobur)) as his,
        ):
            hers.receive_a("welcome")
            his.receive_a("welcome")
            hers.send(type="watch", channel="feed")
            said_before_pong(hers)
            any_live.write("/test/feed", event="post.created", data=POST)
            assert hers.receive_a("post") == {
                "type": "post",
                "event": "post.created",
                "data": POST,
            }
            assert said_before_pong(his) == []
            hers.send(type="unwatch", channel="feed")
            said_before_pong(hers)
            any_live.write("/test/feed", event="post.created", data=POST)
            assert said_before_pong(hers) == []

    def test_refuses_an_event_that_nobody_listed(self, live):
        with pytest.raises(OSError, match="500"):
            live.write("/test/feed", event="post.invented", data=POST)
