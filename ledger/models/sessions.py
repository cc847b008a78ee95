"""Sessions: one sign-in on one device."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SessionQuery(models.QuerySet["Session"]):
    def live(self) -> "SessionQuery":
        """Not ended; may still be past its end of life."""
        return self.filter(ended_at__isnull=True)


class Session(models.Model):
    """One sign-in. Tokens are derived from this row and never stored: the pair of
    `generation` was issued at `rotated_at`."""

    class OpenedBy(models.TextChoices):
        OTP = "otp", _("code")
        PASSWORD = "password", _("password")

    class EndReason(models.TextChoices):
        LOGOUT = "logout", _("signed out")
        PASSWORD = "password", _("password changed")
        REPLAY = "replay", _("token replayed")
        ADMIN = "admin", _("ended by staff")
        HANDOVER = "handover", _("number given up")
        DELETED = "deleted", _("account deleted")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", verbose_name=_("person")
    )
    opened_by = models.CharField(_("opened by"), max_length=8, choices=OpenedBy.choices)
    device = models.CharField(_("device"), max_length=200, blank=True)
    ip = models.GenericIPAddressField(_("address"), null=True, blank=True)
    network = models.CharField(max_length=43, blank=True, editable=False)
    created_at = models.DateTimeField(_("opened"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=8, blank=True, choices=EndReason.choices)
    generation = models.PositiveIntegerField(default=1, editable=False)
    # Tokens of a lower generation died with a password change.
    valid_from_generation = models.PositiveIntegerField(default=1, editable=False)
    rotated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SessionQuery.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = (
            models.CheckConstraint(
                name="session_valid_from_is_not_ahead",
                condition=Q(valid_from_generation__lte=F("generation")),
            ),
            models.CheckConstraint(
                name="session_end_has_a_reason",
                condition=Q(ended_at__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
            ),
        )
        indexes = (
            models.Index(fields=("user", "-id"), name="session_of_user_newest"),
            models.Index(fields=("expires_at",), name="session_expiry"),
        )

    def __str__(self) -> str:
        return f"{self.device or '?'} · {self.pk}"

    @property
    def holds(self) -> bool:
        """Neither ended, nor its account deactivated or deleted."""
        return self.ended_at is None and self.user.is_active and self.user.deleted_at is None
