"""Sessions, codes and limits in the admin: to look at, to end, to lift."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.large_tables import LookOnly
from ledger.actions.code_limits import lift_limits
from ledger.actions.handover import return_number
from ledger.actions.sessions import end_sessions
from ledger.models import NumberHandover, NumberLimit, OneTimeCode, Session


@admin.register(Session)
class SessionAdmin(LookOnly):
    list_display = (
        "user",
        "device",
        "ip",
        "opened_by",
        "created_at",
        "last_seen_at",
        "ended_at",
        "end_reason",
    )
    list_filter = ("opened_by", "end_reason", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__phone_number", "user__full_name", "ip")
    ordering = ("-pk",)
    actions = ("end",)

    @admin.action(description=_("End the chosen sessions"), permissions=["act"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        ended, now = 0, timezone.now()
        for session in queryset:
            owner_id = session.user_id
            ended += end_sessions(user_id=owner_id, only=session.pk, reason="admin", now=now)
            self.log_change(request, session, "ended")
        self.message_user(request, _("Sessions ended: %(count)s") % {"count": ended})


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(LookOnly):
    """That a code was sent and used; never the code, nor what it is made from."""

    list_display = ("phone_number", "created_at", "sent_at", "gateway", "tries", "used_at")
    fields = (*list_display, "expires_at", "replaced_at")
    list_filter = ("gateway", "created_at")
    search_fields = ("phone_number",)
    ordering = ("-pk",)


@admin.register(NumberLimit)
class NumberLimitAdmin(LookOnly):
    list_display = ("phone_number", "stopped_until", "updated_at")
    search_fields = ("phone_number",)
    ordering = ("-updated_at", "pk")
    actions = ("lift",)

    @admin.action(description=_("Lift the limits of the chosen numbers"), permissions=["act"])
    def lift(self, request: HttpRequest, queryset: QuerySet[NumberLimit]) -> None:
        for number in queryset:
            lift_limits(phone_number=number.pk)
            self.log_change(request, number, "limits lifted")


@admin.register(NumberHandover)
class NumberHandoverAdmin(LookOnly):
    list_display = ("phone_number", "from_user", "to_user", "created_at", "returned_at")
    list_select_related = ("from_user", "to_user")
    search_fields = ("phone_number",)
    ordering = ("-pk",)
    actions = ("give_back",)

    @admin.action(description=_("Return the number to the former account"), permissions=["act"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[NumberHandover]) -> None:
        for handover in queryset:
            try:
                return_number(handover=handover, now=timezone.now())
                self.log_change(request, handover, "number returned")
            except DomainError as refusal:
                self.message_user(request, f"{handover}: {refusal.sentence()}", messages.ERROR)
