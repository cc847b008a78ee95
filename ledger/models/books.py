"""Books: one per account, and the people who keep it with the owner."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCIES, DEFAULT_CURRENCY


class Role(models.TextChoices):
    """What an account may do in a book. The owner's role is stored nowhere: the book is theirs."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    CASHIER = "cashier", _("cashier")


def first_currencies() -> list[str]:
    return [DEFAULT_CURRENCY]


class Book(models.Model):
    """The ledger of one account; its id is its owner's account id."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        db_column="id",
        related_name="book",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    currencies = ArrayField(
        models.CharField(max_length=3), verbose_name=_("currencies"), default=first_currencies
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        constraints = (
            models.CheckConstraint(
                name="book_currencies_are_known",
                condition=Q(currencies__contained_by=list(CURRENCIES)),
            ),
            models.CheckConstraint(
                name="book_always_keeps_the_default_currency",
                condition=Q(currencies__contains=[DEFAULT_CURRENCY]),
            ),
        )

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class BookMember(models.Model):
    """An account that keeps another's book."""

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="members", db_index=False, verbose_name=_("book")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    role = models.CharField(
        _("role"), max_length=8, choices=[c for c in Role.choices if c[0] != Role.OWNER]
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (
            models.UniqueConstraint(fields=("book", "user"), name="member_once_in_a_book"),
            models.CheckConstraint(name="owner_is_no_member", condition=~Q(user=F("book"))),
            models.CheckConstraint(
                name="member_role_is_known", condition=Q(role__in=(Role.MANAGER, Role.CASHIER))
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.book_id}: {self.role}"
