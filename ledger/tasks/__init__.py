"""Jobs of the ledger app, a file for each of its sides."""

from ledger.tasks import codes, money

__all__ = ["codes", "money"]
