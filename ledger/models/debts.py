"""Debts. What remains and the status derive from the numbers, in the database."""

from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.books import Book
from ledger.models.debtors import Account, Debtor


class DebtQuery(models.QuerySet["Debt"]):
    def in_book(self, book_id: int) -> "DebtQuery":
        return self.filter(book_id=book_id)

    def live(self) -> "DebtQuery":
        """Not void."""
        return self.filter(voided_at__isnull=True)

    def open(self) -> "DebtQuery":
        """Live, and something remains."""
        return self.filter(status__in=Debt.OPEN)


class Debt(models.Model):
    """Goods or money given on credit. Its numbers change by the actions only."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        PARTIALLY_PAID = "partially_paid", _("partially paid")
        PAID = "paid", _("paid")
        VOID = "void", _("void")

    OPEN = (Status.PENDING, Status.PARTIALLY_PAID)

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="debts", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        Debtor,
        models.PROTECT,
        related_name="debts",
        db_index=False,
        db_constraint=False,
        verbose_name=_("debtor"),
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="debts", db_index=False, db_constraint=False
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    # The sum of the live allocations.
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2, default=Decimal(0))
    written_off = models.DecimalField(
        _("written off"), max_digits=14, decimal_places=2, default=Decimal(0)
    )
    remaining = models.GeneratedField(
        expression=Case(
            When(voided_at__isnull=True, then=F("amount") - F("paid") - F("written_off")),
            default=Value(Decimal(0)),
        ),
        output_field=models.DecimalField(_("remaining"), max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name=_("remaining"),
    )
    status = models.GeneratedField(
        expression=Case(
            When(voided_at__isnull=False, then=Value("void")),
            When(amount=F("paid") + F("written_off"), then=Value("paid")),
            When(paid=0, then=Value("pending")),
            default=Value("partially_paid"),
        ),
        output_field=models.CharField(_("status"), max_length=14, choices=Status.choices),
        db_persist=True,
        verbose_name=_("status"),
    )
    description = models.CharField(_("description"), max_length=500, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    # Orders the oldest-first rule; ties go by id.
    occurred_at = models.DateTimeField(_("occurred"), default=timezone.now)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)

    objects = DebtQuery.as_manager()

    class Meta:
        verbose_name = _("debt")
        verbose_name_plural = _("debts")
        constraints = (
            # What composite foreign keys point at.
            models.UniqueConstraint(
                fields=("book", "account", "id"), name="debt_belongs_to_one_account"
            ),
            models.CheckConstraint(name="debt_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="debt_paid_is_not_negative", condition=Q(paid__gte=0)),
            models.CheckConstraint(
                name="debt_written_off_is_not_negative", condition=Q(written_off__gte=0)
            ),
            models.CheckConstraint(
                name="debt_is_never_overpaid",
                condition=Q(amount__gte=F("paid") + F("written_off")),
            ),
            models.CheckConstraint(
                name="void_debt_holds_no_payments",
                condition=Q(voided_at__isnull=True) | Q(paid=0),
            ),
        )
        # Predicates name the status or the void mark, never a number: a payment that changes
        # only numbers then rewrites no index (a heap-only update).
        indexes = (
            models.Index(
                fields=("book", "-created_at", "-id"),
                name="debt_newest",
                condition=Q(voided_at__isnull=True),
            ),
            models.Index(
                fields=("debtor", "-created_at", "-id"),
                name="debt_newest_of_debtor",
                condition=Q(voided_at__isnull=True),
            ),
            models.Index(
                fields=("book", "status", "-created_at", "-id"), name="debt_newest_by_status"
            ),
            models.Index(
                fields=("book", "currency", "-created_at", "-id"),
                name="debt_newest_by_currency",
                condition=Q(voided_at__isnull=True),
            ),
            models.Index(
                fields=("book", "due_date"),
                name="debt_open_by_due_date",
                condition=Q(status__in=("pending", "partially_paid")),
            ),
            # The oldest-first rule reads this one in order, and stops early.
            models.Index(
                fields=("account", "occurred_at", "id"),
                name="debt_open_oldest",
                condition=Q(status__in=("pending", "partially_paid")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
