"""Which migrations hold up a running service, or break the release that still serves beside them.

Rules of PostgreSQL's manual (ALTER TABLE, CREATE INDEX, Explicit Locking): what rewrites or scans
a whole table under a lock that stops writers has a way that does not.
"""

import re
from collections.abc import Iterator

from django.contrib.postgres import operations as postgres
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops

DANGEROUS_SQL = {
    r"create\s+(unique\s+)?index\s+(?!concurrently)": "CREATE INDEX CONCURRENTLY",
    r"add\s+constraint(?!.*(not\s+valid|using\s+index))": "NOT VALID, then VALIDATE",
    r"alter\s+column\s+\S+\s+(set\s+data\s+)?type\b": "a new column, filled in batches",
    r"set\s+not\s+null": "a CHECK (… IS NOT NULL) NOT VALID, validated first",
    r"\block\s+table\b": "no lock of a whole table",
    r"\b(rename|drop)\s+(column|table)\b|\brename\s+to\b": "a release first that reads it no more",
    r"\b(vacuum\s+full|cluster|truncate)\b": "nothing that rewrites a table",
    r"\breindex\s+(?!.*concurrently)": "REINDEX CONCURRENTLY",
}


def complaints(migration: Migration) -> list[str]:
    """What is wrong with it, a sentence each. Tables it makes itself are empty: all goes there."""
    made: set[str] = set()
    found: list[str] = []
    for operation in migration.operations:
        if isinstance(operation, ops.CreateModel):
            made.add(operation.name_lower)
        elif str(getattr(operation, "model_name", "")).lower() not in made:
            found += _complaints(operation)
    concurrent = (isinstance(o, postgres.AddIndexConcurrently) for o in migration.operations)
    if migration.atomic and any(concurrent):
        found.append("an index is made concurrently only with atomic = False")
    return found


def _complaints(operation: ops.base.Operation) -> Iterator[str]:
    name = type(operation).__name__
    match operation:
        case (
            postgres.AddIndexConcurrently()
            | postgres.RemoveIndexConcurrently()
            | postgres.AddConstraintNotValid()
        ):
            return
        case ops.AddIndex() | ops.RemoveIndex():
            yield f"{name}: {name}Concurrently lets writers go on"
        case ops.AddConstraint(constraint=models.CheckConstraint()):
            yield f"{name}: AddConstraintNotValid, then ValidateConstraint in the next migration"
        case ops.AddConstraint():
            yield f"{name}: a unique index made concurrently, then ADD CONSTRAINT … USING INDEX"
        case ops.AddField():
            yield from _of_new_column(operation.field)
        case ops.AlterField():
            yield f"{name}: may rewrite the table; say in SQL what changes"
        case ops.RemoveField() | ops.RenameField() | ops.RenameModel() | ops.DeleteModel():
            yield f"{name}: the release before still reads it; take it away one release later"
        case ops.AlterUniqueTogether() | ops.AlterIndexTogether() | ops.AlterModelTable():
            yield f"{name}: takes a lock that stops writers"
        case ops.RunSQL():
            yield from _of_sql(str(operation.sql))
        case ops.SeparateDatabaseAndState():
            for inner in operation.database_operations:
                yield from _complaints(inner)
        case ops.RunPython() if not getattr(operation.code, "in_batches", False):
            yield f"{name}: fill columns in batches (and set in_batches = True on the function)"


def _of_new_column(field: models.Field) -> Iterator[str]:
    if not field.null and not field.has_db_default() and not field.many_to_many:
        yield "AddField: the release before inserts without it; null=True or db_default"
    if field.db_index or field.unique or field.remote_field:
        yield "AddField: its index and its key lock the table; a column first, then the rest"


def _of_sql(sql: str) -> Iterator[str]:
    for statement in re.sub(r"--[^\n]*", "", sql).lower().split(";"):
        for pattern, instead in DANGEROUS_SQL.items():
            if re.search(pattern, statement, re.DOTALL):
                yield f"RunSQL: {instead}"
