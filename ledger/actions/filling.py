"""The fill: oldest credit onto oldest debt. Runs after whatever opened debts or freed credit."""

from datetime import datetime

from ledger.models import DebtPayment
from ledger.queries.allocation import (
    Share,
    allocate,
    matched,
    oldest_credits,
    oldest_open_debts,
)
from ledger.queries.held import HeldAccount


def fill(account: HeldAccount, *, book_id: int, at: datetime) -> list[Share]:
    """Spend the account's credit on its open debts; gives what was spent.

    Afterwards one of the two is zero. Nothing allocated before is moved.
    """
    amount = min(account.credit_balance, account.open_total)
    if amount <= 0:
        return []
    shares = matched(oldest_credits(account.id, amount), oldest_open_debts(account.id, amount))
    allocate(
        shares,
        book_id=book_id,
        account_id=account.id,
        origin=DebtPayment.Origin.CREDIT,
        at=at,
    )
    account.credit_balance -= amount
    account.open_total -= amount
    return shares
