"""People in the admin: who they are, never what opens their account."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from ledger.actions.code_limits import lock_number
from ledger.actions.erasure import erase_account
from ledger.actions.second_factor import forget_second_factor
from ledger.actions.sessions import end_sessions
from ledger.models import User
from ledger.models.people import read_number
from ledger.staff.passwords import StaffPasswordForm

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NumberForm(ModelForm):  # type: ignore[type-arg]
    """Holds a new number before it is looked for among the accounts: until the form is saved,
    nobody signs up with it, and it is returned to nobody."""

    def clean_phone_number(self) -> str | None:
        typed = self.cleaned_data["phone_number"]
        number = read_number(typed) if typed else None
        if number and number != self.instance.phone_number:
            lock_number(phone_number=number, now=timezone.now())
        return number


class PersonForm(NumberForm, UserChangeForm):  # type: ignore[type-arg]
    class Meta(UserChangeForm.Meta):
        model = User


class NewPersonForm(NumberForm, BaseUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("phone_number", "full_name")


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """Powers are given by superusers only, and only they touch staff."""

    list_display = ("phone_number", "full_name", "is_active", "is_staff", "created_at")
    list_display_links = ("phone_number", "full_name")
    list_filter = ("is_active", "is_staff", "language", "created_at")
    search_fields = ("phone_number", "full_name")
    ordering = ("-pk",)
    show_full_result_count = False
    readonly_fields = ("phone_used_at", "created_at", "deleted_at")
    fieldsets = (
        (None, {"fields": ("phone_number", "password", "full_name", "language")}),
        (_("Standing"), {"fields": ("is_active", *POWERS)}),
        (_("Dates"), {"fields": readonly_fields}),
    )
    add_fieldsets = ((None, {"fields": ("phone_number", "full_name", "password1", "password2")}),)
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = StaffPasswordForm
    actions = ("end_all_sessions", "remove_second_factor", "erase")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # erased by an action, which knows what others keep

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.deleted_at:
            return False  # nothing is left to change, and nothing comes back
        above = obj is not None and (obj.is_staff or obj.is_superuser)
        return super().has_change_permission(request, obj) and (
            request.user.is_superuser or not above
        )

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else (*own, *POWERS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in User._meta.concrete_fields}
        # Only what was changed: the row's counters may have moved since the form was shown.
        obj.save(update_fields=columns & set(form.changed_data))
        if "is_active" in form.changed_data and not obj.is_active:
            end_sessions(user_id=obj.pk, reason="admin", now=timezone.now())

    @admin.action(description=_("End all sessions"), permissions=["change"])
    def end_all_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        ended = 0
        for user in queryset:
            if self.has_change_permission(request, user):
                ended += end_sessions(user_id=user.pk, reason="admin", now=timezone.now())
                self.log_change(request, user, "sessions ended")
        self.message_user(request, _("Sessions ended: %(count)s") % {"count": ended})

    @admin.action(description=_("Remove the second factor (lost phone)"), permissions=["superuser"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            forget_second_factor(user_id=user.pk)
            self.log_change(request, user, "second factor removed")

    @admin.action(description=_("Erase personal data for good"), permissions=["superuser"])
    def erase(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            try:
                erase_account(user_id=user.pk, proof=None, now=timezone.now())
                self.log_change(request, User(pk=user.pk), "erased")
            except DomainError as refusal:
                self.message_user(request, f"{user}: {refusal.sentence()}", messages.ERROR)
