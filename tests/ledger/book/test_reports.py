from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.times import day_start, local_date
from ledger.models import Debt, Payment
from tests.ledger.book.unguarded import unguarded

pytestmark = pytest.mark.django_db


def in_days(days):
    return (local_date(timezone.now()) + timedelta(days=days)).isoformat()


class TestSummary:
    def test_of_an_empty_book_is_zero(self, outsider):
        assert outsider.get("reports/summary/") == [
            {
                "currency": "UZS",
                "open_total": "0.00",
                "credit_total": "0.00",
                "overdue_total": "0.00",
                "debtors_owing": 0,
                "lent_today": "0.00",
                "collected_today": "0.00",
            }
        ]

    def test_adds_up_each_currency(self, shop, outsider, with_dollars):
        bobur, eldor, feruza = (shop.debtor(name) for name in ("Bobur", "Eldor", "Feruza"))
        shop.debt(bobur, "100.00", due_date=in_days(-1))
        shop.debt(bobur, "50.00", due_date=in_days(0))
        shop.debt(bobur, "7.00", currency="USD", due_date=in_days(1))
        shop.debt(eldor, "10.00", due_date=in_days(-1))
        shop.payment(bobur, "30.00")
        shop.payment(eldor, "15.00")
        shop.payment(feruza, "1.00")
        shop.delete(f"debts/{shop.debt(feruza, '900.00')}/")
        shop.delete(f"payments/{shop.payment(feruza, '800.00')['id']}/")
        outsider.debt(outsider.debtor(), "5000.00")
        som, dollars = shop.get("reports/summary/")
        assert som == {
            "currency": "UZS",
            "open_total": "120.00",
            "credit_total": "6.00",
            "overdue_total": "70.00",
            "debtors_owing": 1,
            "lent_today": "160.00",
            "collected_today": "46.00",
        }
        assert (dollars["currency"], dollars["open_total"]) == ("USD", "7.00")
        assert (dollars["overdue_total"], dollars["debtors_owing"]) == ("0.00", 1)

    def test_keeps_a_currency_that_is_off_while_money_is_in_it(self, shop, aziza, with_dollars):
        debtor = shop.debtor()
        debt = shop.debt(debtor, "7.00", currency="USD")
        shop.patch(f"books/{aziza.pk}/", {"currencies": ["UZS"]})
        for report in ("summary", "aging", "daily"):
            assert {row["currency"] for row in shop.get(f"reports/{report}/")} == {"UZS", "USD"}
        shop.delete(f"debts/{debt}/")
        for report in ("summary", "aging", "daily"):
            assert {row["currency"] for row in shop.get(f"reports/{report}/")} == {"UZS"}


class TestAging:
    def test_goes_by_days_past_due(self, shop, debtor):
        for days, amount in [(1, 1), (0, 2), (-1, 4), (-30, 8), (-31, 16), (-60, 32)]:
            shop.debt(debtor, amount, due_date=in_days(days))
        for days, amount in [(-61, 64), (-90, 128), (-91, 256), (-400, 512)]:
            shop.debt(debtor, amount, due_date=in_days(days))
        [row] = shop.get("reports/aging/")
        assert row == {
            "currency": "UZS",
            "current": "3.00",
            "days_1_30": "12.00",
            "days_31_60": "48.00",
            "days_61_90": "192.00",
            "days_over_90": "768.00",
        }

    def test_without_a_due_date_goes_by_when_it_occurred(self, shop, debtor):
        today = day_start(local_date(timezone.now()))
        for before, amount in [
            (timedelta(0), 1),
            (timedelta(microseconds=1), 2),
            (timedelta(days=30), 4),
            (timedelta(days=30, microseconds=1), 8),
        ]:
            shop.debt(debtor, amount, occurred_at=(today - before).isoformat())
        [row] = shop.get("reports/aging/")
        assert (row["current"], row["days_1_30"], row["days_31_60"]) == ("1.00", "6.00", "8.00")

    def test_counts_only_what_remains(self, shop, debtor):
        shop.debt(debtor, "100.00")
        shop.payment(debtor, "99.00")
        assert shop.get("reports/aging/")[0]["current"] == "1.00"


class TestDaily:
    def test_gives_every_day_newest_first(self, shop, debtor):
        shop.debt(debtor, "100.00")
        shop.payment(debtor, "30.00")
        rows = shop.get("reports/daily/")
        assert [row["date"] for row in rows] == [in_days(-days) for days in range(30)]
        assert rows[0] == {
            "date": in_days(0),
            "currency": "UZS",
            "lent": "100.00",
            "collected": "30.00",
        }
        assert {(row["lent"], row["collected"]) for row in rows[1:]} == {("0.00", "0.00")}

    def test_days_are_those_of_tashkent(self, shop, debtor):
        shop.debt(debtor, "100.00")
        shop.payment(debtor, "30.00")
        midnight = datetime(2025, 8, 9, 19, 0, tzinfo=UTC)
        with unguarded(Debt):
            Debt.objects.update(created_at=midnight)
        with unguarded(Payment):
            Payment.objects.update(created_at=midnight - timedelta(microseconds=1))
        rows = shop.get("reports/daily/?from=2025-08-09&to=2025-08-10")
        assert [(row["date"], row["lent"], row["collected"]) for row in rows] == [
            ("2025-08-10", "100.00", "0.00"),
            ("2025-08-09", "0.00", "30.00"),
        ]

    def test_gives_at_most_a_year(self, shop):
        assert len(shop.get("reports/daily/?from=2024-01-01&to=2024-12-31")) == 366
        for end in ("to=0001-01-05", "to=9999-12-31"):
            assert shop.get(f"reports/daily/?{end}")[0]["date"] == end.removeprefix("to=")
        too_long = "reports/daily/?from=2024-01-01&to=2025-01-01"
        assert shop.refusal("get", too_long) == (400, "invalid")

    @pytest.mark.parametrize("query", ["from=2026-01-02&to=2026-01-01", "from=x", "to=1"])
    def test_of_a_wrong_period_is_refused(self, shop, query):
        assert shop.refusal("get", f"reports/daily/?{query}") == (400, "invalid")
