"""Notifications in the admin: to look whether one came, never what somebody wrote."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.large_tables import BoundedPaginator, LookOnly
from core.notices import KINDS, render
from messaging.models import Notification

PRIVATE = "message"


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Notification)
class NotificationAdmin(LookOnly):
    """A line about a message shows that there was one, and nothing of it."""

    paginator = BoundedPaginator
    list_per_page = 50
    ordering = ("-pk",)
    list_display = ("id", "user", "kind", "sentence", "count", "updated_at", "read_at")
    list_select_related = ("user",)
    list_filter = (KindFilter,)
    fields = ("user", "kind", "sentence", "count", "created_at", "updated_at", "read_at")
    search_fields = ("user__phone_number__exact",)
    search_help_text = _("The whole number of its owner: +998901234567")

    @admin.display(description=_("sentence"))
    def sentence(self, line: Notification) -> str:
        if line.kind == PRIVATE:
            return "—"
        title, body = render(line.text, line.params, get_language() or settings.LANGUAGE_CODE)
        return f"{title}. {body}"
