"""Reported talks, and who of the moderators read what of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.models.chat import ChatThread


class Report(models.Model):
    """A participant asks a moderator to read the talk up to this moment. Again while it is open:
    the same report, with the new reason and moment."""

    thread = models.ForeignKey(
        ChatThread, models.PROTECT, related_name="reports", verbose_name=_("thread")
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("reported by"),
    )
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    up_to_number = models.PositiveIntegerField(_("up to message"))
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("resolved by"),
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = (
            models.UniqueConstraint(
                fields=("thread", "reporter"),
                condition=Q(resolved_at__isnull=True),
                name="one_open_report_of_a_thread_and_person",
            ),
        )
        indexes = (
            models.Index(
                fields=("id",), name="open_reports", condition=Q(resolved_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReportLook(models.Model):
    """A moderator was shown a reported talk: written before it is shown, never deleted."""

    report = models.ForeignKey(
        Report, models.PROTECT, related_name="looks", verbose_name=_("report")
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("moderator"),
    )
    up_to_number = models.PositiveIntegerField(_("up to message"))
    looked_at = models.DateTimeField(_("looked"), default=timezone.now)

    class Meta:
        verbose_name = _("look at a report")
        verbose_name_plural = _("looks at reports")

    def __str__(self) -> str:
        return f"#{self.pk}"
