"""Money, and whether it adds up, on the admin's first page."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.bar_charts import BarChart, draw_bars
from core.dashboard import Figure, Panel, register_panel
from core.money import CURRENCIES, spoken_money
from core.tallies import Taken, read_tally, register_tally
from ledger.queries.all_books import DAYS, take_collections, take_outstanding
from ledger.queries.verify import last_check

OUTSTANDING, COLLECTIONS = "ledger.outstanding", "ledger.collections"


def read_outstanding(now: datetime) -> list[Figure]:
    taken = read_tally(OUTSTANDING, now=now)
    if taken is None:
        return [Figure(_("Owed"), "—", _("Not counted yet: the worker does it."))]
    return [_owed(each, taken) for each in taken.data]


def _owed(each: dict[str, Any], taken: Taken) -> Figure:
    currency, open_total = each["currency"], Decimal(each["open_total"])
    credit = spoken_money(Decimal(each["credit_total"]), currency)
    url = reverse("admin:ledger_debt_changelist") + f"?currency={currency}"
    owing = ngettext("%(count)s debtor", "%(count)s debtors", each["debtors_owing"])
    parts = [
        owing % {"count": localize(each["debtors_owing"])},
        _("%(amount)s held as credit") % {"amount": credit},
        _as_of(taken),
    ]
    label = _("Owed, %(currency)s") % {"currency": currency}
    owed = spoken_money(open_total, currency)
    return Figure(label, owed, " · ".join(parts), url, is_bad=taken.is_late)


def read_collections(now: datetime) -> Sequence[BarChart]:
    taken = read_tally(COLLECTIONS, now=now)
    if taken is None:
        return []
    last = date.fromisoformat(taken.data["last"])
    days = [last - timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
    return [
        _chart(currency, collected, days, _as_of(taken))
        for currency in CURRENCIES
        if (collected := taken.data["collected"].get(currency))
    ]


def _chart(currency: str, collected: list[Any], days: list[date], about: str) -> BarChart:
    amounts = [Decimal(amount) for amount, _payments in collected]
    best = _("best day: %(amount)s")
    return BarChart(
        key=currency,
        title=_("Collected in 30 days, %(currency)s") % {"currency": currency},
        total=spoken_money(sum(amounts, Decimal(0)), currency),
        bars=draw_bars(
            amounts,
            labels=[date_format(day, "j M") for day in days],
            values=[
                (spoken_money(Decimal(amount), currency), localize(payments))
                for amount, payments in collected
            ],
        ),
        about=f"{about} · {best % {'amount': spoken_money(max(amounts), currency)}}",
    )


def read_check(now: datetime) -> list[Figure]:
    check, url = last_check(), reverse("admin:ledger_ledgercheck_changelist")
    if check is None:
        return [
            Figure(_("The ledger adds up"), "—", _("Not checked yet: the worker does it."), url)
        ]
    checked = _("Checked %(when)s") % {"when": _moment(check.finished_at)}
    if check.is_clean:
        return [Figure(_("The ledger adds up"), _("yes"), checked, url)]
    return [Figure(_("The ledger adds up"), _("no"), checked, url, is_bad=True)]


def _as_of(taken: Taken) -> str:
    when = {"when": _moment(taken.taken_at)}
    return (_("as of %(when)s: overdue") if taken.is_late else _("as of %(when)s")) % when


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M, H:i")


def register() -> None:
    register_tally(OUTSTANDING, take_outstanding)
    register_tally(COLLECTIONS, take_collections)
    charts = "admin/dashboard/charts.html"
    register_panel(Panel("money", "ledger.view_debt", read_outstanding))
    register_panel(Panel("money", "ledger.view_payment", read_collections, charts))
    register_panel(Panel("service", "ledger.view_ledgercheck", read_check))
