"""Debtors, and their accounts: one a currency, the only lock of the ledger."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCIES
from ledger.models.books import Book

# One letter may unfold into eighteen: what is longer is found by its beginning.
FOLDED_CHARACTERS = 450


class DebtorQuery(models.QuerySet["Debtor"]):
    def in_book(self, book_id: int) -> "DebtorQuery":
        return self.filter(book_id=book_id)

    def listed(self) -> "DebtorQuery":
        """Not archived."""
        return self.filter(archived_at__isnull=True)


class Debtor(models.Model):
    """Somebody who buys on credit, as one book knows them (the API's `user`)."""

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="debtors", db_index=False, verbose_name=_("book")
    )
    full_name = models.CharField(_("full name"), max_length=150)
    # `core.folding.fold_name` of the name: what a search looks into.
    folded_name = models.CharField(max_length=FOLDED_CHARACTERS, editable=False)
    phone_number = models.CharField(_("phone number"), max_length=16, null=True, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = DebtorQuery.as_manager()

    class Meta:
        verbose_name = _("debtor")
        verbose_name_plural = _("debtors")
        constraints = (
            models.UniqueConstraint(
                fields=("book", "phone_number"), name="debtor_phone_number_once_in_a_book"
            ),
            # What composite foreign keys point at.
            models.UniqueConstraint(fields=("book", "id"), name="debtor_belongs_to_one_book"),
            models.CheckConstraint(
                name="debtor_phone_number_is_e164",
                condition=Q(phone_number__isnull=True)
                | Q(phone_number__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
        )
        indexes = (
            models.Index(
                fields=("book", "-created_at", "-id"),
                name="debtor_newest",
                condition=Q(archived_at__isnull=True),
            ),
            # Whose books hold a number: the debtor's own side.
            models.Index(
                fields=("phone_number",),
                name="debtor_by_number",
                condition=Q(archived_at__isnull=True, phone_number__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.full_name


class Account(models.Model):
    """What a debtor owes in one currency. Every debtor has one for each currency, from the start.

    `open_total` is what remains of the live debts, `credit_balance` what is unspent of the live
    payments, `seq` the number of the last journal line. A writer locks the debtor's accounts,
    in a statement of its own, before it reads anything it decides upon.
    """

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="accounts", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        Debtor, models.PROTECT, related_name="accounts", db_index=False, db_constraint=False
    )
    currency = models.CharField(_("currency"), max_length=3)
    open_total = models.DecimalField(
        _("open total"), max_digits=20, decimal_places=2, default=Decimal(0)
    )
    credit_balance = models.DecimalField(
        _("credit balance"), max_digits=20, decimal_places=2, default=Decimal(0)
    )
    seq = models.BigIntegerField(default=0)
    # Journal lines of an account never go back in time, whatever the clocks of servers say.
    last_entry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = (
            models.UniqueConstraint(
                fields=("book", "debtor", "currency"), name="account_once_a_currency"
            ),
            # What composite foreign keys point at.
            models.UniqueConstraint(fields=("book", "id"), name="account_belongs_to_one_book"),
            models.UniqueConstraint(
                fields=("book", "debtor", "currency", "id"),
                name="account_belongs_to_one_debtor",
            ),
            models.CheckConstraint(
                name="account_currency_is_known", condition=Q(currency__in=CURRENCIES)
            ),
            models.CheckConstraint(
                name="account_open_total_is_not_negative", condition=Q(open_total__gte=0)
            ),
            models.CheckConstraint(
                name="account_credit_is_not_negative", condition=Q(credit_balance__gte=0)
            ),
            models.CheckConstraint(
                name="account_has_no_credit_beside_open_debts",
                condition=Q(open_total=0) | Q(credit_balance=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.currency}"
