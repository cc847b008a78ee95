from datetime import UTC, datetime, timedelta

import pytest

from core.limits import forget, spend
from tests.race import at_once

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def use(now=NOW, limit=3):
    return spend("login:+998901110001", limit=limit, window_seconds=600, now=now)


class TestSpend:
    @pytest.mark.django_db
    def test_refuses_the_use_after_the_last_and_says_when_to_come_back(self):
        assert [use(NOW + timedelta(seconds=n)) for n in range(3)] == [None] * 3
        assert use(NOW + timedelta(seconds=100)) == 501

    @pytest.mark.django_db
    def test_frees_uses_one_by_one_as_the_window_slides(self):
        for minute in (0, 5, 9):
            use(NOW + timedelta(minutes=minute))
        assert use(NOW + timedelta(minutes=9, seconds=59)) is not None
        assert use(NOW + timedelta(minutes=10, seconds=1)) is None
        assert use(NOW + timedelta(minutes=10, seconds=2)) is not None

    @pytest.mark.django_db
    def test_a_refused_use_does_not_lengthen_the_wait(self):
        for _ in range(3):
            use()
        for second in range(500):
            use(NOW + timedelta(seconds=second))
        assert use(NOW + timedelta(seconds=601)) is None

    @pytest.mark.django_db
    def test_forgets_on_demand(self):
        for _ in range(3):
            use()
        forget("login:+998901110001")
        assert use() is None

    @pytest.mark.django_db(transaction=True)
    def test_lets_exactly_the_limit_through_when_all_come_at_once(self):
        answers = at_once([lambda: use(limit=10)] * 60, threads=12)
        assert answers.count(None) == 10
