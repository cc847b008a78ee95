"""The ledger's part of the health page and of the metrics: what the last check found."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core.errors import DATABASE_IS_AWAY
from ledger.queries.verify import INVARIANTS, last_check


def check_ledger() -> dict[str, Any]:
    """For `/readyz`. Drift is shown and makes nothing unready: reading it is what people need."""
    check = last_check()
    if check is None:
        return {"ok": True, "checked_at": None}
    return {
        "ok": check.is_clean,
        "checked_at": check.finished_at.isoformat(),
        "drift": check.drift,
    }


class LedgerCheckCollector(Collector):
    """Reads the last check at each scrape, so that every process tells the same."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # else registering would ask the database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            check = last_check()
        except DATABASE_IS_AWAY:
            return  # the other metrics are wanted most just then
        if check is None:
            return
        drift = GaugeMetricFamily(
            "daftar_ledger_drift_rows",
            "Rows that break an invariant of the ledger, at its last check.",
            labels=["invariant"],
        )
        for invariant in INVARIANTS:
            drift.add_metric([invariant], check.drift.get(invariant, 0))
        yield drift
        yield GaugeMetricFamily(
            "daftar_ledger_check_timestamp_seconds",
            "When the ledger was last checked.",
            value=check.finished_at.timestamp(),
        )
