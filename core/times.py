"""Instants and local days. Uzbekistan keeps UTC+05:00 all year round."""

from datetime import UTC, date, datetime, time, timedelta, timezone

# Fixed, as clients are told: the time zone's own history has other offsets before 1992.
TASHKENT = timezone(timedelta(hours=5), "Asia/Tashkent")

# The local time of an instant in PostgreSQL, and the instant as clients read it; `{}` is the
# column.
LOCAL_SQL = "({} AT TIME ZONE INTERVAL '5 hours')"
ISO_SQL = f"""to_char({LOCAL_SQL}, 'YYYY-MM-DD"T"HH24:MI:SS.US"+05:00"')"""


def iso(moment: datetime) -> str:
    """`2026-08-08T15:03:49.166587+05:00`: always six fractional digits, always +05:00."""
    return moment.astimezone(TASHKENT).isoformat(timespec="microseconds")


def local_date(moment: datetime) -> date:
    return moment.astimezone(TASHKENT).date()


def day_start(day: date) -> datetime:
    """The first instant of a local day, in UTC; of the calendar's first day, what there is."""
    try:
        return datetime.combine(day, time.min, tzinfo=TASHKENT).astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def local_days(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """Local days, both inclusive, as the half-open range [start, end) that an index can serve."""
    start = day_start(first) if first else None
    if last == date.max:
        return start, datetime.max.replace(tzinfo=UTC)
    return start, day_start(last + timedelta(days=1)) if last else None
