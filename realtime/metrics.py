"""What the hub of this process counts, for `/metrics`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

if TYPE_CHECKING:
    from realtime.hub import Hub

LAG = Histogram(
    "daftar_live_lag_seconds",
    "From an event's commit to the moment its hint is written to the sockets here.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
UNPUBLISHED = Counter(
    "daftar_live_unpublished",
    "Typing and presence hints dropped: too many were under way to Redis.",
)


class HubCollector:
    """Reads the hub when asked: counting in the hot path would cost more than delivering."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    def collect(self) -> Iterator[Metric]:
        from realtime.publisher import breaker

        yield GaugeMetricFamily(
            "daftar_live_publisher_open",
            "1 while this process leaves Redis alone after a failure.",
            float(breaker.is_open),
        )
        if self.hub is not None:
            yield from _hub_metrics(self.hub)


def _hub_metrics(hub: "Hub") -> Iterator[Metric]:
    sockets = hub.sockets
    yield GaugeMetricFamily("daftar_live_sockets", "Signed-in sockets.", len(sockets))
    yield GaugeMetricFamily("daftar_live_accounts", "Accounts with a socket.", len(hub.accounts))
    yield GaugeMetricFamily(
        "daftar_live_redis_up",
        "1 while hints come by Redis; absent if none is configured.",
        float(hub.layer.is_up) if hub.layer is not None else float("nan"),
    )
    yield CounterMetricFamily("daftar_live_events", "Events written to sockets.", hub.delivered)
    yield CounterMetricFamily(
        "daftar_live_catch_ups", "Readings of what a socket missed.", hub.caught_up
    )
    yield CounterMetricFamily(
        "daftar_live_drops", "Typing, presence and feed frames not written.", hub.dropped
    )
    closed = CounterMetricFamily("daftar_live_closed", "Sockets closed by us.", labels=["code"])
    for code, count in hub.closed.items():
        closed.add_metric([str(code)], count)
    yield closed


collector = HubCollector()


def register() -> None:
    REGISTRY.register(collector)
