"""What a company says of itself, and what operators say of it."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, FieldError
from marketplace.actions.standing import hold_account
from marketplace.models import B2BProfile

EDITABLE = frozenset({"company_name", "about", "region"})
FLAGS = frozenset({"is_enabled", "is_verified"})


class ImmutableField(DomainError):
    code = "immutable_field"
    title = _("This cannot be changed by you.")


class B2BNotEnabled(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "b2b_not_enabled"
    title = _("Posting is not enabled for this company yet.")
    detail = _("An operator looks at the profile first and enables it.")


def open_profile(*, account_id: int) -> B2BProfile:
    """The account's profile, made when it is first asked for."""
    profile, _is_new = B2BProfile.objects.get_or_create(user_id=account_id)
    return profile


@action
def edit_profile(*, account_id: int, changes: Mapping[str, Any]) -> B2BProfile:
    """Change what a company says of itself; a client may send the profile back whole.

    Raises ImmutableField for a flag that differs, NotFound for an account that was deleted
    meanwhile: nothing of it comes back.
    """
    hold_account(account_id)
    profile = open_profile(account_id=account_id)
    flags = sorted(changes.keys() & FLAGS)
    if fields := [flag for flag in flags if changes[flag] is not getattr(profile, flag)]:
        title = str(ImmutableField.title)
        raise ImmutableField(errors=[FieldError(f, ImmutableField.code, title) for f in fields])
    values = {name: changes[name] for name in EDITABLE & changes.keys()}
    if values:
        # Only these columns: an operator may be setting a flag right now.
        B2BProfile.objects.filter(pk=profile.pk).update(**values)
        profile.refresh_from_db()
    return profile


def refuse_not_enabled(account_id: int) -> None:
    """Raises B2BNotEnabled."""
    if not B2BProfile.objects.filter(user_id=account_id, is_enabled=True).exists():
        raise B2BNotEnabled


def is_enabled(account_id: int) -> bool:
    return B2BProfile.objects.filter(user_id=account_id, is_enabled=True).exists()


@action
def set_flag(*, profile_ids: Iterable[int], flag: str, value: bool) -> int:
    """An operator enables or verifies companies (or takes it back); how many were changed.

    Erased people are left out: nothing of theirs comes back.
    """
    if flag not in FLAGS:
        raise ValueError(f"not a flag: {flag}")
    living = B2BProfile.objects.filter(pk__in=list(profile_ids), user__is_active=True)
    return living.exclude(**{flag: value}).update(**{flag: value})
