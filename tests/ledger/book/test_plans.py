"""Which index serves which list: a page reads what it shows, not what the book holds."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import Debt, Payment

pytestmark = pytest.mark.django_db

# Index names of a plan, those of the debtors' own table left out.
USED = re.compile(r"using (debt_\w+|payment_\w+|debtor_newest) ")
SERVED_BY = {
    "users/": {"debtor_newest"},
    "debts/": {"debt_newest"},
    "debts/?created_from=2020-01-01&created_to=2999-01-01": {"debt_newest"},
    "debts/?status=paid": {"debt_newest_by_status"},
    "debts/?currency=USD": {"debt_newest_by_currency"},
    "debts/?user={user}": {"debt_newest_of_debtor"},
    "debts/?user={user}&status=pending&currency=USD": {"debt_newest_of_debtor"},
    "debts/?user={user}&overdue=1&created_from=2020-01-01": {"debt_newest_of_debtor"},
    "debts/?full_name=zulfiya&status=pending": {"debt_newest_of_debtor"},
    "payments/": {"payment_newest"},
    "payments/?currency=USD": {"payment_newest_by_currency"},
    "payments/?user={user}&currency=USD": {"payment_newest_of_debtor"},
    "payments/?full_name=zulfiya": {"payment_newest_of_debtor"},
}
# One in a hundred is in dollars, or paid; half are overdue.
FILL = """
INSERT INTO ledger_{table} (book_id, debtor_id, account_id, currency, amount, description,
                            occurred_at, created_at, {more})
SELECT book_id, debtor_id, id, currency, 10, '',
       now() - place * interval '1 minute', now() - place * interval '1 minute', {values}
FROM ledger_account CROSS JOIN generate_series(1, 400) AS place
WHERE currency = 'UZS' OR place <= 4
"""
PAID = "CASE WHEN place % 100 = 0 THEN 10 ELSE 0 END, 0"


@pytest.fixture
def full(shop):
    users = [shop.debtor(f"Mijoz {place}") for place in range(20)] + [shop.debtor("Zulfiya")]
    with connection.cursor() as cursor:
        cursor.execute(
            FILL.format(
                table="debt",
                more="paid, written_off, due_date",
                values=f"{PAID}, current_date - place + 200",
            )
        )
        cursor.execute(FILL.format(table="payment", more="allocated, refunded", values=PAID))
        cursor.execute("ANALYZE ledger_debt, ledger_payment, ledger_debtor, ledger_account")
    return users[7]


def indexes_of(shop, path):
    """What the last statement of a call reads its rows by."""
    with CaptureQueriesContext(connection) as captured:
        shop.get(f"{path}{'&' if '?' in path else '?'}limit=2")
    with connection.cursor() as cursor:
        # Tables this small are otherwise read whole, or sorted.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + captured[-1]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on ledger_debt " not in plan, plan
    return {name for name in USED.findall(plan) if name != "debt_has_one_open_dispute"}


def test_each_filter_has_its_index(shop, full):
    assert (Debt.objects.count(), Payment.objects.count()) == (8484, 8484)
    served = {path: indexes_of(shop, path.format(user=full)) for path in SERVED_BY}
    assert served == SERVED_BY
