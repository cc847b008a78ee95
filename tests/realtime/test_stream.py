import json
import random
import time
from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from core.action import action
from core.events import publish
from ledger.models import User
from realtime import publisher
from realtime.kinds import UnlistedKind
from realtime.models import Event, Stream
from realtime.stream import (
    changed_heads,
    events_after,
    events_after_many,
    forget_account,
    forget_old_events,
    open_stream,
    stream_states,
)
from tests.conftest import make_person
from tests.race import at_once
from tests.realtime.conftest import tell

KIND = "my_debts.changed"


class Rollback(Exception):
    pass


@action
def publish_once(*, to: list[int]) -> None:
    publish(KIND, to=to, data={"book": 1})


def write_slowly(to: list[int], *, fails: bool, seconds: float) -> int:
    """The commit comes `seconds` after the numbers were given out, or not at all. Gives how
    many events were committed."""
    try:
        with transaction.atomic():
            publish_once(to=to)
            time.sleep(seconds)
            if fails:
                raise Rollback
    except Rollback:
        return 0
    return len(to)


@pytest.fixture
def hints(monkeypatch):
    """What was given to the transport."""
    given = []
    monkeypatch.setattr(publisher, "publish", given.extend)
    return given


def numbers(person: User) -> list[int]:
    return [event.seq for event in events_after(person.pk, 0, limit=10_000)]


