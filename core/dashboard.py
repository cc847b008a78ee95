"""The admin's first page: each app shows its part, and only to those who may look at it.

Apps register panels in `AppConfig.ready()`; nothing here knows one of them. A panel asks for
little: a bounded count that an index answers, or what the worker has counted (`core.tallies`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

MOST = 1000
SECTIONS = {
    "waiting": _("Waiting for an operator"),
    "money": _("Money of all books"),
    "service": _("The service now"),
}


class Figure(NamedTuple):
    """A number with its name; `url` leads to the rows behind it. A bad one wants attention."""

    label: Any
    value: Any
    note: Any = ""
    url: str = ""
    is_bad: bool = False


Read = Callable[[datetime], Sequence[Any]]


@dataclass(frozen=True)
class Panel:
    """`read(now)` gives what `template` shows as `shown`, for holders of `permission`."""

    section: str
    permission: str
    read: Read
    template: str = "admin/dashboard/figures.html"


class Shown(NamedTuple):
    template: str
    shown: Sequence[Any]


class Section(NamedTuple):
    name: str
    title: Any
    panels: list[Shown]


_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Show it in its section, after those registered before."""
    if panel.section not in SECTIONS:
        raise ValueError(f"{panel.section} is not a section")
    _panels.append(panel)


def sections_for(user: AbstractBaseUser | AnonymousUser, *, now: datetime) -> list[Section]:
    """What the page shows `user`: sections in which there is something for them."""
    sections = []
    for name, title in SECTIONS.items():
        panels = [
            Shown(panel.template, panel.read(now))
            for panel in _panels
            if panel.section == name and user.has_perm(panel.permission)  # type: ignore[union-attr]
        ]
        if panels:
            sections.append(Section(name, title, panels))
    return sections


def count_waiting(rows: QuerySet[Any]) -> str:
    """How many, counted no further than a thousand: `1000+`."""
    found = rows.order_by()[: MOST + 1].count()
    return str(found) if found <= MOST else f"{MOST}+"
