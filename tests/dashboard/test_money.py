"""Money of all books on the admin's first page, and how the worker counts it."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core import tallies
from core.models import Tally
from core.tallies import read_tally, take_due_tallies
from ledger.actions.books import find_membership
from ledger.actions.payments import record_payment
from ledger.queries.all_books import take_collections, take_outstanding
from tests.dashboard.reading import figures, page_of
from tests.ledger.book.shop import Shop

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


class TestMoney:
    def test_says_that_nothing_was_counted_yet(self, browser):
        page = page_of(browser)
        assert figures(page)["Owed"] == "—"
        assert "Not counted yet" in page
        assert "<svg" not in page.split('id="panels"')[1].split('id="content-main"')[0]

    def test_is_what_all_books_are_owed(self, browser, shop, charos, api):
        other = Shop(api(charos))
        shop.debt(shop.debtor("Bobur"), "150000.00")
        other.debt(other.debtor("Eldor"), "50000.50")
        payer = shop.debtor("Gulnora")
        shop.payment(payer, "1000.00")
        take_due_tallies()
        page = page_of(browser)
        assert figures(page)["Owed, UZS"] == "200\xa0000.50\xa0so‘m"
        assert "2 debtors · 1\xa0000\xa0so‘m held as credit · as of" in page
        assert "Owed, USD" not in page

    def test_keeps_currencies_apart(self, shop):
        [book] = shop.get("books/")
        shop.patch(f"books/{book['id']}/", {"currencies": ["UZS", "USD"]})
        shop.debt(shop.debtor("Bobur"), "12.50", currency="USD")
        assert take_outstanding(NOW) == [
            {"currency": "UZS", "open_total": "0.00", "credit_total": "0.00", "debtors_owing": 0},
            {"currency": "USD", "open_total": "12.50", "credit_total": "0.00", "debtors_owing": 1},
        ]

    def test_collections_are_of_thirty_local_days(self, shop, aziza):
        user, book = shop.debtor("Bobur"), find_membership(account_id=aziza.pk)
        moments = [
            datetime(2026, 10, 23, 18, 59, 59, tzinfo=UTC),  # too long ago
            datetime(2026, 10, 23, 19, tzinfo=UTC),  # the first instant of the 24th of October
            datetime(2026, 11, 21, 19, tzinfo=UTC),  # the first of today, and its last
            datetime(2026, 11, 22, 18, 59, 59, tzinfo=UTC),
            datetime(2026, 11, 22, 19, tzinfo=UTC),  # tomorrow
        ]
        for amount, moment in enumerate([*moments, NOW], start=1):
            paid = record_payment(
                membership=book, debtor_id=user, amount=Decimal(amount), now=moment
            )
        shop.delete(f"payments/{paid.payment.id}/")
        days = take_collections(NOW)["collected"]["UZS"]
        assert len(days) == 30
        assert (days[0], days[29]) == (["2.00", 1], ["7.00", 2])
        assert all(day == ["0.00", 0] for day in days[1:29])

    def test_the_chart_has_its_numbers_as_a_table(self, browser, shop):
        payment = shop.payment(shop.debtor("Bobur"), "2500.00")
        assert payment["id"]
        take_due_tallies()
        page = page_of(browser)
        [svg] = re.findall(r"<svg role=\"img\".*?</svg>", page, re.DOTALL)
        assert svg.count("<rect") == 30
        assert svg.count('height="100.00"') == 1
        [table] = re.findall(r"<details>.*?</details>", page, re.DOTALL)
        assert table.count('<th scope="row">') == 30
        assert "<td>2\xa0500\xa0so‘m</td><td>1</td>" in table

    def test_says_when_the_worker_counts_no_more(self, browser):
        take_due_tallies()
        assert "overdue" not in page_of(browser)
        Tally.objects.update(taken_at=timezone.now() - timedelta(hours=1))
        page = page_of(browser)
        assert "overdue" in page
        assert 'class="figure bad"' in page


class TestTallies:
    def test_are_taken_at_most_every_five_minutes(self, shop):
        take_due_tallies()
        first = read_tally("ledger.outstanding", now=timezone.now())
        shop.debt(shop.debtor("Bobur"), "10.00")
        take_due_tallies()
        assert read_tally("ledger.outstanding", now=timezone.now()) == first
        Tally.objects.update(taken_at=timezone.now() - timedelta(minutes=5))
        take_due_tallies()
        assert read_tally("ledger.outstanding", now=timezone.now()).data != first.data

    def test_that_take_long_are_taken_seldom(self):
        ago = timezone.now() - timedelta(minutes=10)
        take_due_tallies()
        Tally.objects.update(taken_at=ago, seconds=10)
        take_due_tallies()
        assert set(Tally.objects.values_list("taken_at", flat=True)) == {ago}

    def test_that_fail_leave_the_last_one_and_those_before_them(self, monkeypatch):
        take_due_tallies()
        Tally.objects.update(taken_at=NOW - timedelta(days=900))

        def crash(now):
            raise ArithmeticError

        monkeypatch.setitem(tallies._takers, "ledger.collections", crash)
        with pytest.raises(ArithmeticError):
            take_due_tallies()
        late = {tally.name: tally.taken_at.year for tally in Tally.objects.all()}
        assert late["ledger.collections"] == 2024
        assert late["ledger.outstanding"] == timezone.now().year
