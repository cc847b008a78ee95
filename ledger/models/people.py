"""Accounts: a person is their phone number."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.phones import normalize_phone


class Language(models.TextChoices):
    UZ = "uz", "O‘zbekcha"
    RU = "ru", "Русский"
    EN = "en", "English"


class People(BaseUserManager["User"]):
    """Makes accounts, and finds them by any usual spelling of their number."""

    def create_user(self, phone_number: str, password: str | None = None, **fields: Any) -> "User":
        """The number must already be E.164."""
        user = self.model(phone_number=phone_number, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, phone_number: str, password: str | None = None, **fields: Any
    ) -> "User":
        return self.create_user(
            read_number(phone_number), password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        try:
            return self.get(phone_number=normalize_phone(username or ""))
        except ValueError as error:
            raise self.model.DoesNotExist from error


def read_number(typed: str) -> str:
    """Any usual spelling as E.164, for forms and commands. Raises ValidationError."""
    try:
        return normalize_phone(typed)
    except ValueError as error:
        raise ValidationError(_("The phone number is not valid.")) from error


class User(AbstractBaseUser, PermissionsMixin):
    """One account. Never deleted from the table: `deleted_at` marks one that was
    erased, `phone_number` is null when the number was given up."""

    phone_number = models.CharField(
        _("phone number"),
        max_length=16,
        unique=True,
        null=True,  # given up: many rows without a number
        blank=True,
        error_messages={"unique": _("This number already has an account.")},
    )
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.UZ
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    token_version = models.PositiveIntegerField(default=1, editable=False)
    phone_used_at = models.DateTimeField(
        _("number last used"), default=timezone.now, editable=False
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = People()

    USERNAME_FIELD = "phone_number"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.CheckConstraint(
                name="user_phone_number_is_e164",
                condition=Q(phone_number__isnull=True)
                | Q(phone_number__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
            models.CheckConstraint(
                name="user_language_is_known", condition=Q(language__in=Language.values)
            ),
            models.CheckConstraint(
                name="deleted_user_keeps_no_personal_data",
                condition=Q(deleted_at__isnull=True)
                | Q(
                    phone_number__isnull=True,
                    full_name="",
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                ),
            ),
        )

    def __str__(self) -> str:
        return self.full_name or self.phone_number or f"#{self.pk}"

    def get_full_name(self) -> str:
        return str(self)

    def clean(self) -> None:
        """Forms may spell the number as people do."""
        if self.phone_number:
            self.phone_number = read_number(self.phone_number)

    def get_short_name(self) -> str:
        return str(self)


class NumberHandover(models.Model):
    """A number that a new account took from one long unused. Kept so that an
    admin can give it back, also after the taker was erased."""

    phone_number = models.CharField(_("phone number"), max_length=16)
    from_user = models.ForeignKey(
        User, models.CASCADE, related_name="numbers_lost", verbose_name=_("former account")
    )
    to_user = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,  # erased: the number is only the former account's then
        blank=True,
        related_name="numbers_taken",
        verbose_name=_("new account"),
    )
    created_at = models.DateTimeField(_("taken"), default=timezone.now)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)

    class Meta:
        verbose_name = _("number handover")
        verbose_name_plural = _("number handovers")
        constraints = (
            models.CheckConstraint(
                name="handover_is_between_two_accounts",
                condition=~Q(from_user=models.F("to_user")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_user_id} → {self.to_user_id or '?'}"
