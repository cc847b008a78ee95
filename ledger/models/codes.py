"""One-time codes, tickets, and the counters that bound them."""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.people import Language
from ledger.models.sessions import Session

CODE_DIGITS = 6
CODE_TRIES = 5


def new_nonce() -> bytes:
    return secrets.token_bytes(16)


class OneTimeCodeQuery(models.QuerySet["OneTimeCode"]):
    def open(self) -> "OneTimeCodeQuery":
        """Neither used nor replaced; may have expired or run out of tries."""
        return self.filter(used_at__isnull=True, replaced_at__isnull=True)

    def enterable(self, *, now: datetime) -> "OneTimeCodeQuery":
        return self.open().filter(expires_at__gt=now, tries__lt=CODE_TRIES)


class OneTimeCode(models.Model):
    """A code sent to a number. The row holds a nonce only; the digits come from
    it and a key that is not in the database, so a leaked table opens nothing."""

    phone_number = models.CharField(_("phone number"), max_length=16)
    nonce = models.BinaryField(default=new_nonce, max_length=16)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.UZ)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    gateway = models.CharField(_("gateway"), max_length=20, blank=True)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    objects = OneTimeCodeQuery.as_manager()

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = (
            models.UniqueConstraint(
                fields=("phone_number",),
                condition=Q(used_at__isnull=True, replaced_at__isnull=True),
                name="one_open_code_per_number",
            ),
            models.CheckConstraint(
                name="code_has_at_most_five_tries", condition=Q(tries__lte=CODE_TRIES)
            ),
        )
        indexes = (models.Index(fields=("expires_at",), name="code_expiry"),)

    def __str__(self) -> str:
        return f"#{self.pk}"

    def reveal(self) -> str:
        """The six digits: for the message's sender and for comparison only.
        Never log or answer them."""
        key = settings.OTP_KEY.encode()
        digest = hmac.digest(key, b"one-time-code:" + bytes(self.nonce), hashlib.sha256)
        # 256 bits over 10**6: the bias is below 2**-236.
        return f"{int.from_bytes(digest, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def matches(self, code: str) -> bool:
        """Constant-time comparison."""
        return hmac.compare_digest(self.reveal().encode(), code.encode())


class Ticket(models.Model):
    """Proof that a code was just entered: sets a password, or deletes the
    account, once. Only a hash of the ticket is kept."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="tickets")
    secret_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="ticket_expiry"),)

    def __str__(self) -> str:
        return f"#{self.pk}"


class NumberLimit(models.Model):
    """What a number asked for in the last day: times of its codes and of wrong
    entries. Locks codes only, never a password."""

    phone_number = models.CharField(max_length=16, primary_key=True)
    codes = ArrayField(models.DateTimeField(), default=list)
    misses = ArrayField(models.DateTimeField(), default=list)
    entered_at = models.DateTimeField(null=True, blank=True)
    stopped_until = models.DateTimeField(_("stopped until"), null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("limit of a number")
        verbose_name_plural = _("limits of numbers")

    def __str__(self) -> str:
        return f"…{self.phone_number[-2:]}"


class CodeCounter(models.Model):
    """Codes sent and entered: of a day in all, or of a 7-digit prefix."""

    key = models.CharField(max_length=32, primary_key=True)
    sent = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="counter_is_not_negative", condition=Q(sent__gte=0, entered__gte=0)
            ),
        )

    def __str__(self) -> str:
        return self.key
