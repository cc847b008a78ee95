"""Who asks."""

from rest_framework.request import Request


def reader_of(request: Request) -> int:
    """The signed-in account's id."""
    account_id = request.user.pk
    assert account_id is not None
    return account_id
