"""The admin's site: open to staff that showed a second factor."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django_otp import user_has_device

from core.dashboard import sections_for
from ledger.staff.enrolment import EnrolmentView
from ledger.staff.login import StaffLoginForm
from ledger.staff.passwords import OwnPasswordForm


class StaffSite(AdminSite):
    """With `DEBUG=0` nobody passes without a second factor; who has none yet is led to the
    page where one is set up. With `DEBUG=1` staff without a device may pass."""

    site_header = site_title = "Daftar"
    index_title = _("Administration")
    login_form = StaffLoginForm
    login_template = "admin/staff_login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return is_staff(request) and (
            request.user.is_verified()  # type: ignore[union-attr]
            or (settings.DEBUG and not user_has_device(request.user))
        )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        enrolment = EnrolmentView.as_view(site=self)
        return [path("enrol/", enrolment, name="enrol"), *super().get_urls()]

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if is_staff(request) and not user_has_device(request.user) and not settings.DEBUG:
            return redirect("admin:enrol")
        return super().login(request, extra_context)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        sections = sections_for(request.user, now=timezone.now())
        return super().index(request, {"sections": sections, **(extra_context or {})})

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """One's own password: ends the account's sessions in the apps, as everywhere."""
        context = {**self.each_context(request), **(extra_context or {})}
        return PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            template_name="registration/password_change_form.html",
            extra_context=context,
        )(request)


def is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff
