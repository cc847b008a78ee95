"""Disputes: a debtor says that a debt is not right."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.books import Book
from ledger.models.debtors import Account
from ledger.models.debts import Debt


class Dispute(models.Model):
    """Opened by the debtor, resolved by the shop with a note (or by voiding the debt)."""

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="disputes", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debt = models.ForeignKey(
        Debt, models.PROTECT, related_name="disputes", db_constraint=False, verbose_name=_("debt")
    )
    reason = models.CharField(_("reason"), max_length=1000)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("opened by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = (
            models.UniqueConstraint(
                fields=("debt",),
                condition=Q(resolved_at__isnull=True),
                name="debt_has_one_open_dispute",
            ),
        )

    def __str__(self) -> str:
        return self.reason
