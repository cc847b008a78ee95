"""Signing in to the admin: number, password, and the second factor's digits."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp import match_token, user_has_device

from core.addresses import client_address
from core.phones import normalize_phone
from ledger.actions.login_limits import LoginThrottled, forgive_staff_login, spend_staff_login
from ledger.models import User


class StaffLoginForm(AdminAuthenticationForm):
    """Five wrong tries in 15 minutes lock the number for the rest of them. Nobody is told
    which of the three was wrong."""

    otp_token = forms.CharField(
        label=_("Digits of the authenticator app"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"] = forms.CharField(
            label=_("Phone number"), max_length=32, widget=forms.TextInput({"autofocus": True})
        )

    def clean_username(self) -> str:
        typed: str = self.cleaned_data["username"]
        try:
            return normalize_phone(typed)
        except ValueError:
            return typed

    def clean(self) -> dict[str, Any]:
        phone_number = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if phone_number and password:
            self.user_cache = self._signed_in(phone_number, password)
        return self.cleaned_data

    def _signed_in(self, phone_number: str, password: str) -> User:
        assert self.request is not None
        address = client_address(self.request)
        try:
            spend_staff_login(phone_number=phone_number, address=address, now=timezone.now())
        except LoginThrottled as refusal:
            minutes = -(-(refusal.retry_after or 60) // 60)
            message = _("Locked after too many tries. Try again in %(minutes)s minutes.")
            raise ValidationError(message, "locked", {"minutes": minutes}) from refusal
        user = authenticate(self.request, username=phone_number, password=password)
        if not isinstance(user, User) or not user.is_staff or not self._second_factor(user):
            raise ValidationError(_("The number, the password or the digits are wrong."), "wrong")
        forgive_staff_login(phone_number=phone_number, address=address)
        return user

    def _second_factor(self, user: User) -> bool:
        if not user_has_device(user):
            return True  # the site lets such a person no further than setting one up
        # Read by django_otp when Django signs the user in.
        user.otp_device = match_token(user, self.cleaned_data["otp_token"])  # type: ignore[attr-defined]
        return user.otp_device is not None  # type: ignore[attr-defined]
