"""Sessions that end, and too many sockets."""

import time
from contextlib import ExitStack

from django.db.models import F
from django.utils import timezone

from ledger.actions.sessions import end_session
from ledger.models import Session
from tests.realtime.wire import open_wire


class TestEndedSession:
    def test_closes_its_sockets_within_two_seconds(self, any_live, token, aziza):
        access = token(aziza)
        with (
            open_wire(any_live.url, token=access) as hers,
            open_wire(any_live.url, token=token(aziza)) as other,
        ):
            hers.receive()
            other.receive()
            session = Session.objects.earliest("pk")
            ended_at = time.monotonic()
            end_session(user_id=aziza.pk, session_id=session.pk, now=timezone.now())
            assert hers.close_code() == 4403
            assert time.monotonic() - ended_at < 2
            other.send(type="ping")
            assert other.receive()["type"] == "pong"

    def test_so_does_a_deactivated_account(self, live, token, aziza):
        with open_wire(live.url, token=token(aziza)) as wire:
            wire.receive()
            aziza.is_active = False
            aziza.save(update_fields=["is_active"])
            assert wire.close_code() == 4403

    def test_an_overtaken_token_may_come_back_with_the_new_one(self, live, token, aziza):
        """What setting a password does to the proving session."""
        with open_wire(live.url, token=token(aziza)) as wire:
            wire.receive()
            Session.objects.update(
                generation=F("generation") + 1,
                valid_from_generation=F("generation") + 1,
                rotated_at=timezone.now(),
            )
            assert wire.close_code() == 4401
        session = Session.objects.get()
        with open_wire(live.url, token=token(aziza, session=session)) as wire:
            assert wire.receive()["type"] == "welcome"


class TestTooManySockets:
    def test_the_eleventh_closes_the_oldest(self, live, token, aziza):
        access = token(aziza)
        with ExitStack() as opened:
            wires = []
            for _ in range(11):
                wires.append(opened.enter_context(open_wire(live.url, token=access)))
                wires[-1].receive()
            assert wires[0].close_code() == 4409
            for wire in wires[1:]:
                wire.send(type="ping")
                assert wire.receive()["type"] == "pong"

    def test_also_when_they_are_spread_over_processes(self, live, daphne, token, aziza):
        access = token(aziza)
        with ExitStack() as opened:
            wires = []
            for url in [live.url] * 5 + [daphne.url] * 7:
                wires.append(opened.enter_context(open_wire(url, token=access)))
                wires[-1].receive()
            assert [wire.close_code() for wire in wires[:2]] == [4409, 4409]
            for wire in wires[2:]:
                wire.send(type="ping")
                assert wire.receive()["type"] == "pong"

    def test_sockets_that_left_do_not_count(self, live, token, aziza):
        access = token(aziza)
        with open_wire(live.url, token=access) as first:
            first.receive()
            for _ in range(12):
                with open_wire(live.url, token=access) as wire:
                    wire.receive()
            first.send(type="ping")
            assert first.receive()["type"] == "pong"
