"""What the metrics say of the database: this process's connections, and how old the copies are."""

from collections.abc import Iterator
from typing import cast

from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.errors import DATABASE_IS_AWAY
from core.sql import rows


class PoolCollector(Collector):
    """This process's pool. A process that has not connected yet tells nothing."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        pool = cast(DatabaseWrapper, connection).pool
        if pool is None:
            return
        said = pool.get_stats()
        size, idle = said.get("pool_size", 0), said.get("pool_available", 0)
        connections = GaugeMetricFamily(
            "daftar_pool_connections", "Connections to the database.", labels=["state"]
        )
        connections.add_metric(["busy"], size - idle)
        connections.add_metric(["idle"], idle)
        yield connections
        yield GaugeMetricFamily(
            "daftar_pool_connections_limit", "As many as there may be.", said.get("pool_max", 0)
        )
        yield GaugeMetricFamily(
            "daftar_pool_waiting", "Requests that wait for one.", said.get("requests_waiting", 0)
        )
        yield CounterMetricFamily(
            "daftar_pool_timeouts", "Requests that waited in vain.", said.get("requests_errors", 0)
        )


class BackupCollector(Collector):
    """Every process tells the same: what the database knows of its own copies."""

    def describe(self) -> list[Metric]:
        return []  # else registering would ask the database

    def collect(self) -> Iterator[Metric]:
        try:
            newest, archive = rows(NEWEST), rows(ARCHIVE)[0]
        except DATABASE_IS_AWAY:
            return
        finished = GaugeMetricFamily(
            "daftar_backup_timestamp_seconds", "When the newest copy was whole.", labels=["kind"]
        )
        size = GaugeMetricFamily("daftar_backup_bytes", "Its size.", labels=["kind"])
        for kind, at, count in newest:
            finished.add_metric([kind], at)
            size.add_metric([kind], count)
        yield finished
        yield size
        is_on, archived_at, failing = archive
        if not is_on:
            return
        yield GaugeMetricFamily(
            "daftar_wal_archived_timestamp_seconds",
            "When the write-ahead log was last sent to its second place; 0: never.",
            archived_at,
        )
        yield GaugeMetricFamily(
            "daftar_wal_archive_failing", "1 while the last try to send it failed.", failing
        )


NEWEST = """
SELECT DISTINCT ON (kind) kind, extract(epoch FROM finished_at)::float, bytes
FROM core_backup ORDER BY kind, finished_at DESC
"""
ARCHIVE = """
SELECT current_setting('archive_mode') <> 'off',
       coalesce(extract(epoch FROM last_archived_time), 0)::float,
       (coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL))::int
FROM pg_stat_archiver
"""
