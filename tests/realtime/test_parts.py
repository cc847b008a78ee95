"""The small parts, each by itself."""

import pytest

from realtime.breaker import Breaker
from realtime.frames import Ack, BadFrame, Ping, read_frame
from realtime.limits import Bucket
from realtime.presence_changes import PresenceChanges
from realtime.resume import ResumePoint
from realtime.stream import StreamState
from realtime.window import Window

STATE = StreamState(epoch="e", head=9, floor=3)


class TestResumePoint:
    @pytest.mark.parametrize(
        ("query", "since"),
        [
            ("", None),
            ("since=5&epoch=e", 5),
            ("epoch=e&since=0&token=x", 0),
            ("since=&epoch=", None),
        ],
    )
    def test_is_read_from_the_url(self, query, since):
        assert ResumePoint.from_query(query.encode()) == ResumePoint(
            since, "e" if since is not None else ""
        )

    @pytest.mark.parametrize(
        "query",
        [
            "since=5",
            "epoch=e",
            "since=-1&epoch=e",
            "since=5.0&epoch=e",
            "since=%D9%A5&epoch=e",
            "since=99999999999999999999&epoch=e",
            "since=9999999999999999999&epoch=e",
            "since=5&epoch=" + "e" * 65,
            "since=5&epoch=e%20e",
            "since=5&epoch=%00",
            "&".join(f"a{n}=1" for n in range(50)),
        ],
    )
    def test_says_when_the_url_says_nothing(self, query):
        assert ResumePoint.from_query(query.encode()).is_malformed

    @pytest.mark.parametrize("since", [True, 5.0, "5", -1, 2**63, [], {}])
    def test_takes_whole_numbers_only(self, since):
        assert ResumePoint.of(since, "e").is_malformed

    @pytest.mark.parametrize(
        ("point", "is_kept"),
        [
            (ResumePoint(3, "e"), True),
            (ResumePoint(9, "e"), True),
            (ResumePoint(2, "e"), False),
            (ResumePoint(10, "e"), False),
            (ResumePoint(5, "f"), False),
            (ResumePoint(), False),
        ],
    )
    def test_is_kept_from_the_floor_to_the_head_of_its_epoch(self, point, is_kept):
        assert point.is_kept_by(STATE) is is_kept


class TestReadFrame:
    def test_reads_what_clients_may_send(self):
        assert read_frame('{"type":"ping","more":1}') == Ping()
        assert read_frame('{"type":"ack","seq":3}') == Ack(3)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "bad_json"),
            ("{", "bad_json"),
            ("NaN", "bad_json"),
            ('{"type":"resume","since":' + "[" * 60_000, "bad_json"),
            ("[" * 200_000, "bad_frame"),
            ("5", "bad_frame"),
            ('"ping"', "bad_frame"),
            ("[]", "bad_frame"),
            ("{}", "bad_frame"),
            ('{"type":5}', "bad_frame"),
            ('{"type":"nothing"}', "unknown_type"),
            ('{"type":"ack"}', "bad_frame"),
            ('{"type":"ack","seq":-1}', "bad_frame"),
            ('{"type":"ack","seq":1.5}', "bad_frame"),
            ('{"type":"ack","seq":true}', "bad_frame"),
            ('{"type":"ack","seq":' + "9" * 5000 + "}", "bad_frame"),
            ('{"type":"watch","channel":"other"}', "bad_frame"),
            ('{"type":"auth","token":"\\ud800"}', "bad_json"),
        ],
    )
    def test_says_what_is_wrong(self, text, code):
        with pytest.raises(BadFrame) as refused:
            read_frame(text)
        assert refused.value.code == code


class TestWindow:
    def test_is_full_after_256_events(self):
        window = Window(0, now=0)
        assert window.has_room(255)
        assert not window.has_room(256)

    def test_is_full_after_a_mebibyte(self):
        window = Window(0, now=0)
        window.sent(1, 1024 * 1024, now=0)
        assert not window.has_room(1)
        assert window.ack(1, now=0)
        assert window.has_room(1)

    def test_never_goes_back(self):
        window = Window(5, now=0)
        assert not window.ack(4, now=0)
        assert window.acked == 5

    def test_is_abandoned_after_a_minute_with_events_due(self):
        window = Window(5, now=0)
        assert not window.is_abandoned(5, now=1000)
        window.sent(6, 10, now=1000)
        assert not window.is_abandoned(6, now=1060)
        assert window.is_abandoned(6, now=1061)
        window.ack(6, now=1061)
        assert not window.is_abandoned(6, now=2000)


class TestBucket:
    def test_fills_up_again(self):
        bucket = Bucket(capacity=2, rate=1, now=0)
        assert [bucket.take(1, now=0) for _ in range(3)] == [True, True, False]
        assert bucket.take(1, now=1)
        assert not bucket.take(1, now=1)

    def test_holds_no_more_than_its_capacity(self):
        bucket = Bucket(capacity=2, rate=1, now=0)
        assert [bucket.take(1, now=1000) for _ in range(3)] == [True, True, False]


class TestBreaker:
    def test_leaves_alone_what_failed(self):
        breaker = Breaker()
        assert breaker.allows(0)
        breaker.failed(0)
        assert not breaker.allows(0.9)

    def test_lets_one_try_and_pauses_for_longer_each_time(self):
        breaker = Breaker()
        breaker.failed(0)
        assert [breaker.allows(1), breaker.allows(1), breaker.allows(2.9)] == [True, False, False]
        assert [breaker.allows(3), breaker.allows(6.9), breaker.allows(7)] == [True, False, True]
        assert [breaker.allows(11.9), breaker.allows(12)] == [False, True]

    def test_closes_after_a_success(self):
        breaker = Breaker()
        breaker.failed(0)
        assert breaker.allows(1)
        breaker.succeeded()
        assert [breaker.allows(1), breaker.allows(1)] == [True, True]

    def test_counts_those_that_were_under_way_once(self):
        breaker = Breaker()
        breaker.failed(0)
        breaker.failed(0.2)
        assert breaker.allows(1)


class TestPresenceChanges:
    def test_who_is_back_within_ten_seconds_never_left(self):
        changes = PresenceChanges()
        changes.comes(1)
        assert changes.take_due(now=0) == ([1], [])
        changes.leaves(1, now=5)
        assert changes.take_due(now=14) == ([], [])
        changes.comes(1)
        assert changes.take_due(now=100) == ([1], [])

    def test_who_stays_away_is_named_once(self):
        changes = PresenceChanges()
        changes.leaves(1, now=0)
        assert changes.take_due(now=10) == ([], [1])
        assert changes.take_due(now=11) == ([], [])

    def test_who_could_not_be_told_of_is_due_again_unless_that_changed(self):
        changes = PresenceChanges()
        changes.leaves(1, now=20)
        changes.comes(2)
        changes.put_back([1, 3], [2, 4], now=20)
        assert changes.take_due(now=20) == ([2, 3], [4])
