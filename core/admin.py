"""Background jobs in the admin: to look at. In the place of the queue's own page, whose inline
styles our Content-Security-Policy stops, and whose filters read every row."""

from typing import Any

import procrastinate.contrib.django.admin  # noqa: F401  (registers its page, now and not later)
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import models
from procrastinate.jobs import Status

from core.large_tables import BoundedPaginator, LookOnly

admin.site.unregister(models.ProcrastinateJob)

SHOWN = ("id", "task_name", "status", "queue_name", "attempts", "scheduled_at")


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, status.value) for status in Status]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(models.ProcrastinateJob)
class JobAdmin(LookOnly):
    """Arguments are ids (`core.jobs`): nobody's words stand here."""

    paginator = BoundedPaginator
    list_per_page = 50
    ordering = ("-id",)
    list_display = SHOWN
    list_filter = (StatusFilter,)
    fields = (*SHOWN, "args", "priority", "lock", "queueing_lock")
