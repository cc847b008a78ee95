"""Plans, subscriptions and usage at the operators' desk."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.large_tables import BoundedPaginator, LookOnly
from marketplace.actions.subscriptions import grant_subscription
from marketplace.admin.billing_forms import DECISIONS, Decision, GrantForm, ReasonForm
from marketplace.models import MonthlyUsage, Plan, Subscription, SubscriptionChange

PER_PAGE = 50
OWNER = ("user__phone_number", "user__full_name")


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A plan that somebody had is withdrawn, not deleted."""

    list_display = (
        "code",
        "name",
        "price",
        "currency",
        "period_days",
        "post_limit",
        "features",
        "is_offered",
    )
    ordering = ("-currency", "price", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()  # clients and scripts know a plan by it


class History(admin.TabularInline):  # type: ignore[type-arg]
    model = SubscriptionChange
    fields = (
        "created_at",
        "kind",
        "by",
        "reason",
        "from_status",
        "to_status",
        "from_ends_at",
        "to_ends_at",
    )
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by").order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Subscription)
class SubscriptionAdmin(LookOnly):
    """Rows change by decisions only: chosen in the list or on a subscription's own page, made on
    a page that asks for the reason."""

    list_display = (
        "id",
        "user",
        "plan",
        "status",
        "created_at",
        "activated_at",
        "starts_at",
        "ends_at",
    )
    list_select_related = ("user", "plan")
    list_filter = ("status", "plan", ("activated_at", admin.EmptyFieldListFilter), "ends_at")
    list_per_page = PER_PAGE
    paginator = BoundedPaginator
    search_fields = OWNER
    ordering = ("-pk",)
    inlines = (History,)
    actions = ("activate", "extend", "cancel", "expire")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("marketplace.add_subscription")

    @admin.action(description=DECISIONS["activate"].title, permissions=["act"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> HttpResponse:
        return self._ask(request, "activate", queryset)

    @admin.action(description=DECISIONS["extend"].title, permissions=["act"])
    def extend(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> HttpResponse:
        return self._ask(request, "extend", queryset)

    @admin.action(description=DECISIONS["cancel"].title, permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> HttpResponse:
        return self._ask(request, "cancel", queryset)

    @admin.action(description=DECISIONS["expire"].title, permissions=["act"])
    def expire(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> HttpResponse:
        return self._ask(request, "expire", queryset)

    def _ask(
        self, request: HttpRequest, name: str, queryset: QuerySet[Subscription]
    ) -> HttpResponse:
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: PER_PAGE + 1])
        if len(chosen) > PER_PAGE:
            text = _("At most %(most)s at a time.") % {"most": PER_PAGE}
            self.message_user(request, text, messages.ERROR)
            return redirect(request.get_full_path())
        query = urlencode({"ids": ",".join(map(str, chosen))})
        return redirect(f"{reverse('admin:marketplace_subscription_decide', args=[name])}?{query}")

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide_view)
        name = "marketplace_subscription_decide"
        return [path("decide/<str:name>/", decide, name=name), *super().get_urls()]

    def decide_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The page that asks for the reason, and does it."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        if name not in DECISIONS:
            raise Http404
        decision = DECISIONS[name]
        form = decision.form(request.POST or None)
        chosen = self._chosen(request)
        if form.is_valid():
            return self._decide(request, decision, form, chosen)
        return self._page(request, decision.title, form, chosen)

    def _chosen(self, request: HttpRequest) -> list[Subscription]:
        ids = request.GET.get("ids", "").split(",")[:PER_PAGE]
        numbers = [
            int(each) for each in ids if each.isascii() and each.isdigit() and len(each) < 19
        ]
        found = Subscription.objects.filter(pk__in=numbers).select_related("user", "plan")
        return list(found.order_by("pk"))

    def _decide(
        self,
        request: HttpRequest,
        decision: Decision,
        form: ReasonForm,
        chosen: list[Subscription],
    ) -> HttpResponse:
        now, by, count = timezone.now(), request.user.pk, 0
        for subscription in chosen:
            try:
                decision.action(
                    subscription_id=subscription.pk, by=by, now=now, **form.cleaned_data
                )
            except DomainError as refusal:
                told = f"{subscription}: {refusal.sentence()}"
                self.message_user(request, told, messages.ERROR)
            else:
                count += 1
                self.log_change(request, subscription, str(decision.title))
        if count:
            self.message_user(request, decision.done % {"count": count}, messages.SUCCESS)
        if len(chosen) == 1:
            return redirect("admin:marketplace_subscription_change", chosen[0].pk)
        return redirect("admin:marketplace_subscription_changelist")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Give an account a plan, running at once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = GrantForm(request.POST or None)
        if form.is_valid():
            try:
                return self._grant(request, form)
            except DomainError as refusal:
                form.add_error(None, refusal.sentence())
        return self._page(request, _("Give a plan to an account"), form, [])

    def _grant(self, request: HttpRequest, form: GrantForm) -> HttpResponse:
        standing = grant_subscription(
            account_id=form.cleaned_data["phone_number"].pk,
            plan=form.cleaned_data["plan"].code,
            by=request.user.pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        # A plan that is not dearer waits for the end of the one that runs.
        given = standing.waiting or standing.running
        assert given
        self.log_change(request, given, "given")
        return redirect("admin:marketplace_subscription_change", given.pk)

    def _page(
        self, request: HttpRequest, title: Any, form: ReasonForm, chosen: list[Subscription]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "chosen": chosen,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/subscription_decision.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        decisions = DECISIONS if self.has_act_permission(request) else {}
        context = {**(extra_context or {}), "decisions": decisions}
        return super().change_view(request, object_id, form_url, context)


@admin.register(MonthlyUsage)
class UsageAdmin(LookOnly):
    list_display = ("user", "period", "used", "limit")
    list_select_related = ("user",)
    list_per_page = PER_PAGE
    paginator = BoundedPaginator
    search_fields = (*OWNER, "period")
    ordering = ("-pk",)
