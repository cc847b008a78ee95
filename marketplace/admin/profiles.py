"""Companies as operators see them: who may post, and who is who they say."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.large_tables import BoundedPaginator, OnePageAtATime
from marketplace.actions.profiles import FLAGS, set_flag
from marketplace.models import B2BProfile
from marketplace.regions import REGIONS, region_name

OWN_WORDS = ("company_name", "about", "place", "created_at")


class RegionFilter(admin.SimpleListFilter):
    title = _("region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, region_name(code)) for code in REGIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(region=self.value()) if self.value() else queryset


@admin.register(B2BProfile)
class ProfileAdmin(OnePageAtATime):
    """What a company says of itself is its own; the two flags are an operator's."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)
    list_display = ("company_name", "user", "place", "is_enabled", "is_verified", "created_at")
    list_display_links = ("company_name", "user")
    list_select_related = ("user",)
    list_filter = ("is_enabled", "is_verified", RegionFilter, "user__is_active", "created_at")
    search_fields = ("company_name", "user__full_name", "user__phone_number")
    raw_id_fields = ("user",)
    fields = ("user", *OWN_WORDS, "is_enabled", "is_verified")
    actions = ("enable", "disable", "verify", "unverify")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user", *OWN_WORDS) if obj else OWN_WORDS

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: B2BProfile, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        for flag in FLAGS & set(form.changed_data):
            set_flag(profile_ids=[obj.pk], flag=flag, value=getattr(obj, flag))

    @admin.display(description=_("region"), ordering="region")
    def place(self, profile: B2BProfile) -> str:
        return region_name(profile.region) if profile.region else ""

    @admin.action(description=_("Enable: may post"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[B2BProfile]) -> None:
        self._set(request, queryset, "is_enabled", value=True)

    @admin.action(description=_("Disable: may not post"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[B2BProfile]) -> None:
        self._set(request, queryset, "is_enabled", value=False)

    @admin.action(description=_("Verify"), permissions=["change"])
    def verify(self, request: HttpRequest, queryset: QuerySet[B2BProfile]) -> None:
        self._set(request, queryset, "is_verified", value=True)

    @admin.action(description=_("Take the verification back"), permissions=["change"])
    def unverify(self, request: HttpRequest, queryset: QuerySet[B2BProfile]) -> None:
        self._set(request, queryset, "is_verified", value=False)

    def _set(
        self, request: HttpRequest, queryset: QuerySet[B2BProfile], flag: str, *, value: bool
    ) -> None:
        chosen = list(queryset)
        changed = set_flag(profile_ids=[p.pk for p in chosen], flag=flag, value=value)
        for profile in chosen:
            self.log_change(request, profile, f"{flag}: {value}")
        self.message_user(request, _("Companies changed: %(count)s") % {"count": changed})
