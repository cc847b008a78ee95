"""Which debts a payment settles, and how allocations are written and reversed.

Everything here runs under the debtor's lock. Choosing reads the oldest open debts (or credits)
in chunks and stops as soon as the amount is covered: it costs what is settled, not what is open.
Writing is one statement, however many rows it touches.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from core.sql import array, rows, run
from ledger.models import DebtPayment

FIRST_CHUNK = 64
CHUNK_GROWTH = 8

# Keyset, not OFFSET: the walk goes on where the last chunk ended. The moment only comes back as
# it went: as text, it need not be parsed for each row.
OLDEST_DEBTS = """
SELECT id, remaining, occurred_at::text AS moment FROM ledger_debt
WHERE account_id = %(account)s AND status IN ('pending', 'partially_paid')
  AND (occurred_at, id) > (%(after_moment)s, %(after_id)s)
ORDER BY occurred_at, id LIMIT %(limit)s
"""
OLDEST_CREDITS = """
SELECT id, credited, occurred_at::text AS moment FROM ledger_payment
WHERE account_id = %(account)s AND has_credit
  AND (occurred_at, id) > (%(after_moment)s, %(after_id)s)
ORDER BY occurred_at, id LIMIT %(limit)s
"""
CHOSEN_DEBTS = """
SELECT id, remaining FROM ledger_debt
WHERE account_id = %(account)s AND id = ANY(%(ids)s::bigint[])
  AND status IN ('pending', 'partially_paid')
"""
ALLOCATE = """
WITH share AS (
  SELECT * FROM unnest(%(payments)s::bigint[], %(debts)s::bigint[], %(amounts)s::numeric[])
    WITH ORDINALITY AS share (payment_id, debt_id, amount, place)
), allocation AS (
  INSERT INTO ledger_debtpayment
    (book_id, account_id, debt_id, payment_id, amount, origin, created_at)
  SELECT %(book)s, %(account)s, debt_id, payment_id, amount, %(origin)s, %(at)s
  FROM share ORDER BY place
), debt AS (
  UPDATE ledger_debt SET paid = paid + given.amount
  FROM (SELECT debt_id, sum(amount) AS amount FROM share GROUP BY debt_id) AS given
  WHERE ledger_debt.id = given.debt_id
)
UPDATE ledger_payment SET allocated = allocated + given.amount
FROM (SELECT payment_id, sum(amount) AS amount FROM share GROUP BY payment_id) AS given
WHERE ledger_payment.id = given.payment_id
"""
REVERSE = """
WITH share AS (
  UPDATE ledger_debtpayment SET reversed_at = %(at)s
  WHERE {end} = %(id)s AND reversed_at IS NULL
  RETURNING payment_id, debt_id, amount
), debt AS (
  UPDATE ledger_debt SET paid = paid - taken.amount
  FROM (SELECT debt_id, sum(amount) AS amount FROM share GROUP BY debt_id) AS taken
  WHERE ledger_debt.id = taken.debt_id
), payment AS (
  UPDATE ledger_payment SET allocated = allocated - taken.amount
  FROM (SELECT payment_id, sum(amount) AS amount FROM share GROUP BY payment_id) AS taken
  WHERE ledger_payment.id = taken.payment_id
)
SELECT payment_id, debt_id, amount FROM share
"""
REVERSE_OF_PAYMENT = REVERSE.format(end="payment_id")
REVERSE_ON_DEBT = REVERSE.format(end="debt_id")


class Part(NamedTuple):
    """So much of one row: of a debt to pay, or of a payment's credit to spend."""

    id: int
    amount: Decimal


class Share(NamedTuple):
    """So much of a payment for a debt."""

    payment_id: int
    debt_id: int
    amount: Decimal


def oldest_open_debts(
    account_id: int, amount: Decimal, *, taken: Mapping[int, Decimal] | None = None
) -> list[Part]:
    """The oldest open debts that `amount` covers, the last one perhaps in part.

    `taken` is what the same payment gives to debts by choice, and so no longer remains.
    """
    return _oldest(OLDEST_DEBTS, account_id, amount, taken or {})


def oldest_credits(account_id: int, amount: Decimal) -> list[Part]:
    """The oldest unspent payments that make up `amount`, the last one perhaps in part."""
    return _oldest(OLDEST_CREDITS, account_id, amount, {})


def _oldest(sql: str, account_id: int, amount: Decimal, taken: Mapping[int, Decimal]) -> list[Part]:
    parts: list[Part] = []
    limit = FIRST_CHUNK
    after_moment, after_id = "-infinity", 0
    while amount > 0:
        chunk = rows(
            sql,
            {
                "account": account_id,
                "limit": limit,
                "after_moment": after_moment,
                "after_id": after_id,
            },
        )
        for row_id, available, _moment in chunk:
            part = min(available - taken.get(row_id, 0), amount)
            if part > 0:
                parts.append(Part(row_id, part))
                amount -= part
        if len(chunk) < limit:
            break
        after_id, _available, after_moment = chunk[-1]
        limit *= CHUNK_GROWTH
    return parts


def remaining_of(account_id: int, debt_ids: Iterable[int]) -> dict[int, Decimal]:
    """What remains of each of these debts; only the account's own open debts are in it."""
    return dict(rows(CHOSEN_DEBTS, {"account": account_id, "ids": array(debt_ids)}))


def matched(credits: Sequence[Part], debts: Sequence[Part]) -> list[Share]:
    """Spend `credits` on `debts`, each in its order, until one side is used up."""
    shares: list[Share] = []
    spendable = iter(credits)
    payment_id, credit = next(spendable, Part(0, Decimal(0)))
    for debt_id, wanted in debts:
        while wanted > 0 and credit > 0:
            amount = min(wanted, credit)
            shares.append(Share(payment_id, debt_id, amount))
            wanted -= amount
            credit -= amount
            if credit == 0:
                payment_id, credit = next(spendable, Part(0, Decimal(0)))
    return shares


def allocate(
    shares: Sequence[Share],
    *,
    book_id: int,
    account_id: int,
    origin: DebtPayment.Origin,
    at: datetime,
) -> None:
    """Write the allocations and what they change of their debts and payments."""
    payments, debts, amounts = zip(*shares, strict=True)
    run(
        ALLOCATE,
        {
            "payments": array(payments),
            "debts": array(debts),
            "amounts": array(amounts),
            "book": book_id,
            "account": account_id,
            "origin": origin,
            "at": at,
        },
    )


def reverse_of_payment(payment_id: int, *, at: datetime) -> list[Share]:
    """Take back all that a payment gave; its debts are open again. Gives what was taken back."""
    return [Share(*share) for share in rows(REVERSE_OF_PAYMENT, {"id": payment_id, "at": at})]


def reverse_on_debt(debt_id: int, *, at: datetime) -> list[Share]:
    """Take back all that a debt got; its payments have it as credit. Gives what was taken."""
    return [Share(*share) for share in rows(REVERSE_ON_DEBT, {"id": debt_id, "at": at})]
