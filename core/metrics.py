"""Prometheus metrics. Other modules add their own with `register`."""

from prometheus_client import REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REQUESTS = Counter("daftar_http_requests_total", "Answers.", ["route", "method", "status"])
LATENCY = Histogram(
    "daftar_http_request_seconds",
    "Seconds from the request's arrival to its answer.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


# What a client may write in a method's place has no end, and each would be a series of its own.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """`route` is the pattern that matched, never the path."""
    method = method if method in METHODS else "other"
    REQUESTS.labels(route, method, str(status)).inc()
    LATENCY.labels(route, method).observe(seconds)


def register(collector: Collector) -> None:
    """Add figures that are asked for at each scrape; call it once, when the app is ready."""
    REGISTRY.register(collector)


def exposition() -> bytes:
    """All metrics of this process in Prometheus' text format."""
    return generate_latest(REGISTRY)
