"""Figures over whole tables, counted by the worker now and then: no page waits for them.

A tally is taken at most every five minutes, and so seldom that the counting takes at most a
hundredth of the time: where a count takes ten seconds, it is a quarter of an hour old.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from core.models import Tally

Take = Callable[[datetime], Any]
LEAST_INTERVAL = timedelta(minutes=5)
LARGEST_SHARE = 0.01
_takers: dict[str, Take] = {}


class Taken(NamedTuple):
    """`data` as its taker gave it at `taken_at`; late when the next one is long overdue."""

    data: Any
    taken_at: datetime
    is_late: bool


def register_tally(name: str, take: Take) -> None:
    """Have the worker keep `take(now)`, which is fit for JSON, under `name`."""
    _takers[name] = take


def read_tally(name: str, *, now: datetime) -> Taken | None:
    """What was counted last; None until the worker has counted for the first time."""
    tally = Tally.objects.filter(name=name).first()
    if tally is None:
        return None
    is_late = now - tally.taken_at > 2 * _interval(tally) + LEAST_INTERVAL
    return Taken(tally.data, tally.taken_at, is_late)


def take_due_tallies() -> None:
    """Count what is due. Each is kept at once: a worker that dies loses only the one it is at."""
    known = Tally.objects.in_bulk()
    for name, take in _takers.items():
        now, kept = timezone.now(), known.get(name)
        if kept is None or now - kept.taken_at >= _interval(kept):
            _keep(name, take, now)


def _keep(name: str, take: Take, now: datetime) -> None:
    started = time.monotonic()
    data = take(now)
    tally = Tally(name=name, data=data, taken_at=now, seconds=time.monotonic() - started)
    Tally.objects.bulk_create(
        [tally],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["data", "taken_at", "seconds"],
    )


def _interval(tally: Tally) -> timedelta:
    return max(LEAST_INTERVAL, timedelta(seconds=tally.seconds / LARGEST_SHARE))
