"""Lines of the notification lists, and what each account wants to see there.

No foreign key is checked here: a check would lock the account's row in the middle of somebody
else's write, and accounts are never deleted from their table.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.notices import KINDS

KIND_CHOICES = [(kind, kind) for kind in KINDS]


class NotificationBox(models.Model):
    """An account's list as a whole: who writes in it holds this row first, so that counts and
    events follow one another in one order. Made with the first line."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("person"),
    )
    muted = ArrayField(models.CharField(max_length=12), verbose_name=_("muted kinds"), default=list)
    is_closed = models.BooleanField(_("closed: the account is deleted"), default=False)

    class Meta:
        verbose_name = _("notification list")
        verbose_name_plural = _("notification lists")
        constraints = (
            models.CheckConstraint(
                name="muted_kinds_are_known", condition=Q(muted__contained_by=list(KINDS))
            ),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"


class Notification(models.Model):
    """One line. `text` names its sentence (`core.notices`), which is written on reading with
    `params`; `about` is the account whose name or words stand in them.

    Unread lines of one `kind` and `thread` are one line with a `count`.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=KIND_CHOICES)
    text = models.CharField(_("sentence"), max_length=60)
    params = models.JSONField(_("filled in with"), default=dict)
    data = models.JSONField(_("data"), default=dict)
    thread = models.BigIntegerField(_("thread"), null=True)
    about = models.BigIntegerField(_("about account"), null=True)
    count = models.PositiveIntegerField(_("count"), default=1)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = (
            models.UniqueConstraint(
                name="one_unread_line_of_a_thread",
                fields=("user", "kind", "thread"),
                condition=Q(read_at__isnull=True, thread__isnull=False),
            ),
            models.CheckConstraint(
                name="notification_kind_is_known", condition=Q(kind__in=list(KINDS))
            ),
            models.CheckConstraint(name="notification_counts_something", condition=Q(count__gt=0)),
        )
        indexes = (
            models.Index(name="notification_newest", fields=["user", "-updated_at", "-id"]),
            models.Index(
                name="notification_unread_newest",
                fields=["user", "-updated_at", "-id"],
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                name="notification_read_oldest",
                fields=["read_at"],
                condition=Q(read_at__isnull=False),
            ),
            models.Index(
                name="notification_about",
                fields=["about", "user"],
                condition=Q(about__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
