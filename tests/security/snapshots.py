"""All rows of the product, to be compared before and after what must change nothing."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model

OURS = ("core", "ledger", "marketplace", "messaging", "realtime")
# Seen or counted, whoever calls: no data of anybody's.
CLOCKS = {
    "core.RateLimit": None,
    "ledger.Session": {"last_seen_at", "ip", "network", "device"},
}

Row = dict[str, Any]
Snapshot = dict[str, dict[Any, Row]]


def models(of: Iterable[str] = OURS) -> Iterable[type[Model]]:
    for app in of:
        yield from apps.get_app_config(app).get_models()


def snapshot(of: Iterable[str] = OURS) -> Snapshot:
    """Each table's rows by id, without what only says that somebody called."""
    return {
        model._meta.label: {
            tuple(row[field.attname] for field in model._meta.pk_fields): _without(row, ignored)
            for row in model._default_manager.values()
        }
        for model in models(of)
        if (ignored := CLOCKS.get(model._meta.label, set())) is not None
    }


def _without(row: Row, names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}
