"""Admin lists of tables with millions of rows: bounded counts, bounded filters."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.folding import digits_of, fold_name
from core.large_tables import BoundedPaginator, LookOnly
from ledger.models import Debt, Debtor

MIN_DIGITS = 3
ID_DIGITS = 18


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Debt.Status.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class MoneyAdmin(LookOnly):
    """Rows of the ledger: looked at, never changed but by the actions of those who keep the book.

    `debtors_in` says how rows lead to their debtor; a search finds rows by id, and by name or
    number of the debtor, spelt in any way.
    """

    paginator = BoundedPaginator
    list_per_page = 50
    ordering = ("-pk",)
    search_fields = ("pk",)
    search_help_text = _("Id, a part of the name, or digits of the number")
    debtors_in = "debtor"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        found = Q(**{self._path("in"): _debtors_found(term)})
        # The length first: Python reads no number of thousands of digits.
        if term.isascii() and term.isdigit() and len(term) <= ID_DIGITS:
            found |= Q(pk=int(term))
        return queryset.filter(found), False

    def _path(self, lookup: str) -> str:
        return f"{self.debtors_in}__{lookup}"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _debtors_found(term: str) -> QuerySet[Debtor]:
    found = Q(folded_name__contains=fold_name(term))
    if len(digits := digits_of(term)) >= MIN_DIGITS:
        found |= Q(phone_number__contains=digits)
    return Debtor.objects.filter(found)
