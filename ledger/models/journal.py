"""The journal: every change of what is owed is one line, and no line ever changes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.books import Book
from ledger.models.debtors import Account
from ledger.models.debts import Debt
from ledger.models.payments import Payment


class Entry(models.Model):
    """One line. A positive `amount` raises what is owed; `balance` is what is owed after it,
    negative when the debtor has credit. Triggers refuse UPDATE, DELETE and TRUNCATE."""

    class Kind(models.TextChoices):
        DEBT = "debt", _("debt")
        PAYMENT = "payment", _("payment")
        VOID_DEBT = "void_debt", _("void debt")
        VOID_PAYMENT = "void_payment", _("void payment")
        WRITE_OFF = "write_off", _("write-off")
        UNDO_WRITE_OFF = "undo_write_off", _("write-off taken back")
        REFUND = "refund", _("refund")

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    seq = models.BigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    balance = models.DecimalField(_("balance"), max_digits=20, decimal_places=2)
    debt = models.ForeignKey(
        Debt,
        models.PROTECT,
        related_name="entries",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    payment = models.ForeignKey(
        Payment,
        models.PROTECT,
        related_name="entries",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    description = models.CharField(_("description"), max_length=500, blank=True)
    occurred_at = models.DateTimeField(_("occurred"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("journal line")
        verbose_name_plural = _("journal")
        constraints = (
            models.UniqueConstraint(fields=("account", "seq"), name="entry_number_once"),
            models.CheckConstraint(name="entry_number_is_positive", condition=Q(seq__gte=1)),
            models.CheckConstraint(
                name="entry_sign_fits_its_kind",
                condition=Q(
                    kind__in=("debt", "void_payment", "undo_write_off", "refund"), amount__gt=0
                )
                | Q(kind__in=("payment", "write_off"), amount__lt=0)
                | Q(kind="void_debt", amount__lte=0),
            ),
            models.CheckConstraint(
                name="entry_names_what_it_is_about",
                condition=Q(
                    kind__in=("debt", "void_debt", "write_off", "undo_write_off"),
                    debt__isnull=False,
                    payment__isnull=True,
                )
                | Q(kind__in=("payment", "void_payment"), debt__isnull=True, payment__isnull=False)
                | Q(kind="refund", debt__isnull=True, payment__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.seq}. {self.kind} {self.amount}"
