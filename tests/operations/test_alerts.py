"""The alert rules say something of metrics that exist."""

import asyncio
import re

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from core.metrics import count_request, exposition
from core.models import Backup
from realtime.hub import Hub
from realtime.metrics import LAG, _hub_metrics
from tests.operations.files import ROOT

RULES = [
    rule
    for group in yaml.safe_load((ROOT / "monitoring/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
OF_PROMETHEUS = {"up": {"job", "instance"}}
ELSEWHERE = re.findall(
    r'"(daftar_ledger_\w+|daftar_jobs_failed|daftar_wal_\w+)"',
    "".join(
        (ROOT / path).read_text()
        for path in ("core/database_metrics.py", "core/job_metrics.py", "ledger/health.py")
    ),
)


def selectors(expression):
    """Every metric that an expression names, with the labels it wants of it."""
    found = []

    def note(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append((node.name, {matcher.name for matcher in node.matchers.matchers}))

    promql_parser.walk(promql_parser.parse(expression), pre_visit=note)
    return found


async def of_a_hub():
    return list(_hub_metrics(Hub()))


@pytest.fixture
def told(db):
    """Each sample's name with its labels, of a process that has done a little of everything."""
    count_request(route="x", method="GET", status=200, seconds=0.1)
    LAG.observe(0.1)
    Backup.objects.create(kind="dump", bytes=1)
    named = {}
    families = [*text_string_to_metric_families(exposition().decode()), *asyncio.run(of_a_hub())]
    for family in families:
        named.setdefault(family.name, set())
        for sample in family.samples:
            named.setdefault(sample.name, set()).update(sample.labels)
    return named


def test_every_rule_is_one_of_metrics_that_there_are(told):
    # Told only after a check of the ledger, a failed job, with an archive.
    known = told | OF_PROMETHEUS | {name: {"invariant", "task"} for name in ELSEWHERE}
    assert len(RULES) > 10
    for rule in RULES:
        named = selectors(rule["expr"])
        assert named, rule["alert"]
        for name, labels in named:
            assert name in known, (rule["alert"], name)
            assert labels <= known[name] | {"job", "instance"}, (rule["alert"], name)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_it_says_what_to_do(rule):
    headings = re.findall(r"^##+ (.+)$", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}
    assert rule["annotations"]["runbook"] in anchors
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"].endswith(".")


def test_a_rule_of_something_else_would_be_found(told):
    assert selectors("rate(daftar_nothing_total[5m]) > 0") == [("daftar_nothing_total", set())]
    assert "daftar_nothing_total" not in told


class TestMetrics:
    def test_a_method_that_a_client_makes_up_is_no_series_of_its_own(self, db):
        count_request(route="x", method="BREW", status=405, seconds=0.1)
        assert b'method="BREW"' not in exposition()
        assert b'method="other"' in exposition()

    def test_a_route_stands_for_all_its_paths(self, anyone, db):
        for number in (4711, 4712):
            anyone.get(f"/api/v1/users/{number}/")
        assert b"users/4711" not in exposition()

    def test_tells_of_the_pool_and_the_copies(self, told):
        assert told["daftar_pool_connections"] == {"state"}
        assert told["daftar_backup_timestamp_seconds"] == {"kind"}

    def test_answers_a_collector_that_asks_by_address(self, anyone, db, settings):
        settings.ALLOWED_HOSTS = ["api.example.uz"]
        for path in ("/healthz", "/readyz/", "/metrics"):
            assert anyone.get(path, headers={"Host": "172.30.77.5:8000"}).status_code == 200, path
        assert anyone.get("/api/auth/me/", headers={"Host": "172.30.77.5:8000"}).status_code == 400
