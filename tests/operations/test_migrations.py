"""Migrations after the first release hold nobody up: they run while the release before serves."""

import pytest
from django.contrib.postgres import operations as postgres
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from tests.operations.files import ROOT, services
from tests.operations.migration_rules import complaints

OURS = ("core", "ledger", "marketplace", "messaging", "realtime")
# Its tables were empty when these ran. Nothing is added here after 1.0.0.
FIRST_RELEASE = set((ROOT / "tests/operations/first_release.txt").read_text().split())


def known():
    loaded = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {f"{app}.{name}": migration for (app, name), migration in loaded.items() if app in OURS}


def test_every_later_migration_lets_writers_go_on():
    bad = {
        name: found
        for name, migration in known().items()
        if name not in FIRST_RELEASE and (found := complaints(migration))
    }
    assert bad == {}


def test_the_first_release_is_listed():
    assert len(FIRST_RELEASE & known().keys()) > 10


def test_a_migration_gives_up_rather_than_make_everybody_wait():
    # Who waits for a lock on a table lets nobody past, not even readers.
    assert services()["migrate"]["environment"]["PGOPTIONS"] == "-c lock_timeout=2s"


def migration(*operations, atomic=True):
    made = migrations.Migration("name", "ledger")
    made.operations, made.atomic = list(operations), atomic
    return made


INDEX = models.Index(fields=["paid_at"], name="by_time")
CHECK = models.CheckConstraint(condition=models.Q(amount__gt=0), name="positive")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddIndex("payment", INDEX),
        migrations.RemoveIndex("payment", "by_time"),
        migrations.AddConstraint("payment", CHECK),
        migrations.AddConstraint("payment", models.UniqueConstraint(fields=["a"], name="one")),
        migrations.AddField("payment", "note", models.TextField()),
        migrations.AddField("payment", "note", models.TextField(null=True, db_index=True)),
        migrations.AddField(
            "payment", "by", models.ForeignKey("ledger.User", models.CASCADE, null=True)
        ),
        migrations.AlterField("payment", "amount", models.IntegerField()),
        migrations.RemoveField("payment", "note"),
        migrations.RenameField("payment", "note", "remark"),
        migrations.RenameModel("Payment", "Receipt"),
        migrations.DeleteModel("Payment"),
        migrations.RunPython(lambda apps, editor: None),
        migrations.RunSQL("CREATE INDEX by_time ON ledger_payment (paid_at)"),
        migrations.RunSQL("CREATE UNIQUE INDEX one ON ledger_payment (a)"),
        migrations.RunSQL("ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0)"),
        migrations.RunSQL("ALTER TABLE t ALTER COLUMN a TYPE bigint"),
        migrations.RunSQL("ALTER TABLE t ALTER COLUMN a SET NOT NULL"),
        migrations.RunSQL("ALTER TABLE t RENAME COLUMN a TO b"),
        migrations.RunSQL("SELECT 1; lock  table t"),
        migrations.SeparateDatabaseAndState([migrations.AddIndex("payment", INDEX)]),
    ],
    ids=lambda operation: operation.describe()[:40],
)
def test_what_stops_writers_or_the_release_before_is_refused(operation):
    assert complaints(migration(operation))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("payment", "note", models.TextField(null=True)),
        migrations.AddField("payment", "at", models.DateTimeField(db_default=Now())),
        postgres.AddConstraintNotValid("payment", CHECK),
        postgres.ValidateConstraint("payment", "positive"),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY by_time ON ledger_payment (paid_at)"),
        migrations.RunSQL("ALTER TABLE t ADD CONSTRAINT one UNIQUE USING INDEX one"),
        migrations.RunSQL("ALTER TABLE t ADD CONSTRAINT p CHECK (a > 0) NOT VALID"),
        migrations.CreateModel("Receipt", [("id", models.BigAutoField(primary_key=True))]),
    ],
    ids=lambda operation: operation.describe()[:40],
)
def test_what_lets_them_go_on_is_not(operation):
    assert complaints(migration(operation)) == []


def test_an_index_made_concurrently_needs_no_transaction():
    index = postgres.AddIndexConcurrently("payment", INDEX)
    assert complaints(migration(index)) != []
    assert complaints(migration(index, atomic=False)) == []


def test_a_new_table_takes_anything():
    table = migrations.CreateModel("Receipt", [("id", models.BigAutoField(primary_key=True))])
    assert complaints(migration(table, migrations.AddIndex("receipt", INDEX))) == []
