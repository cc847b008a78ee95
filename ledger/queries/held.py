"""The lock of the ledger, and what a writer sees once it holds it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.money import DEFAULT_CURRENCY
from core.sql import row, rows
from ledger.models import Role
from ledger.queries.book_lock import SHARE
from ledger.serializers.rows import BalanceRow, UserRow

# First the share of the book, which a row must pass before it is locked. Both accounts of a
# debtor, by id: two writers of one debtor meet here and only here. Locked rows come in their
# newest version, but whatever else is read together with a lock was read before the lock was
# granted: hence the look in a statement of its own.
LOCK = f"""
SELECT account.id, account.currency, account.open_total, account.credit_balance,
       account.seq, account.last_entry_at
FROM ledger_account AS account
WHERE account.book_id = %(book)s AND account.debtor_id = %(debtor)s AND ({SHARE}) IS NOT NULL
ORDER BY account.id
FOR NO KEY UPDATE
"""  # noqa: S608  (a key of ours)
LOOK = """
SELECT debtor.full_name, debtor.phone_number, debtor.note, debtor.created_at, debtor.archived_at,
       coalesce(nullif(book.name, ''), nullif(owner.full_name, ''), owner.phone_number, ''),
       book.currencies, holder.id, owner.is_active,
       (SELECT coalesce(json_object_agg(member.user_id, member.role), '{}')
        FROM ledger_bookmember AS member WHERE member.book_id = book.id)
FROM ledger_debtor AS debtor
JOIN ledger_book AS book ON book.id = debtor.book_id
JOIN ledger_user AS owner ON owner.id = book.id
LEFT JOIN ledger_user AS holder
  ON holder.phone_number = debtor.phone_number AND holder.is_active
WHERE debtor.book_id = %(book)s AND debtor.id = %(debtor)s
"""


@dataclass
class HeldAccount:
    """An account under our lock: its totals follow what the action does, `post` writes them."""

    id: int
    currency: str
    open_total: Decimal
    credit_balance: Decimal
    seq: int
    last_entry_at: datetime | None

    def balance(self) -> Decimal:
        """What is owed; negative when there is credit."""
        return self.open_total - self.credit_balance

    def moment(self, now: datetime) -> datetime:
        """`now`, but never before the account's last journal line: clocks of servers differ."""
        return now if self.last_entry_at is None else max(now, self.last_entry_at)


@dataclass
class HeldDebtor:
    """A debtor whose accounts are locked until the transaction ends.

    `keepers`: the owner and the members of the book. `holder`: the account whose verified
    number the book holds for this debtor, if there is one. `shop`: the book's name for people.
    """

    book_id: int
    debtor_id: int
    accounts: dict[str, HeldAccount]
    full_name: str
    phone_number: str | None
    note: str
    created_at: datetime
    archived_at: datetime | None
    shop: str
    currencies: list[str]
    holder: int | None
    keepers: tuple[int, ...]
    roles: dict[int, Role]

    def user(self) -> UserRow:
        return UserRow(
            self.debtor_id,
            self.full_name,
            self.phone_number,
            self.note,
            self.created_at,
            tuple(
                BalanceRow(account.currency, account.open_total, account.credit_balance)
                for account in self.accounts.values()
                if account.currency == DEFAULT_CURRENCY or account.seq
            ),
        )

    def owes_or_has_credit(self) -> bool:
        return any(account.balance() for account in self.accounts.values())

    def was_used(self) -> bool:
        return any(account.seq for account in self.accounts.values())


def hold_debtor(*, book_id: int, debtor_id: int) -> HeldDebtor | None:
    """Lock a debtor's accounts, having shared the book, then read what an action decides upon.
    None: no such debtor."""
    key = {"book": book_id, "debtor": debtor_id}
    locked = [HeldAccount(*values) for values in rows(LOCK, key)]
    seen = row(LOOK, key) if locked else None
    if seen is None:
        return None
    *debtor, owner_is_active, members = seen
    roles = {int(account): Role(role) for account, role in members.items()}
    if owner_is_active:
        roles[book_id] = Role.OWNER
    accounts = {account.currency: account for account in locked}
    fields: tuple[Any, ...] = (*debtor, tuple(sorted(roles)), roles)
    return HeldDebtor(book_id, debtor_id, accounts, *fields)
