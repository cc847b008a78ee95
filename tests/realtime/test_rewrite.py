"""Events that are told again in other words: what was deleted is gone from what devices replay."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from core.action import action
from core.events import rewrite
from ledger.models import User
from realtime.models import Event
from realtime.stream import events_after
from tests.realtime.conftest import tell

KIND = "my_debts.changed"
ALL = {KIND: {}}


def rewrite_since(minutes: int, *, to: list[User], edit, kinds=ALL) -> None:
    @action
    def write() -> None:
        since = timezone.now() - timedelta(minutes=minutes)
        rewrite(to=[person.pk for person in to], since=since, kinds=kinds, edit=edit)

    write()


@pytest.mark.django_db
class TestRewrite:
    def test_changes_what_is_replayed_and_no_number(self, aziza, bobur):
        tell(to=[aziza, bobur], book=5, times=2)
        tell(to=[aziza], book=6)

        def edit(kind, data):
            return data | {"book": None} if data["book"] == 5 else None

        rewrite_since(1, to=[aziza], edit=edit)
        books = [json.loads(e.frame)["data"]["book"] for e in events_after(aziza.pk, 0, limit=9)]
        assert books == [None, None, 6]
        assert json.loads(events_after(bobur.pk, 0, limit=1)[0].frame)["data"]["book"] == 5

    def test_looks_no_further_back_than_asked(self, aziza):
        tell(to=[aziza], times=3)
        Event.objects.filter(seq=1).update(created_at=timezone.now() - timedelta(hours=1))
        seen = []
        rewrite_since(1, to=[aziza], edit=lambda kind, data: seen.append(kind))
        assert len(seen) == 2

    def test_looks_only_at_what_it_names(self, aziza, bobur):
        tell(to=[aziza, bobur], book=5)
        tell(to=[aziza, bobur], book=6)
        seen = []

        def edit(kind, data):
            seen.append((kind, data))

        rewrite_since(1, to=[aziza, bobur], edit=edit, kinds={"my_debts.changed": {"book": 6}})
        assert seen == [("my_debts.changed", {"book": 6})] * 2
        rewrite_since(1, to=[aziza], edit=edit, kinds={"message.created": {"book": 6}})
        assert len(seen) == 2

    def test_costs_two_statements_however_much_there_is(
        self, aziza, bobur, django_assert_num_queries
    ):
        tell(to=[aziza, bobur], times=100)

        def edit(kind, data):
            return {"book": None}

        with django_assert_num_queries(4):  # a savepoint around them
            rewrite_since(1, to=[aziza, bobur], edit=edit)
