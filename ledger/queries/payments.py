"""Writing a payment, its allocations and its journal line: one statement, however many debts
it settles."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from core.sql import array, rows
from ledger.models import DebtPayment, Entry
from ledger.queries.allocation import Part
from ledger.queries.changed_rows import DEBT_COLUMNS
from ledger.queries.held import HeldAccount, HeldDebtor
from ledger.queries.journal import LINE, TOTALS, next_line
from ledger.serializers.rows import DebtRow

INSERT_PAYMENT = f"""
WITH payment AS (
  INSERT INTO ledger_payment
    (book_id, debtor_id, account_id, currency, amount, allocated, refunded, description,
     occurred_at, created_at)
  VALUES
    (%(book)s, %(debtor)s, %(account)s, %(currency)s, %(amount)s, %(allocated)s, 0,
     %(description)s, %(occurred_at)s, %(at)s)
  RETURNING id
), part AS (
  SELECT * FROM unnest(%(debts)s::bigint[], %(amounts)s::numeric[], %(origins)s::text[])
    WITH ORDINALITY AS part (debt_id, amount, origin, place)
), allocation AS (
  INSERT INTO ledger_debtpayment
    (book_id, account_id, debt_id, payment_id, amount, origin, created_at)
  SELECT %(book)s, %(account)s, part.debt_id, payment.id, part.amount, part.origin, %(at)s
  FROM part CROSS JOIN payment ORDER BY part.place
), debt AS (
  UPDATE ledger_debt AS debt SET paid = paid + part.amount
  FROM part WHERE debt.id = part.debt_id
  RETURNING debt.*
), account AS ({TOTALS}
), entry AS ({LINE.format(payment="payment.id")} FROM payment
)
SELECT payment.id AS payment_id, {DEBT_COLUMNS}
FROM payment LEFT JOIN debt ON %(told)s
ORDER BY debt.occurred_at, debt.id
"""  # noqa: S608  (columns of ours)


class NewPayment(NamedTuple):
    """What a payment is to be. `chosen` says which of the `parts` the payer named."""

    amount: Decimal
    description: str
    occurred_at: datetime
    at: datetime
    parts: Sequence[Part]
    chosen: frozenset[int]

    def allocated(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))


def insert_payment(
    held: HeldDebtor,
    account: HeldAccount,
    payment: NewPayment,
    *,
    recorded_by: int,
    told: bool,
) -> tuple[int, list[DebtRow]]:
    """Write the payment, and the account's totals as they now stand. Gives its id and, if they
    are to be `told` of one by one, the debts it changed, oldest first."""
    automatic, chosen = DebtPayment.Origin.AUTOMATIC, DebtPayment.Origin.CHOSEN
    written = rows(
        INSERT_PAYMENT,
        {
            **next_line(account, kind=Entry.Kind.PAYMENT, amount=-payment.amount, at=payment.at),
            "book": held.book_id,
            "debtor": held.debtor_id,
            "currency": account.currency,
            "amount": payment.amount,
            "allocated": payment.allocated(),
            "description": payment.description,
            "occurred_at": payment.occurred_at,
            "debt": None,
            "recorded_by": recorded_by,
            "debts": array(part.id for part in payment.parts),
            "amounts": array(part.amount for part in payment.parts),
            "origins": array(
                chosen if part.id in payment.chosen else automatic for part in payment.parts
            ),
            "told": told,
        },
    )
    changed = [
        DebtRow._make((*debt, held.full_name, held.phone_number))
        for _payment_id, *debt in written
        if debt[0] is not None
    ]
    return written[0][0], changed