@pytest.mark.django_db
class TestAppend:
    def test_counts_each_account_from_one(self, aziza, bobur):
        tell(to=[aziza])
        tell(to=[aziza, bobur])
        tell(to=[bobur], times=2)
        assert numbers(aziza) == [1, 2]
        assert numbers(bobur) == [1, 2, 3]

    def test_keeps_the_order_of_publishing(self, aziza):
        @action
        def write() -> None:
            for book in (7, 8, 9):
                publish(KIND, to=[aziza.pk], data={"book": book})

        write()
        kept = Event.objects.filter(user_id=aziza.pk).order_by("seq")
        assert [event.data["book"] for event in kept] == [7, 8, 9]

    def test_is_one_statement_for_all_recipients(
        self, aziza, bobur, charos, django_assert_num_queries
    ):
        with django_assert_num_queries(3):  # and a savepoint around it
            tell(to=[aziza, bobur, charos], times=3)

    def test_refuses_a_kind_that_nobody_listed_and_the_write_with_it(self, aziza):
        @action
        def write() -> None:
            User.objects.filter(pk=aziza.pk).update(full_name="Changed")
            publish("debt.invented", to=[aziza.pk], data={})

        with pytest.raises(UnlistedKind):
            write()
        aziza.refresh_from_db()
        assert aziza.full_name != "Changed"
        assert not Stream.objects.exists()

    def test_rolls_its_numbers_back_with_the_write(self, aziza):
        tell(to=[aziza])

        @action
        def write() -> None:
            tell(to=[aziza])
            raise Rollback

        with pytest.raises(Rollback):
            write()
        tell(to=[aziza])
        assert numbers(aziza) == [1, 2]

    def test_hints_at_what_was_committed(
        self, aziza, bobur, hints, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            tell(to=[aziza, bobur], times=2)
        messages = {hint.group: hint.message for hint in hints}
        assert messages.keys() == {f"user.{aziza.pk}", f"user.{bobur.pk}"}
        message = messages[f"user.{aziza.pk}"]
        assert (message["head"], len(message["frames"])) == (2, 2)

    def test_hints_with_the_frames_that_are_replayed(
        self, aziza, hints, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            tell(to=[aziza])
        [hint] = hints
        [stored] = events_after(aziza.pk, 0, limit=1)
        assert json.loads(hint.message["frames"][0]) == json.loads(stored.frame)

    def test_leaves_too_many_bytes_to_be_read(self):
        hint = publisher.events_hint(1, 1, ["x" * 200_000, "x" * 200_000], 0.0)
        assert (hint.message["head"], list(hint.message["frames"])) == (2, [])


@pytest.mark.django_db(transaction=True)
class TestManyWriters:
    def test_every_stream_is_gapless_under_delays_and_rollbacks(self, aziza, bobur, charos):
        people = [aziza, bobur, charos]
        chance = random.Random()

        ids = [person.pk for person in people]
        calls = []
        for _ in range(300):
            to = chance.sample(ids, chance.randint(1, 3))
            fails, seconds = chance.random() < 0.05, chance.random() / 100
            calls.append(partial(write_slowly, to, fails=fails, seconds=seconds))
        written = sum(at_once(calls, threads=12))
        streams = {person: numbers(person) for person in people}
        assert sum(map(len, streams.values())) == written
        for seen in streams.values():
            assert seen == list(range(1, len(seen) + 1))
        heads = Stream.objects.in_bulk()
        assert {pk: stream.head for pk, stream in heads.items()} == {
            person.pk: len(seen) for person, seen in streams.items()
        }

    def test_the_clock_rises_with_the_numbers(self, aziza):
        at_once([lambda: tell(to=[aziza]) for _ in range(40)], threads=8)
        stamps = list(Event.objects.order_by("seq").values_list("created_at", flat=True))
        assert stamps == sorted(stamps)

    def test_first_events_of_many_accounts_at_once_do_not_collide(self, db):
        people = [make_person(f"P{n}", f"+99890222000{n}") for n in range(8)]
        shuffled = [random.sample(people, len(people)) for _ in range(24)]
        at_once([lambda to=to: tell(to=to) for to in shuffled], threads=12)
        assert {person.pk: numbers(person) for person in people} == {
            person.pk: list(range(1, 25)) for person in people
        }


@pytest.mark.django_db
class TestReading:
    def test_gives_what_came_after(self, aziza):
        tell(to=[aziza], times=5)
        assert [event.seq for event in events_after(aziza.pk, 2, limit=2)] == [3, 4]

    def test_gives_what_came_after_for_many(self, aziza, bobur, django_assert_num_queries):
        tell(to=[aziza, bobur], times=3)
        with django_assert_num_queries(1):
            read = events_after_many({aziza.pk: 1, bobur.pk: 2}, limit=10)
        assert sorted((user_id, event.seq) for user_id, event in read) == [
            (aziza.pk, 2),
            (aziza.pk, 3),
            (bobur.pk, 3),
        ]

    def test_names_only_the_heads_that_changed(self, aziza, bobur, django_assert_num_queries):
        tell(to=[aziza, bobur], times=3)
        with django_assert_num_queries(1):
            [(user_id, _epoch, head)] = changed_heads({aziza.pk: 3, bobur.pk: 2})
        assert (user_id, head) == (bobur.pk, 3)

    def test_fixes_the_epoch_at_the_first_look(self, aziza):
        first = open_stream(aziza.pk)
        tell(to=[aziza])
        assert first.head == 0
        assert open_stream(aziza.pk).epoch == first.epoch


@pytest.mark.django_db
class TestRetention:
    def age(self, person: User, up_to: int, days: int) -> None:
        old = timezone.now() - timedelta(days=days)
        Event.objects.filter(user_id=person.pk, seq__lte=up_to).update(created_at=old)

    def forget(self) -> int:
        return forget_old_events(before=timezone.now() - timedelta(days=30))

    def test_deletes_the_old_prefix_and_raises_the_floor(self, aziza, bobur):
        tell(to=[aziza, bobur], times=5)
        self.age(aziza, up_to=3, days=31)
        self.age(bobur, up_to=5, days=29)
        assert self.forget() == 3
        assert numbers(aziza) == [4, 5]
        assert stream_states([aziza.pk])[aziza.pk].floor == 3
        assert numbers(bobur) == [1, 2, 3, 4, 5]

    def test_empties_a_stream_that_is_old_altogether(self, aziza):
        tell(to=[aziza], times=3)
        self.age(aziza, up_to=3, days=31)
        assert self.forget() == 3
        state = stream_states([aziza.pk])[aziza.pk]
        assert (state.floor, state.head) == (3, 3)
        tell(to=[aziza])
        assert numbers(aziza) == [4]

    def test_does_not_trust_a_clock_that_was_set_back(self, aziza):
        tell(to=[aziza], times=5)
        self.age(aziza, up_to=5, days=31)
        Event.objects.filter(seq=3).update(created_at=timezone.now())
        assert self.forget() == 2
        assert numbers(aziza) == [3, 4, 5]

    def test_works_in_batches(self, aziza, monkeypatch):
        monkeypatch.setattr("realtime.stream.retention.EVENTS_AT_ONCE", 2)
        monkeypatch.setattr("realtime.stream.retention.STREAMS_AT_ONCE", 1)
        tell(to=[aziza], times=5)
        self.age(aziza, up_to=5, days=31)
        assert self.forget() == 5

    def test_passes_over_the_hole_of_a_deleted_account(self, aziza):
        tell(to=[aziza], times=3)
        forget_account(aziza.pk)
        tell(to=[aziza], times=2)
        self.age(aziza, up_to=5, days=31)
        assert self.forget() == 5
        assert numbers(aziza) == []


@pytest.mark.django_db
def test_a_new_epoch_is_another_for_every_account(aziza, bobur, capsys):
    tell(to=[aziza, bobur])
    before = stream_states([aziza.pk, bobur.pk])
    call_command("new_epoch")
    after = stream_states([aziza.pk, bobur.pk])
    assert "2 streams" in capsys.readouterr().out
    assert all(before[pk].epoch != after[pk].epoch for pk in before)
    assert all(before[pk].head == after[pk].head for pk in before)
