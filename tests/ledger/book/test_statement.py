from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.times import local_days
from ledger.models import Account, Entry
from ledger.queries.statement import read_statement
from tests.ledger.book.unguarded import unguarded

pytestmark = pytest.mark.django_db


def test_shows_every_kind_of_line_and_adds_up(shop, debtor):
    debt = shop.debt(debtor, "100.00", description="un")
    payment = shop.payment(debtor, "120.00", description="naqd")["id"]
    shop.post(f"user/{debtor}/refund/", {"amount": "5.00", "description": "qaytim"}, 200)
    other = shop.debt(debtor, "50.00")
    shop.post(f"debts/{other}/write-off/", {"reason": "eski"}, 200)
    shop.delete(f"debts/{other}/write-off/", 200)
    shop.delete(f"debts/{other}/")
    third = shop.payment(debtor, "1.00")["id"]
    shop.delete(f"payments/{third}/")
    statement = shop.get(f"user/{debtor}/statement/")
    lines = statement["entries"]
    assert [(line["kind"], line["amount"], line["balance"]) for line in lines] == [
        ("debt", "100.00", "100.00"),
        ("payment", "-120.00", "-20.00"),
        ("refund", "5.00", "-15.00"),
        ("debt", "50.00", "35.00"),
        ("write_off", "-35.00", "0.00"),
        ("undo_write_off", "35.00", "35.00"),
        ("void_debt", "-50.00", "-15.00"),
        ("payment", "-1.00", "-16.00"),
        ("void_payment", "1.00", "-15.00"),
    ]
    assert [line["seq"] for line in lines] == list(range(1, 10))
    assert (lines[0]["debt"], lines[0]["payment"]) == (debt, None)
    assert (lines[1]["debt"], lines[1]["payment"]) == (None, payment)
    assert [line["description"] for line in lines[:3]] == ["un", "naqd", "qaytim"]
    assert (statement["opening"], statement["closing"]) == ("0.00", "-15.00")
    assert statement["user"] == shop.get(f"user/{debtor}/")
    first, last = date.fromisoformat(statement["from"]), date.fromisoformat(statement["to"])
    assert (last - first).days == 29


def test_of_another_currency_is_its_own(shop, debtor, with_dollars):
    shop.debt(debtor, "100.00")
    shop.debt(debtor, "3.00", currency="USD")
    statement = shop.get(f"user/{debtor}/statement/?currency=USD")
    assert (statement["currency"], statement["closing"]) == ("USD", "3.00")
    assert len(statement["entries"]) == 1


def test_of_nothing_is_empty(shop, debtor):
    statement = shop.get(f"user/{debtor}/statement/?from=2020-01-01&to=2020-01-01")
    assert (statement["from"], statement["to"]) == ("2020-01-01", "2020-01-01")
    assert (statement["opening"], statement["closing"]) == ("0.00", "0.00")
    assert statement["entries"] == []


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("to=0001-01-05", "0001-01-01", "0001-01-05"),
        ("to=9999-12-31", "9999-12-02", "9999-12-31"),
        ("from=0001-01-01&to=9999-12-31", "0001-01-01", "9999-12-31"),
    ],
)
def test_reaches_to_the_ends_of_the_calendar(shop, debtor, query, first, last):
    statement = shop.get(f"user/{debtor}/statement/?{query}")
    assert (statement["from"], statement["to"]) == (first, last)


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-01-02&to=2026-01-01",
        "from=x",
        "to=2026-02-30",
        "from=2999-01-01",
        "currency=EUR",
        "from=",
    ],
)
def test_of_a_wrong_period_is_refused(shop, debtor, query):
    assert shop.refusal("get", f"user/{debtor}/statement/?{query}") == (400, "invalid")


# Lines a day, from 1 to 40 January 2025; some days have none.
LINES = [3, 0, 1, 0, 0, 7, 2, 1, 1, 0] * 4
FIRST_DAY = date(2025, 1, 1)


@pytest.fixture
def long_account(shop, debtor, aziza):
    """A journal with lines at the very first and very last instants of local days."""
    debt = shop.debt(debtor)
    account = Account.objects.get(debtor_id=debtor, currency="UZS")
    with unguarded(Entry):
        Entry.objects.all().delete()
    seq = 0
    for place, number in enumerate(LINES):
        start, end = local_days(*[FIRST_DAY + timedelta(days=place)] * 2)
        instants = [start, start + timedelta(hours=7), end - timedelta(microseconds=1)]
        for line in range(number):
            seq += 1
            Entry.objects.create(
                book_id=aziza.pk,
                account=account,
                seq=seq,
                kind="debt",
                amount=Decimal("1.00"),
                balance=Decimal(seq),
                debt_id=debt,
                occurred_at=start,
                created_at=instants[min(line, 2)],
                recorded_by=aziza,
            )
    Account.objects.filter(pk=account.pk).update(seq=seq)
    return debtor


def test_finds_every_period_of_a_long_journal(long_account, aziza):
    days = [FIRST_DAY + timedelta(days=place) for place in range(-2, len(LINES) + 2)]
    for start in days:
        for last in days[days.index(start) : days.index(start) + 12]:
            statement = read_statement(
                book_id=aziza.pk,
                debtor_id=long_account,
                currency="UZS",
                first=start,
                last=last,
            )
            before = sum(LINES[: max((start - FIRST_DAY).days, 0)])
            upto = sum(LINES[: max((last - FIRST_DAY).days + 1, 0)])
            assert (statement.opening, statement.closing) == (before, upto)
            assert len(statement.entries) == upto - before


def test_reads_a_long_journal_by_few_statements(shop, long_account, django_assert_num_queries):
    with django_assert_num_queries(5):  # who asks, the debtor, balances, bounds, lines
        shop.get(f"user/{long_account}/statement/?from=2025-01-03&to=2025-01-20")


def test_days_are_those_of_tashkent(shop, debtor):
    shop.debt(debtor)
    with unguarded(Entry):
        Entry.objects.update(created_at=datetime(2025, 8, 9, 19, 0, tzinfo=UTC))
    for day, lines in (("2025-08-09", 0), ("2025-08-10", 1)):
        statement = shop.get(f"user/{debtor}/statement/?from={day}&to={day}")
        assert len(statement["entries"]) == lines
