import json
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from tests.realtime.conftest import tell
from tests.realtime.wire import open_wire


@pytest.fixture
def wire(live, token, aziza):
    """A signed-in socket of aziza's."""
    with open_wire(live.url, token=token(aziza)) as wire:
        wire.receive()
        yield wire


def flood(wire, frame: str, *, times: int) -> None:
    with suppress(ConnectionClosed):
        for _ in range(times):
            wire.send_raw(frame)


def is_well(wire) -> bool:
    wire.send(type="ping")
    return wire.receive_a("pong") == {"type": "pong"}


class TestHostileFrames:
    @pytest.mark.parametrize(
        ("frame", "code"),
        [
            ("", "bad_json"),
            ("{", "bad_json"),
            ("null", "bad_frame"),
            ("5", "bad_frame"),
            ('"x"', "bad_frame"),
            ("[]", "bad_frame"),
            ("true", "bad_frame"),
            ("[" * 60_000, "bad_frame"),
            ('{"type":' + "[" * 60_000, "bad_json"),
            ('{"type":"ping","x":' + "[" * 60_000, "bad_json"),
            ('{"type":"welcome"}', "unknown_type"),
            ('{"type":"event"}', "unknown_type"),
            ('{"type":"ack","seq":"1"}', "bad_frame"),
            ('{"type":"ack","seq":1}', "ack_ahead"),
            ('{"type":"typing"}', "bad_frame"),
            ('{"type":"watch","channel":"user.1"}', "bad_frame"),
            (b"{}", "binary_frame"),
            (b"\xff\xfe", "binary_frame"),
        ],
    )
    def test_get_a_typed_error_and_the_socket_lives(self, wire, frame, code):
        wire.send_raw(frame)
        assert wire.receive()["code"] == code
        assert is_well(wire)

    def test_of_200_000_brackets_are_too_large(self, wire):
        wire.send_raw("[" * 200_000)
        assert wire.close_code() == 1009

    def test_over_64_kib_close_with_1009(self, wire):
        wire.send_raw(json.dumps({"type": "ping", "x": "x" * 64 * 1024}))
        assert wire.close_code() == 1009

    def test_over_64_kib_end_the_socket_under_daphne_too(
        self, transactional_db, daphne, token, aziza
    ):
        with open_wire(daphne.url, token=token(aziza)) as wire:
            wire.receive()
            wire.send_raw(json.dumps({"type": "ping", "x": "ў" * 40_000}))
            assert wire.close_code() == 1000

    def test_ten_thousand_of_them_are_a_flood(self, any_live, token, aziza):
        with open_wire(any_live.url, token=token(aziza)) as wire:
            flood(wire, "{", times=10_000)
            assert wire.close_code() == 4429

    def test_do_not_disturb_others(self, live, wire, token, bobur):
        with open_wire(live.url, token=token(bobur)) as his:
            his.receive()
            flood(wire, "[" * 1000, times=10_000)
            assert wire.close_code() == 4429
            tell(to=[bobur])
            assert his.receive_events(1) == [1]


class TestAccount:
    def test_is_limited_over_all_its_sockets(self, live, token, aziza):
        """Each of ten sockets stays within its own limit; together they are too many."""
        access = token(aziza)
        with ExitStack() as opened:
            wires = [opened.enter_context(open_wire(live.url, token=access)) for _ in range(10)]
            codes = set()
            for wire in wires:
                wire.receive()
                for _ in range(90):
                    wire.send_raw('{"type":"nothing"}')
            for wire in wires:
                codes |= {wire.receive_a("error")["code"] for _ in range(90)}
            assert codes == {"unknown_type", "rate_limited"}


class TestFrames:
    def test_ping_is_answered(self, any_live, token, aziza):
        with open_wire(any_live.url, token=token(aziza)) as wire:
            wire.receive()
            assert is_well(wire)

    def test_acknowledging_every_event_is_no_flood(self, live, wire, aziza):
        live.publish(*[("my_debts.changed", [aziza.pk], {"book": 1})] * 200)
        live.publish(*[("my_debts.changed", [aziza.pk], {"book": 1})] * 200)
        for number in range(1, 401):
            assert wire.receive_events(1) == [number]
            wire.send(type="ack", seq=number)
        assert is_well(wire)


class TestWindow:
    def test_stops_after_256_events_and_goes_on_with_the_acknowledgement(self, live, wire, aziza):
        publish = [("my_debts.changed", [aziza.pk], {"book": 1})]
        live.publish(*publish)
        assert wire.receive_events(1) == [1]
        wire.send(type="ack", seq=1)
        assert is_well(wire)
        for _ in range(6):
            live.publish(*publish * 100)
        assert wire.receive_events(256) == list(range(2, 258))
        assert is_well(wire)  # nothing came in between
        wire.send(type="ack", seq=200)
        assert wire.receive_events(199) == list(range(258, 457))
        wire.send(type="ack", seq=456)
        assert wire.receive_events(145) == list(range(457, 602))

    def test_stops_after_a_mebibyte(self, live, wire, aziza):
        big = [("my_debts.changed", [aziza.pk], {"book": "x" * 100_000})]
        live.publish(*big)
        wire.receive_events(1)
        wire.send(type="ack", seq=1)
        assert is_well(wire)
        for _ in range(15):
            live.publish(*big)
        seen = []
        wire.send(type="ping")
        while (frame := wire.receive())["type"] != "pong":
            seen.append(frame["seq"])
        assert len(seen) < 13
        wire.send(type="ack", seq=seen[-1])
        assert seen + wire.receive_events(15 - len(seen)) == list(range(2, 17))


class TestFramesBelowTheApplication:
    """Pings, pongs and parts of frames, which the server answers by itself."""

    @pytest.mark.parametrize("kind", [Opcode.PING, Opcode.PONG])
    def test_are_a_flood_too(self, live, token, aziza, kind):
        with open_wire(live.url, token=token(aziza)) as wire:
            send_below(wire, Frame(kind, b"x" * 125), times=1000)
            assert wire.close_code() == 4429

    def test_in_endless_parts_are_a_flood_too(self, live, token, aziza):
        with open_wire(live.url, token=token(aziza)) as wire:
            wire.receive()
            send_below(wire, Frame(Opcode.TEXT, b"", fin=False), times=1)
            send_below(wire, Frame(Opcode.CONT, b"", fin=False), times=1000)
            assert wire.close_code() == 4429

    def test_are_answered_at_a_clients_pace(self, wire):
        for _ in range(30):
            assert wire.connection.ping().wait(timeout=20)
        assert is_well(wire)


def send_below(wire, frame, *, times):
    """As a hostile client does: straight to the transport, whatever comes back."""
    raw = b"".join(frame.serialize(mask=True, extensions=[]) for _ in range(times))
    with suppress(OSError):
        wire.connection.socket.sendall(raw)
