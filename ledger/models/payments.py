"""Payments, and their allocations to debts."""

from decimal import Decimal

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.books import Book
from ledger.models.debtors import Account, Debtor
from ledger.models.debts import Debt


class PaymentQuery(models.QuerySet["Payment"]):
    def in_book(self, book_id: int) -> "PaymentQuery":
        return self.filter(book_id=book_id)

    def live(self) -> "PaymentQuery":
        """Not void."""
        return self.filter(voided_at__isnull=True)


class Payment(models.Model):
    """Money a debtor brought. What its debts did not take is the debtor's credit."""

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="payments", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        Debtor,
        models.PROTECT,
        related_name="payments",
        db_index=False,
        db_constraint=False,
        verbose_name=_("debtor"),
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="payments", db_index=False, db_constraint=False
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    # The sum of the live allocations.
    allocated = models.DecimalField(
        _("allocated"), max_digits=14, decimal_places=2, default=Decimal(0)
    )
    # Credit handed back in cash.
    refunded = models.DecimalField(
        _("refunded"), max_digits=14, decimal_places=2, default=Decimal(0)
    )
    # The present unspent rest.
    credited = models.GeneratedField(
        expression=Case(
            When(voided_at__isnull=True, then=F("amount") - F("allocated") - F("refunded")),
            default=Value(Decimal(0)),
        ),
        output_field=models.DecimalField(_("credited"), max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name=_("credited"),
    )
    has_credit = models.GeneratedField(
        expression=Q(voided_at__isnull=True)  # type: ignore[arg-type]
        & Q(amount__gt=F("allocated") + F("refunded")),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    description = models.CharField(_("description"), max_length=500, blank=True)
    occurred_at = models.DateTimeField(_("occurred"), default=timezone.now)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)

    objects = PaymentQuery.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = (
            # What composite foreign keys point at.
            models.UniqueConstraint(
                fields=("book", "account", "id"), name="payment_belongs_to_one_account"
            ),
            models.CheckConstraint(name="payment_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_allocated_is_not_negative", condition=Q(allocated__gte=0)
            ),
            models.CheckConstraint(
                name="payment_refunded_is_not_negative", condition=Q(refunded__gte=0)
            ),
            models.CheckConstraint(
                name="payment_is_never_overspent",
                condition=Q(amount__gte=F("allocated") + F("refunded")),
            ),
            models.CheckConstraint(
                name="void_payment_is_spent_on_nothing",
                condition=Q(voided_at__isnull=True) | Q(allocated=0, refunded=0),
            ),
        )
        indexes = (
            models.Index(
                fields=("book", "-created_at", "-id"),
                name="payment_newest",
                condition=Q(voided_at__isnull=True),
            ),
            models.Index(
                fields=("debtor", "-created_at", "-id"),
                name="payment_newest_of_debtor",
                condition=Q(voided_at__isnull=True),
            ),
            models.Index(
                fields=("book", "currency", "-created_at", "-id"),
                name="payment_newest_by_currency",
                condition=Q(voided_at__isnull=True),
            ),
            models.Index(
                fields=("account", "occurred_at", "id"),
                name="payment_with_credit_oldest",
                condition=Q(has_credit=True),
            ),
            # Of all books: rows lie about as they came, so a few kilobytes tell where a day lies.
            BrinIndex(
                fields=("created_at",),
                opclasses=("timestamptz_minmax_multi_ops",),
                name="payment_by_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class DebtPayment(models.Model):
    """An allocation: so much of a payment went to a debt. Reversed, never deleted.

    Both ends carry the account in their key, so that money cannot cross a book, a debtor or
    a currency.
    """

    class Origin(models.TextChoices):
        AUTOMATIC = "automatic", _("automatic")
        CHOSEN = "chosen", _("chosen")
        CREDIT = "credit", _("credit")

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debt = models.ForeignKey(
        Debt, models.PROTECT, related_name="allocations", db_index=False, db_constraint=False
    )
    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="allocations", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    origin = models.CharField(_("origin"), max_length=9, choices=Origin.choices)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    reversed_at = models.DateTimeField(_("reversed"), null=True, blank=True)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = (
            models.CheckConstraint(name="allocation_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="allocation_origin_is_known",
                condition=Q(origin__in=("automatic", "chosen", "credit")),
            ),
        )
        indexes = (
            models.Index(
                fields=("debt", "id"),
                name="allocation_live_of_debt",
                condition=Q(reversed_at__isnull=True),
            ),
            models.Index(
                fields=("payment", "id"),
                name="allocation_live_of_payment",
                condition=Q(reversed_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.debt_id}: {self.amount}"
