"""The streams that devices resume from, and which sockets are open in which process.

No foreign key is checked here: a check would lock the account's row while streams are held, and
accounts are never deleted from their table.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Stream(models.Model):
    """What one account may resume from: events `floor + 1` to `head` are kept.

    Whoever raises `head` holds the row until commit, so event n + 1 cannot exist before n is
    committed or rolled back. A restored database gets new epochs.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="+",
    )
    epoch = models.CharField(max_length=64)
    head = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        constraints = (
            models.CheckConstraint(
                name="stream_floor_is_not_above_head",
                condition=Q(floor__gte=0, floor__lte=F("head")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.floor}–{self.head}"


class Event(models.Model):
    """One line of a stream. `created_at` is read from the clock under the stream's lock."""

    pk = models.CompositePrimaryKey("user_id", "seq")
    user_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    data = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.user_id}/{self.seq} {self.kind}"


class LiveProcess(models.Model):
    """A process that holds sockets and said so at `seen_at`. Unlogged: a crash empties it."""

    id = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class LiveSocket(models.Model):
    """An open, signed-in socket. Unlogged. `is_replaced`: too many; its process closes it.

    `id` rises with the time of opening and is made by the process, not by a sequence: after a
    crash of the database the same socket is entered again as the same row.
    """

    id = models.BigIntegerField(primary_key=True)
    user_id = models.BigIntegerField(db_index=True)
    process_id = models.UUIDField()
    is_replaced = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(
                name="replaced_sockets", fields=("process_id",), condition=Q(is_replaced=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.process_id}"


class Presence(models.Model):
    """What the people around an account were last told: is it online? Unlogged."""

    user_id = models.BigIntegerField(primary_key=True)
    is_online = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.is_online}"
