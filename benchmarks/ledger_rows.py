"""A book of any size, written by PostgreSQL itself in one statement a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

OWNER_NUMBER = "+998901110001"
# One debtor in two has a name of one kind, a few of them a rare one.
DEBTORS = """
INSERT INTO ledger_debtor (book_id, full_name, folded_name, phone_number, note, created_at)
SELECT %(book)s, name, lower(name), '+99890' || lpad((%(book)s * 500000 + place)::text, 9, '0'),
       '', now() - place * interval '1 minute'
FROM generate_series(1, %(debtors)s) AS place
CROSS JOIN LATERAL (SELECT CASE WHEN place %% 1000 = 0 THEN 'Zulfiya' WHEN place %% 2 = 0
                                THEN 'Bobur' ELSE 'Dilnoza' END || ' Aliyev ' || place AS name
) AS named
"""
ACCOUNTS = """
INSERT INTO ledger_account (book_id, debtor_id, currency, open_total, credit_balance, seq)
SELECT book_id, id, currency, 0, 0, 0
FROM ledger_debtor CROSS JOIN unnest('{UZS,USD}'::text[]) AS currency WHERE book_id = %(book)s
"""
# A second apart; a third each open, partly paid and paid; one in ten in dollars; half are due.
DEBTS = """
INSERT INTO ledger_debt
  (book_id, debtor_id, account_id, currency, amount, paid, written_off, description, due_date,
   occurred_at, created_at)
SELECT %(book)s, account.debtor_id, account.id, account.currency, 1000 + place %% 5000,
       CASE place %% 3 WHEN 0 THEN 0 WHEN 1 THEN 500 ELSE 1000 + place %% 5000 END, 0,
       'Un, yog''', CASE WHEN place %% 2 = 0 THEN current_date - (place %% 200)::int + 50 END,
       moment, moment
FROM generate_series(1, %(debts)s) AS place
JOIN (SELECT *, row_number() OVER (PARTITION BY currency ORDER BY id) AS number
      FROM ledger_account WHERE book_id = %(book)s) AS account
  ON account.number = 1 + (place::bigint * 7919) %% %(debtors)s
 AND account.currency = CASE WHEN place %% 10 = 0 THEN 'USD' ELSE 'UZS' END
CROSS JOIN LATERAL (SELECT now() - place * interval '1 second' AS moment) AS made
ORDER BY moment
"""


@contextmanager
def without_indexes(cursor: Any, table: str) -> Iterator[None]:
    """Drop the indexes that are no constraint's, and make them again at the end: five million
    rows are put into eight indexes one by one in a quarter of an hour, or sorted in a minute."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
        [table, table],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition in indexes:
        cursor.execute(definition)


def make_book(*, owner_id: int, debtors: int, debts: int) -> None:
    """Fill the account's book past the actions; the totals of accounts are left at zero."""
    from django.db import connection

    from ledger.models import Book

    Book.objects.get_or_create(owner_id=owner_id, defaults={"currencies": ["UZS", "USD"]})
    params = {"book": owner_id, "debtors": debtors, "debts": debts}
    with connection.cursor() as cursor:
        # The rows are right by construction: no key is looked up five million times.
        cursor.execute("SELECT current_setting('is_superuser')::boolean")
        trusted = cursor.fetchone()[0]
        if trusted:
            cursor.execute("SET session_replication_role = replica")
        for statement in (DEBTORS, ACCOUNTS):
            cursor.execute(statement, params)
        with without_indexes(cursor, "ledger_debt"):
            cursor.execute(DEBTS, params)
        if trusted:
            cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")


def sign_in(number: str = OWNER_NUMBER) -> tuple[int, str]:
    """A new account with a session: its id and an access token."""
    from ledger.models import User

    person = User.objects.create(phone_number=number, full_name="Aziza")
    return person.pk, access_of(person.pk)


def access_of(account_id: int) -> str:
    from django.utils import timezone

    from ledger.models import Session
    from ledger.tokens import issue_pair

    session = Session.objects.create(
        user_id=account_id,
        opened_by=Session.OpenedBy.PASSWORD,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return issue_pair(session).access
