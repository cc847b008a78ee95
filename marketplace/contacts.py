"""Whether anybody has written about a post: the chat knows, and says so when it starts."""

from collections.abc import Callable

ContactCheck = Callable[[int], bool]
_checks: list[ContactCheck] = []


def register_contact_check(read: ContactCheck) -> None:
    """`read(post_id)`: has anybody written about the post? Called in `AppConfig.ready()`.

    It is asked while the post's row is locked FOR UPDATE: whoever writes about a post must
    lock the row too, if only by a foreign key that points at it.
    """
    _checks.append(read)


def has_contact(post_id: int) -> bool:
    return any(check(post_id) for check in _checks)
