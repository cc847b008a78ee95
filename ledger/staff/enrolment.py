"""Setting up a second factor: a QR code for the authenticator app, then its digits."""

import time
from typing import Any

import django_otp
import segno
from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django_otp import user_has_device
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from ledger.actions.second_factor import AlreadyEnrolled, enrol

PENDING_KEY = "pending_second_factor"


class TokenForm(forms.Form):
    otp_token = forms.RegexField(
        label=_("Digits of the authenticator app"),
        regex=r"^[0-9]{6}$",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@method_decorator(never_cache, name="dispatch")
class EnrolmentView(FormView):  # type: ignore[type-arg]
    """For staff without a device. The secret waits in this browser's session and is new with
    every visit: what somebody else saw on the page before is worth nothing."""

    site: AdminSite = None  # type: ignore[assignment]
    form_class = TokenForm
    template_name = "admin/enrol.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (request.user.is_active and request.user.is_staff):
            return redirect("admin:login")
        if user_has_device(request.user):
            return redirect("admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.session[PENDING_KEY] = default_key()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        if PENDING_KEY not in request.session:
            return redirect("admin:enrol")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: TokenForm) -> HttpResponse:
        device = self._device()
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
        totp.time = time.time()
        if not totp.verify(int(form.cleaned_data["otp_token"]), device.tolerance):
            form.add_error("otp_token", _("These digits are wrong. Is the phone's clock right?"))
            return self.form_invalid(form)
        device.last_t = totp.t()  # the same digits shall not sign in as well
        try:
            enrol(device=device)
        except AlreadyEnrolled:
            return redirect("admin:index")
        del self.request.session[PENDING_KEY]
        django_otp.login(self.request, device)
        return redirect("admin:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = self._device()
        picture = segno.make(device.config_url, micro=False).svg_inline(scale=5)
        context = {
            **self.site.each_context(self.request),
            "title": _("Second factor"),
            "picture": mark_safe(picture),  # noqa: S308  drawn by us from our own secret
            "config_url": device.config_url,
        }
        return super().get_context_data(**context, **kwargs)

    def _device(self) -> TOTPDevice:
        key = self.request.session[PENDING_KEY]
        return TOTPDevice(user=self.request.user, name="app", key=key, confirmed=True)
