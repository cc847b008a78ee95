"""Demo data: each app fills in its own part, through its actions, and once only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

# Known to everybody who reads this: see `manage.py demo` for what is asked with DEBUG=0.
PASSWORD = "daftar-demo-2026"  # noqa: S105

Filler = Callable[[datetime, str], None]
_fillers: list[Filler] = []
_log_ins: list[Callable[[], Iterable["LogIn"]]] = []


@dataclass(frozen=True)
class LogIn:
    """Somebody of the demo who is there; `who` says what they show."""

    phone_number: str
    who: str


def register_demo(fill: Filler, *, log_ins: Callable[[], Iterable[LogIn]] | None = None) -> None:
    """`fill(now, password)` makes an app's demo data; again, it changes nothing.

    Apps register in `AppConfig.ready()` and are filled in that order: what an app builds upon
    is there. Accounts are made with `password`.
    """
    _fillers.append(fill)
    if log_ins is not None:
        _log_ins.append(log_ins)


def fill_demo(*, now: datetime, password: str) -> None:
    for fill in _fillers:
        fill(now, password)


def demo_log_ins() -> list[LogIn]:
    return [log_in for log_ins in _log_ins for log_in in log_ins()]
