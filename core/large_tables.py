"""Admin lists of tables with millions of rows: bounded counts, known filters, actions only."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCIES

MAX_COUNTED = 10_000


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only actions change."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may run this page's actions: who could change its rows, were they changeable."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


class OnePageAtATime(admin.ModelAdmin):  # type: ignore[type-arg]
    """Actions take what is ticked on a page, never all that a filter finds: one request would
    work on it for hours, and stop somewhere."""

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *more: Any
    ) -> HttpResponse | None:
        if request.POST.get("select_across") == "1":
            text = _("At most %(most)s at a time.") % {"most": self.list_per_page}
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *more)


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than 10,000 rows: whoever looks for more narrows the search."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:MAX_COUNTED].count())


class CurrencyFilter(admin.SimpleListFilter):
    """Known choices: the framework's own filter would read the column of every row."""

    title = _("currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(currency, currency) for currency in CURRENCIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(currency=self.value()) if self.value() else queryset
