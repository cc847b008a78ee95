"""What operators fill in when they decide about a subscription."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.phones import normalize_phone
from marketplace.actions.subscriptions import (
    MAX_DAYS,
    activate_subscription,
    cancel_subscription,
    expire_subscription,
    extend_subscription,
)
from marketplace.models import Plan


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the history. Name no person."),
        widget=forms.TextInput({"class": "vLargeTextField"}),
    )


class ExtendForm(ReasonForm):
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=MAX_DAYS, initial=30)

    field_order = ("days", "reason")


class GrantForm(ReasonForm):
    """A plan for an account that did not ask for it itself."""

    phone_number = forms.CharField(label=_("Phone number of the account"), max_length=32)
    plan = forms.ModelChoiceField(
        label=_("Plan"), queryset=Plan.objects.offered(), to_field_name="code"
    )

    field_order = ("phone_number", "plan", "reason")

    def clean_phone_number(self) -> Any:
        """The account. Raises ValidationError."""
        accounts = get_user_model()._default_manager
        try:
            number = normalize_phone(self.cleaned_data["phone_number"])
        except ValueError as error:
            raise ValidationError(_("The phone number is not valid.")) from error
        account = accounts.filter(phone_number=number).first()
        if account is None:
            raise ValidationError(_("No account has this number."))
        return account


class Decision(NamedTuple):
    """One button of the desk: an action that takes what its form asks for."""

    title: Any
    form: type[ReasonForm]
    action: Callable[..., object]
    done: Any


DECISIONS = {
    "activate": Decision(
        _("Activate subscriptions"), ReasonForm, activate_subscription, _("Activated: %(count)s")
    ),
    "extend": Decision(
        _("Extend subscriptions"), ExtendForm, extend_subscription, _("Extended: %(count)s")
    ),
    "cancel": Decision(
        _("Cancel subscriptions"), ReasonForm, cancel_subscription, _("Cancelled: %(count)s")
    ),
    "expire": Decision(
        _("End subscriptions at once"), ReasonForm, expire_subscription, _("Ended: %(count)s")
    ),
}
