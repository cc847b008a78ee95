"""Marking credit as handed back."""

from collections.abc import Sequence

from core.sql import array, run
from ledger.queries.allocation import Part

REFUND = """
UPDATE ledger_payment SET refunded = refunded + part.amount
FROM unnest(%(payments)s::bigint[], %(amounts)s::numeric[]) AS part (payment_id, amount)
WHERE ledger_payment.id = part.payment_id
"""


def mark_refunded(parts: Sequence[Part]) -> None:
    """Each part is of the credit of one payment."""
    params = {
        "payments": array(part.id for part in parts),
        "amounts": array(part.amount for part in parts),
    }
    run(REFUND, params)
