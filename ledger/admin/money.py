"""Books, debtors, debts, payments and the journal in the admin: to search and to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core.large_tables import CurrencyFilter, LookOnly
from ledger.admin.large_tables import MoneyAdmin, StatusFilter
from ledger.models import (
    Account,
    Book,
    BookMember,
    Debt,
    Debtor,
    DebtPayment,
    Dispute,
    Entry,
    LedgerCheck,
    Payment,
)


class LookOnlyRows(admin.TabularInline):  # type: ignore[type-arg]
    """The rows that belong to one, on its page."""

    extra = 0
    can_delete = False
    show_change_link = True
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.related).order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Members(LookOnlyRows):
    model = BookMember
    related = ("user",)
    fields = ("user", "role", "created_at")


class Accounts(LookOnlyRows):
    model = Account
    fields = ("currency", "open_total", "credit_balance", "seq")
    show_change_link = False


class Allocations(LookOnlyRows):
    model = DebtPayment
    related = ("debt", "payment")
    fields = ("debt", "payment", "amount", "origin", "created_at", "reversed_at")
    show_change_link = False


@admin.register(Book)
class BookAdmin(LookOnly):
    list_display = ("owner", "name", "currencies", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__full_name", "owner__phone_number")
    ordering = ("-pk",)
    inlines = (Members,)


@admin.register(Debtor)
class DebtorAdmin(MoneyAdmin):
    list_display = ("full_name", "phone_number", "book", "created_at", "archived_at")
    list_select_related = ("book",)
    list_filter = ("created_at", "archived_at")
    exclude = ("folded_name",)
    inlines = (Accounts,)
    debtors_in = "pk"


@admin.register(Debt)
class DebtAdmin(MoneyAdmin):
    list_display = (
        "id",
        "debtor",
        "book",
        "amount",
        "remaining",
        "written_off",
        "currency",
        "status",
        "due_date",
        "created_at",
    )
    list_select_related = ("debtor", "book")
    list_filter = (StatusFilter, CurrencyFilter, "created_at", "due_date")
    exclude = ("account",)
    inlines = (Allocations,)


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    list_display = (
        "id",
        "debtor",
        "book",
        "amount",
        "credited",
        "refunded",
        "currency",
        "created_at",
        "voided_at",
    )
    list_select_related = ("debtor", "book")
    list_filter = (CurrencyFilter, "created_at", "voided_at")
    exclude = ("account", "has_credit")
    inlines = (Allocations,)


@admin.register(Entry)
class EntryAdmin(MoneyAdmin):
    list_display = (
        "id",
        "debtor",
        "seq",
        "kind",
        "amount",
        "balance",
        "currency",
        "created_at",
        "recorded_by",
    )
    list_select_related = ("account__debtor", "recorded_by")
    list_filter = ("kind", "created_at")
    debtors_in = "account__debtor"

    @admin.display(description=Debtor._meta.verbose_name)
    def debtor(self, entry: Entry) -> Debtor:
        return entry.account.debtor

    @admin.display(description=Account._meta.get_field("currency").verbose_name)
    def currency(self, entry: Entry) -> str:
        return entry.account.currency


@admin.register(Dispute)
class DisputeAdmin(MoneyAdmin):
    list_display = ("id", "debt", "reason", "created_at", "resolved_at")
    list_select_related = ("debt",)
    list_filter = ("created_at", "resolved_at")
    exclude = ("account",)
    debtors_in = "debt__debtor"


@admin.register(LedgerCheck)
class LedgerCheckAdmin(LookOnly):
    list_display = ("started_at", "finished_at", "is_clean")
    ordering = ("-pk",)

    @admin.display(boolean=True)
    def is_clean(self, check: LedgerCheck) -> bool:
        return check.is_clean
