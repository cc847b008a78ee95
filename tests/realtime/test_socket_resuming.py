from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from realtime.models import Event, Stream
from realtime.stream import forget_old_events
from tests.realtime.conftest import tell, tell_many
from tests.realtime.wire import open_wire

KIND = "my_debts.changed"


@pytest.fixture
def epoch(live, token, aziza) -> str:
    """Of aziza's stream, as her first welcome had it."""
    with open_wire(live.url, token=token(aziza)) as wire:
        return wire.receive()["epoch"]


class TestResume:
    @pytest.mark.parametrize("by", ["subprotocol", "header", "frame"])
    def test_gives_every_event_after_since(self, live, token, aziza, epoch, by):
        tell(to=[aziza], times=5)
        with open_wire(live.url, token=token(aziza), by=by, since=2, epoch=epoch) as wire:
            welcome = wire.receive()
            assert (welcome["head"], welcome["resumed"]) == (5, True)
            assert wire.receive_events(3) == [3, 4, 5]

    def test_under_daphne_too(self, daphne, token, aziza, epoch):
        tell_many(to=[aziza], times=500)
        with open_wire(daphne.url, token=token(aziza), since=0, epoch=epoch) as wire:
            assert wire.receive_events(500) == list(range(1, 501))

    def test_goes_on_live_where_the_replay_ends(self, live, token, aziza, epoch):
        tell(to=[aziza], times=150)
        with open_wire(live.url, token=token(aziza), since=0, epoch=epoch) as wire:
            wire.receive()
            for _ in range(20):
                live.publish(*[(KIND, [aziza.pk], {"book": 1})] * 5)
            assert wire.receive_events(250) == list(range(1, 251))

    def test_the_epoch_is_fixed_from_the_first_welcome(self, live, token, aziza, epoch):
        tell(to=[aziza])
        with open_wire(live.url, token=token(aziza), since=0, epoch=epoch) as wire:
            assert wire.receive()["resumed"] is True
            assert wire.receive_events(1) == [1]

    def test_none_given_begins_at_the_head(self, live, token, aziza):
        tell(to=[aziza], times=3)
        with open_wire(live.url, token=token(aziza)) as wire:
            welcome = wire.receive()
            assert (welcome["head"], welcome["resumed"]) == (3, False)
            live.publish((KIND, [aziza.pk], {"book": 1}))
            assert wire.receive_events(1) == [4]

    @pytest.mark.parametrize("point", [{"since": 1, "epoch": "other"}, {"since": 6}])
    def test_begins_at_the_head_when_it_cannot_be_kept(self, live, token, aziza, epoch, point):
        tell(to=[aziza], times=5)
        point = {"epoch": epoch, **point}
        with open_wire(live.url, token=token(aziza), **point) as wire:
            assert wire.receive()["resumed"] is False
            tell(to=[aziza])
            assert wire.receive_events(1) == [6]

    def test_does_not_pretend_to_have_what_is_older_than_kept(self, live, token, aziza, epoch):
        tell(to=[aziza], times=5)
        Event.objects.filter(seq__lte=3).update(created_at="2020-01-01T00:00Z")
        forget_old_events(before=timezone.now() - timedelta(days=30))
        for since, resumed in ((2, False), (3, True)):
            with open_wire(live.url, token=token(aziza), since=since, epoch=epoch) as wire:
                assert wire.receive()["resumed"] is resumed

    @pytest.mark.parametrize("query", ["since=x&epoch=e", "since=5", "since=-1&epoch=e"])
    def test_says_when_since_is_malformed(self, live, token, aziza, query):
        with open_wire(f"{live.url}?{query}", token=token(aziza)) as wire:
            assert wire.receive()["resumed"] is False
            assert wire.receive()["code"] == "since_invalid"
            tell(to=[aziza])
            assert wire.receive_events(1) == [1]


class TestResumeFrame:
    def test_is_answered_by_a_welcome_and_what_follows(self, live, token, aziza, epoch):
        tell(to=[aziza], times=3)
        with open_wire(live.url, token=token(aziza)) as wire:
            wire.receive()
            wire.send(type="resume", since=1, epoch=epoch)
            assert wire.receive()["resumed"] is True
            assert wire.receive_events(2) == [2, 3]
            wire.send_raw(f'{{"type":"resume","since":1e400,"epoch":"{epoch}"}}')
            assert wire.receive()["resumed"] is False
            assert wire.receive()["code"] == "since_invalid"

    def test_in_the_midst_of_a_replay_begins_anew(self, live, token, aziza, epoch):
        tell_many(to=[aziza], times=1000)
        with open_wire(live.url, token=token(aziza), since=0, epoch=epoch) as wire:
            wire.receive()
            wire.send(type="resume", since=900, epoch=epoch)
            wire.receive_a("welcome")
            assert wire.receive_events(100) == list(range(901, 1001))


class TestAnotherDatabase:
    def test_a_new_epoch_sends_everybody_away_to_begin_afresh(self, live, token, aziza, epoch):
        tell(to=[aziza], times=3)
        with open_wire(live.url, token=token(aziza)) as wire:
            wire.receive()
            call_command("new_epoch")
            assert wire.close_code() == 1012
        with open_wire(live.url, token=token(aziza), since=3, epoch=epoch) as wire:
            assert wire.receive()["resumed"] is False

    def test_a_head_that_fell_back_does_too(self, live, token, aziza, epoch):
        tell(to=[aziza], times=3)
        with open_wire(live.url, token=token(aziza)) as wire:
            wire.receive()
            Event.objects.filter(seq=3).delete()
            Stream.objects.update(head=2)
            assert wire.close_code() == 1012

    def test_a_hole_in_the_stream_does_too(self, live, token, aziza, epoch):
        tell(to=[aziza], times=5)
        Event.objects.filter(seq=3).delete()
        with open_wire(live.url, token=token(aziza), since=0, epoch=epoch) as wire:
            assert wire.close_code() == 1012


class TestDelivery:
    def test_reaches_every_device_of_every_recipient(self, live, token, aziza, bobur):
        with (
            open_wire(live.url, token=token(aziza)) as phone,
            open_wire(live.url, token=token(aziza)) as laptop,
            open_wire(live.url, token=token(bobur)) as his,
        ):
            for wire in (phone, laptop, his):
                wire.receive()
            live.publish((KIND, [aziza.pk, bobur.pk], {"book": 7}), (KIND, [aziza.pk], {"book": 8}))
            for wire in (phone, laptop):
                assert [wire.receive_a("event")["data"]["book"] for _ in range(2)] == [7, 8]
            assert his.receive_events(1) == [1]

    def test_of_what_another_process_wrote_is_late_by_a_look_only(self, live, token, aziza):
        with open_wire(live.url, token=token(aziza)) as wire:
            wire.receive()
            for number in range(1, 4):
                tell(to=[aziza])
                assert wire.receive_events(1) == [number]

    def test_of_a_burst_is_complete_and_in_order(self, any_live, token, aziza):
        with open_wire(any_live.url, token=token(aziza)) as wire:
            wire.receive()
            for _ in range(10):
                any_live.publish(*[(KIND, [aziza.pk], {"book": 1})] * 100)
            assert wire.receive_events(1000) == list(range(1, 1001))
