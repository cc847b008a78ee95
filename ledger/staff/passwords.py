"""Passwords set in the admin and by createsuperuser: the same rule, the same effect."""

from typing import Any

from django.contrib.auth.forms import AdminPasswordChangeForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.actions.account import replace_password
from ledger.actions.passwords import PasswordTooWeak, refuse_weak_password
from ledger.models import User


class SamePasswordRule:
    """For AUTH_PASSWORD_VALIDATORS: what set-password refuses is refused here too."""

    def validate(self, password: str, user: Any = None) -> None:
        try:
            refuse_weak_password(
                password=password, phone_number=getattr(user, "phone_number", None)
            )
        except PasswordTooWeak as refusal:
            raise ValidationError([error.detail for error in refusal.errors]) from refusal

    def get_help_text(self) -> str:
        return _("8 to 128 characters, not only digits, not your phone number.")


class StaffPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """Somebody's password, set by staff."""

    def save(self, commit: bool = True) -> User:
        return _replaced(super().save(commit=False))


class OwnPasswordForm(PasswordChangeForm):
    """One's own password."""

    def save(self, commit: bool = True) -> User:
        return _replaced(super().save(commit=False))


def _replaced(user: User) -> User:
    replace_password(user_id=user.pk, encoded=user.password, now=timezone.now())
    return user
