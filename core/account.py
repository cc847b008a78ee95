"""What other apps add to an account: fields of `me`, erasers, reasons not to be erased.

Each app registers in its `AppConfig.ready()`; the account's own app knows none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import DomainError


@dataclass(frozen=True)
class MeField:
    """`read(account_id)` gives the value; `schema` is its OpenAPI type."""

    name: str
    read: Callable[[int], Any]


_me_fields: dict[str, MeField] = {}
_erasers: list[Callable[[int], None]] = []
_last_erasers: list[Callable[[int], None]] = []
_obstacles: list[Callable[[int], DomainError | None]] = []

# What `me` says before the app that knows better is installed.
ME_DEFAULTS: dict[str, Any] = {"b2b_enabled": False, "plan": None, "unread_notifications": 0}


def register_me_field(name: str, read: Callable[[int], Any]) -> None:
    """Fill a field of `me`; it must be one that the API contract names."""
    if name not in ME_DEFAULTS:
        raise ValueError(f"{name} is not a field of me")
    _me_fields[name] = MeField(name, read)


def me_fields(account_id: int) -> dict[str, Any]:
    return ME_DEFAULTS | {name: field.read(account_id) for name, field in _me_fields.items()}


def register_eraser(eraser: Callable[[int], None], *, is_last: bool = False) -> None:
    """Run when an account is deleted, inside its transaction: erase personal data.

    In the order of registration, those that are last after all others: for rows that other
    writes lock only when they hold what the others lock.
    """
    (_last_erasers if is_last else _erasers).append(eraser)


def erase(account_id: int) -> None:
    for eraser in (*_erasers, *_last_erasers):
        eraser(account_id)


def register_obstacle(obstacle: Callable[[int], DomainError | None]) -> None:
    """Say why an account can't be deleted now, or None."""
    _obstacles.append(obstacle)


def refuse_obstacles(account_id: int) -> None:
    """Raise the first registered reason not to delete this account."""
    for obstacle in _obstacles:
        if refusal := obstacle(account_id):
            raise refusal
