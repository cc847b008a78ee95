"""What changed, and whom it concerns. Domain apps say it here and know no transport.

`settings.EVENT_BACKEND` and `settings.NOTIFICATION_BACKEND` name the functions that deliver.
Both are called inside the transaction of the write, so that an event exists exactly when its
cause does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from core.notices import refuse_unknown_text

# A write may tell two audiences of 100 changes each, and of what else it did.
MAX_EVENTS = 220
MAX_RECIPIENTS = 50

Audience = Callable[[dict[str, Any]], Iterable[int]]
Edit = Callable[[str, dict[str, Any]], dict[str, Any] | None]
Kinds = Mapping[str, Mapping[str, Any]]
_audiences: dict[str, list[Audience]] = {}


@dataclass(frozen=True)
class Published:
    """One event for some accounts; `data` is JSON-ready and the same for all of them."""

    event: str
    to: tuple[int, ...]
    data: dict[str, Any]


@dataclass(frozen=True)
class Notice:
    """One line for the notification lists of some accounts.

    `text` names the sentence; the backend writes it in each reader's language with `params`.
    Notices with the same `thread` are counted in one unread line.
    """

    kind: str
    to: tuple[int, ...]
    text: str
    params: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    thread: int | None = None


class TooMuchPublished(RuntimeError):
    """One write may not hold the streams of so many accounts, or for so long."""


@dataclass
class Collection:
    """What the running action has published so far."""

    events: list[Published] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @contextmanager
    def taken_back_on_error(self) -> Iterator[None]:
        """Forget what was published inside the block when it fails: its rows are gone too."""
        events, notices = len(self.events), len(self.notices)
        try:
            yield
        except BaseException:
            del self.events[events:]
            del self.notices[notices:]
            raise

    def hand_over(self) -> None:
        """Give everything to the backends. Notices first: they publish events of their own."""
        if self.notices:
            _backend(settings.NOTIFICATION_BACKEND)(self.notices)
        if self.events:
            self._refuse_too_much()
            _backend(settings.EVENT_BACKEND)(self.events)

    def _refuse_too_much(self) -> None:
        recipients = {account for event in self.events for account in event.to}
        if len(self.events) > MAX_EVENTS or len(recipients) > MAX_RECIPIENTS:
            raise TooMuchPublished(f"{len(self.events)} events, {len(recipients)} recipients")


_current: ContextVar[Collection | None] = ContextVar("collection", default=None)


def current_collection() -> Collection | None:
    return _current.get()


@contextmanager
def collect() -> Iterator[Collection]:
    """Collect what is published in the block; used by `core.action` and by tests."""
    collection = Collection()
    token = _current.set(collection)
    try:
        yield collection
    finally:
        _current.reset(token)


def publish(
    event: str, *, to: Iterable[int], data: dict[str, Any], with_audience: bool = True
) -> None:
    """Tell the devices of the accounts `to` that `event` happened, once the action commits.

    Accounts that `register_audience` adds for this event hear of it too, unless this is the
    audience being told in parts.
    Raises RuntimeError outside an action: an event without its transaction could be a lie.
    """
    recipients = {*to, *(_extra_audience(event, data) if with_audience else ())}
    if recipients:
        _collection().events.append(Published(event, tuple(sorted(recipients)), data))


def notify(
    kind: str,
    *,
    to: Iterable[int],
    text: str,
    params: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    thread: int | None = None,
) -> None:
    """Put a line into the notification lists of the accounts `to`, once the action commits.

    Raises UnknownText for a kind or `text` that no app has registered (`core.notices`).
    """
    refuse_unknown_text(kind, text, params or {}, data or {})
    recipients = tuple(sorted(set(to)))
    if recipients:
        notice = Notice(kind, recipients, text, params or {}, data or {}, thread)
        _collection().notices.append(notice)


def broadcast(event: str, data: dict[str, Any]) -> None:
    """Tell every socket that watches the feed, once the action commits. Not kept, may be lost."""
    _collection()
    import_string(settings.FEED_BACKEND)(event, data)


def rewrite(*, to: Iterable[int], since: datetime, kinds: Kinds, edit: Edit) -> None:
    """Change what devices of the accounts `to` replay of events since `since`, with the action.

    `kinds`: which events, and what the data of each contains, as JSON contains it in PostgreSQL
    ({}: anything). For text that must be gone everywhere: `edit(event, data)` gives the new data,
    or None to leave it. Whoever has the event already is to be told by an event of its own.
    """
    _collection()
    import_string(settings.REPLAY_BACKEND)(to=to, since=since, kinds=kinds, edit=edit)


def register_audience(event: str, audience: Audience) -> None:
    """Let another app add readers of `event`: `audience(data)` gives account ids."""
    _audiences.setdefault(event, []).append(audience)


def drop(items: Sequence[Published] | Sequence[Notice]) -> None:
    """The backend of an installation without live delivery or notifications."""


def _collection() -> Collection:
    collection = _current.get()
    if collection is None:
        raise RuntimeError("What an action tells, it tells inside the action.")
    return collection


def _extra_audience(event: str, data: dict[str, Any]) -> set[int]:
    return {account for audience in _audiences.get(event, []) for account in audience(data)}


def _backend(path: str) -> Callable[[Any], None]:
    backend: Callable[[Any], None] = import_string(path)
    return backend
