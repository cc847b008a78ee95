"""A shop to pay in: debtors with many small open debts, written past the actions."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count

DEBT = Decimal(10)
_numbers = count(1)


@dataclass(frozen=True)
class Shop:
    owner_id: int
    debtor_ids: list[int]
    account_ids: list[int]  # the default currency's, in the order of the debtors


def open_shop(*, debtors: int, debts_each: int) -> Shop:
    """A book of its own, whose totals and journal fit its debts."""
    from django.db import connection

    from ledger.models import User

    owner = User.objects.create(phone_number=f"+9989011{next(_numbers):05}", full_name="Aziza")
    params = {"book": owner.pk, "debtors": debtors, "debts": debts_each, "amount": DEBT}
    with connection.cursor() as cursor:
        cursor.execute(FILL, params)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(FIND, params)
        debtor_ids, account_ids = zip(*cursor.fetchall(), strict=True)
    return Shop(owner.pk, list(debtor_ids), list(account_ids))


FIND = """
SELECT debtor_id, id FROM ledger_account
WHERE book_id = %(book)s AND currency = 'UZS' ORDER BY debtor_id
"""
FILL = """
INSERT INTO ledger_book (id, name, currencies, created_at)
VALUES (%(book)s, 'Do''kon', '{UZS}', now());
INSERT INTO ledger_debtor (book_id, full_name, folded_name, note, created_at)
SELECT %(book)s, 'D', 'd', '', now() FROM generate_series(1, %(debtors)s);
INSERT INTO ledger_account
  (book_id, debtor_id, currency, open_total, credit_balance, seq, last_entry_at)
SELECT %(book)s, id, currency, CASE currency WHEN 'UZS' THEN %(debts)s * %(amount)s ELSE 0 END,
       0, CASE currency WHEN 'UZS' THEN %(debts)s ELSE 0 END, NULL
FROM ledger_debtor CROSS JOIN unnest('{UZS,USD}'::text[]) AS currency
WHERE book_id = %(book)s ORDER BY id, currency DESC;
INSERT INTO ledger_debt
  (book_id, debtor_id, account_id, currency, amount, paid, written_off, description,
   occurred_at, created_at)
SELECT book_id, debtor_id, id, currency, %(amount)s, 0, 0, '', moment, moment
FROM ledger_account CROSS JOIN generate_series(1, %(debts)s) AS place
CROSS JOIN LATERAL (SELECT now() - (%(debts)s - place) * interval '1 second') AS t (moment)
WHERE book_id = %(book)s AND currency = 'UZS';
INSERT INTO ledger_entry
  (book_id, account_id, seq, kind, amount, balance, debt_id, description, occurred_at,
   created_at, recorded_by_id)
SELECT book_id, account_id, seq, 'debt', amount, seq * amount, id, '', occurred_at, created_at,
       book_id
FROM (SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY occurred_at, id) AS seq
      FROM ledger_debt WHERE book_id = %(book)s) AS debt
"""
