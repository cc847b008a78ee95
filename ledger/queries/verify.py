"""What must always be true of the ledger: one query an invariant, each giving the rows that
break it. They change nothing and may run while people work: each sees one instant."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from ledger.models import LedgerCheck

INVARIANTS = {
    "debt_paid_is_the_sum_of_its_live_allocations": """
SELECT debt.book_id, debt.id AS debt, debt.paid, coalesce(live.amount, 0) AS allocated
FROM ledger_debt AS debt
LEFT JOIN (SELECT debt_id, sum(amount) AS amount FROM ledger_debtpayment
           WHERE reversed_at IS NULL GROUP BY debt_id) AS live ON live.debt_id = debt.id
WHERE debt.paid <> coalesce(live.amount, 0)
""",
    "payment_allocated_is_the_sum_of_its_live_allocations": """
SELECT payment.book_id, payment.id AS payment, payment.allocated AS noted,
       coalesce(live.amount, 0) AS allocated
FROM ledger_payment AS payment
LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM ledger_debtpayment
           WHERE reversed_at IS NULL GROUP BY payment_id) AS live
  ON live.payment_id = payment.id
WHERE payment.allocated <> coalesce(live.amount, 0)
""",
    "account_open_total_is_what_remains_of_its_debts": """
SELECT account.book_id, account.id AS account, account.open_total,
       coalesce(debt.remaining, 0) AS remaining
FROM ledger_account AS account
LEFT JOIN (SELECT account_id, sum(remaining) AS remaining FROM ledger_debt
           GROUP BY account_id) AS debt ON debt.account_id = account.id
WHERE account.open_total <> coalesce(debt.remaining, 0)
""",
    "account_credit_is_what_is_unspent_of_its_payments": """
SELECT account.book_id, account.id AS account, account.credit_balance,
       coalesce(payment.credited, 0) AS credited
FROM ledger_account AS account
LEFT JOIN (SELECT account_id, sum(credited) AS credited FROM ledger_payment
           GROUP BY account_id) AS payment ON payment.account_id = account.id
WHERE account.credit_balance <> coalesce(payment.credited, 0)
""",
    "nobody_has_credit_beside_an_open_debt": """
SELECT debt.book_id, debt.account_id AS account, debt.id AS debt, payment.id AS payment
FROM ledger_debt AS debt
JOIN ledger_payment AS payment ON payment.account_id = debt.account_id AND payment.has_credit
WHERE debt.status IN ('pending', 'partially_paid')
""",
    "account_balance_is_that_of_its_last_journal_line": """
SELECT account.book_id, account.id AS account, account.seq, last.seq AS last_seq,
       account.open_total - account.credit_balance AS owed, last.balance
FROM ledger_account AS account
LEFT JOIN (SELECT DISTINCT ON (account_id) account_id, seq, balance FROM ledger_entry
           ORDER BY account_id, seq DESC) AS last ON last.account_id = account.id
WHERE account.seq <> coalesce(last.seq, 0)
   OR account.open_total - account.credit_balance <> coalesce(last.balance, 0)
""",
    "journal_counts_without_gaps_and_adds_up": """
SELECT * FROM (
  SELECT book_id, account_id AS account, seq, amount, balance,
         lag(seq, 1, 0::bigint) OVER line AS seq_before,
         lag(balance, 1, 0::numeric) OVER line AS balance_before,
         created_at, lag(created_at) OVER line AS created_before
  FROM ledger_entry WINDOW line AS (PARTITION BY account_id ORDER BY seq)) AS entry
WHERE seq <> seq_before + 1 OR balance <> balance_before + amount
   OR created_at < created_before
""",
    "debt_is_what_its_journal_lines_say": """
SELECT debt.book_id, debt.id AS debt, debt.amount, debt.written_off, debt.status,
       line.recorded, line.owed
FROM ledger_debt AS debt
LEFT JOIN (SELECT debt_id, sum(amount) AS owed,
                  sum(amount) FILTER (WHERE kind = 'debt') AS recorded
           FROM ledger_entry WHERE debt_id IS NOT NULL GROUP BY debt_id) AS line
  ON line.debt_id = debt.id
WHERE line.recorded IS DISTINCT FROM debt.amount
   OR line.owed <> CASE debt.status WHEN 'void' THEN 0
                   ELSE debt.amount - debt.written_off END
""",
    "payment_is_what_its_journal_lines_say": """
SELECT payment.book_id, payment.id AS payment, payment.amount, payment.voided_at,
       line.recorded, line.owed
FROM ledger_payment AS payment
LEFT JOIN (SELECT payment_id, sum(amount) AS owed,
                  sum(amount) FILTER (WHERE kind = 'payment') AS recorded
           FROM ledger_entry WHERE payment_id IS NOT NULL GROUP BY payment_id) AS line
  ON line.payment_id = payment.id
WHERE line.recorded IS DISTINCT FROM -payment.amount
   OR line.owed <> CASE WHEN payment.voided_at IS NULL THEN -payment.amount ELSE 0 END
""",
    "refunds_in_the_journal_are_what_payments_gave_back": """
SELECT account.book_id, account.id AS account, coalesce(line.amount, 0) AS journal,
       coalesce(payment.refunded, 0) AS refunded
FROM ledger_account AS account
LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM ledger_entry
           WHERE kind = 'refund' GROUP BY account_id) AS line ON line.account_id = account.id
LEFT JOIN (SELECT account_id, sum(refunded) AS refunded FROM ledger_payment
           GROUP BY account_id) AS payment ON payment.account_id = account.id
WHERE coalesce(line.amount, 0) <> coalesce(payment.refunded, 0)
""",
    "archived_debtor_owes_nothing_and_has_no_credit": """
SELECT debtor.book_id, debtor.id AS debtor, account.currency, account.open_total,
       account.credit_balance
FROM ledger_debtor AS debtor
JOIN ledger_account AS account ON account.debtor_id = debtor.id
WHERE debtor.archived_at IS NOT NULL
  AND (account.open_total <> 0 OR account.credit_balance <> 0)
""",
    "void_debt_is_not_disputed": """
SELECT dispute.book_id, dispute.id AS dispute, debt.id AS debt
FROM ledger_dispute AS dispute
JOIN ledger_debt AS debt ON debt.id = dispute.debt_id
WHERE dispute.resolved_at IS NULL AND debt.voided_at IS NOT NULL
""",
}
SHOWN_ROWS = 20


class Drift(NamedTuple):
    """An invariant that does not hold: how many rows break it, and the first of them."""

    invariant: str
    broken: int
    rows: list[dict[str, Any]]


def find_drift() -> Iterator[Drift]:
    """Run every query; gives those invariants that do not hold."""
    for invariant, sql in INVARIANTS.items():
        with connection.cursor() as cursor:
            cursor.execute(sql)
            if cursor.rowcount:
                names = [column.name for column in cursor.description]
                shown = cursor.fetchmany(SHOWN_ROWS)
                found = [dict(zip(names, values, strict=True)) for values in shown]
                yield Drift(invariant, cursor.rowcount, found)


def keep_check(drift: list[Drift], *, started_at: datetime, now: datetime) -> LedgerCheck:
    """Store a run's result for the health page and the metrics."""
    counts = {found.invariant: found.broken for found in drift}
    return LedgerCheck.objects.create(started_at=started_at, finished_at=now, drift=counts)


def last_check() -> LedgerCheck | None:
    return LedgerCheck.objects.order_by("-id").first()
