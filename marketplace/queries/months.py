"""The month that a slot counts in: a calendar month of local time."""

from datetime import date, datetime

from core.times import day_start, local_date


def month_of(moment: datetime) -> str:
    """`2026-11`. By UTC, the first five hours of a month would count in the one before."""
    return f"{local_date(moment):%Y-%m}"


def next_month(moment: datetime) -> datetime:
    """When the local month of `moment` is over."""
    day = local_date(moment)
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day_start(following)
