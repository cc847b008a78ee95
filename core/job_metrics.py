"""What the metrics say of background jobs, asked of the queue at each scrape."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core import jobs
from core.errors import DATABASE_IS_AWAY


class QueueCollector(Collector):
    """Every process tells the same figures; with the database away it tells none."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # else registering would ask the database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            depth, age, failed = (
                jobs.queue_depth(),
                jobs.oldest_waiting_job_age(),
                jobs.failed_jobs(),
            )
        except DATABASE_IS_AWAY:
            return
        yield GaugeMetricFamily("daftar_jobs_due", "Jobs that no worker has taken yet.", depth)
        yield GaugeMetricFamily(
            "daftar_jobs_oldest_due_seconds", "How long the longest waiting job has been due.", age
        )
        given_up = GaugeMetricFamily(
            "daftar_jobs_failed", "Jobs given up in the last two weeks.", labels=["task"]
        )
        for task, count in failed.items():
            given_up.add_metric([task], count)
        yield given_up
