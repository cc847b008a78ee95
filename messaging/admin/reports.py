"""Reported talks: the queue, the reported part of a talk, who looked at it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotFound
from core.large_tables import BoundedPaginator, LookOnly
from messaging.actions.reports import look_at_report, resolve_report
from messaging.models import Report, ReportLook


class OpenFilter(admin.SimpleListFilter):
    """The queue, unless all are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("resolved", _("resolved")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        for index, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("open")} if index == 0 else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() != "resolved")


@admin.register(Report)
class ReportAdmin(LookOnly):
    """Who may act on reports may read the talk of an open one, and each look is written down."""

    paginator = BoundedPaginator
    list_per_page = 50
    ordering = ("-pk",)
    list_display = ("id", "reporter", "reason", "created_at", "resolved_at", "resolved_by")
    list_select_related = ("reporter", "resolved_by")
    list_filter = (OpenFilter,)
    fields = (
        "thread",
        "reporter",
        "reason",
        "up_to_number",
        "created_at",
        "resolved_at",
        "resolved_by",
    )
    actions = ("resolve",)

    def get_urls(self) -> list[URLPattern]:
        talk = self.admin_site.admin_view(self.talk)
        name = "messaging_report_talk"
        return [path("<id:report_id>/talk/", talk, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"may_act": self.has_act_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def talk(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """By POST only: no preview and no prefetch of a browser looks by itself."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        page = reverse("admin:messaging_report_change", args=[report_id])
        if request.method != "POST":
            return redirect(page)
        moderator_id = request.user.pk
        assert moderator_id is not None
        try:
            shown = look_at_report(
                report_id=report_id, moderator_id=moderator_id, now=timezone.now()
            )
        except NotFound as error:
            raise Http404 from error
        except DomainError as refusal:
            self.message_user(request, refusal.sentence(), messages.ERROR)
            return redirect(page)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reported talk"),
            "opts": self.opts,
            "report_id": report_id,
            "shown": shown,
        }
        return TemplateResponse(request, "admin/messaging/report/talk.html", context)

    @admin.action(description=_("Mark as resolved"), permissions=["act"])
    def resolve(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        moderator_id = request.user.pk
        assert moderator_id is not None
        for report in queryset.filter(resolved_at__isnull=True):
            try:
                resolve_report(report_id=report.pk, moderator_id=moderator_id, now=timezone.now())
                self.log_change(request, report, "resolved")
            except DomainError as refusal:
                self.message_user(request, f"{report}: {refusal.sentence()}", messages.ERROR)


@admin.register(ReportLook)
class ReportLookAdmin(LookOnly):
    """Who read what, and when."""

    paginator = BoundedPaginator
    list_per_page = 50
    ordering = ("-pk",)
    list_display = ("id", "report", "moderator", "up_to_number", "looked_at")
    list_select_related = ("report", "moderator")
