"""Tables that serve every app: limits, stored answers, tallies, which backups were made."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class RateLimit(models.Model):
    """The instants at which `key` was used, at most as many as its limit."""

    key = models.CharField(max_length=200, primary_key=True)
    hits = ArrayField(models.DateTimeField())
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class StoredAnswer(models.Model):
    """The first answer to an Idempotency-Key, kept for its repeats (`core.idempotency`).

    `status` is null only inside the transaction that is still deciding the answer.
    """

    account_id = models.BigIntegerField()
    book_id = models.BigIntegerField()
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account_id", "book_id", "path", "key"],
                name="one_answer_per_idempotency_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.status}"


class Backup(models.Model):
    """A copy that is whole; `scripts/backup` and `scripts/base-backup` write the row last."""

    kind = models.CharField(max_length=10)  # "dump" or "base"
    finished_at = models.DateTimeField(db_default=Now(), db_index=True)
    bytes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.finished_at:%Y-%m-%d %H:%M}"


class Tally(models.Model):
    """What the worker counted last over whole tables, and how long it took (`core.tallies`)."""

    name = models.CharField(max_length=50, primary_key=True)
    data = models.JSONField()
    seconds = models.FloatField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
