"""The debts of a book."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import NEWEST, answer_list, checked
from core.errors import NotFound
from core.idempotency import retry_safe
from core.pagination import read_page
from core.schema import LIST_PARAMETERS, problem
from ledger.actions.debts import EDITABLE, create_debt, edit_debt, void_debt
from ledger.actions.write_offs import take_back_write_off, write_off_debt
from ledger.models import Role
from ledger.queries.debt_list import list_debts
from ledger.queries.found import find_debt, payments_of_debt
from ledger.serializers.debts import (
    DebtAllocationSerializer,
    DebtDetailSerializer,
    DebtInput,
    DebtPatch,
    DebtSerializer,
    WriteOffInput,
)
from ledger.serializers.events import debt_data
from ledger.views.book import BookView
from ledger.views.filters import DEBT_FILTERS, read_debt_filters


class DebtListView(BookView):
    @extend_schema(
        operation_id="debts",
        parameters=[*DEBT_FILTERS, *LIST_PARAMETERS],
        responses={200: DebtSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The debts, newest first; up to 1,000 without `limit` and `cursor`."""
        page = read_page(request, name="debts", keys=NEWEST, unlimited=True)
        filters = read_debt_filters(request, now=timezone.now())
        return answer_list(request, page, list_debts(self.book_id, filters, page))

    @extend_schema(
        operation_id="debt_create",
        request=DebtInput,
        responses={201: DebtSerializer} | problem(400, "currency_not_enabled") | problem(404),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Record a debt. The debtor's credit is spent on it at once, oldest payment first."""
        body = checked(DebtInput, request)
        debt = create_debt(
            membership=self.membership,
            debtor_id=body["user"],
            amount=body["amount"],
            currency=body["currency"],
            description=body.get("description") or "",
            due_date=body.get("due_date"),
            occurred_at=body.get("occurred_at"),
            now=timezone.now(),
        )
        return Response(debt_data(debt), status=201)


class DebtView(BookView):
    least: ClassVar = {"PATCH": Role.MANAGER, "DELETE": Role.MANAGER}

    @extend_schema(operation_id="debt", responses={200: DebtDetailSerializer})
    def get(self, request: Request, debt_id: int) -> Response:
        """One debt, with what was paid of it."""
        debt = find_debt(self.book_id, debt_id)
        if debt is None:
            raise NotFound
        payments = DebtAllocationSerializer(payments_of_debt(debt_id), many=True).data
        return Response({**debt_data(debt), "payments": payments})

    @extend_schema(
        operation_id="debt_update",
        request=DebtPatch,
        responses={200: DebtSerializer}
        | problem(400, "immutable_field")
        | problem(409, "debtor_archived"),
    )
    def patch(self, request: Request, debt_id: int) -> Response:
        """Change `description` or `due_date`; nothing else of a debt ever changes."""
        changes: dict[str, Any] = checked(DebtPatch, request, partial=True)
        if "description" in changes:
            changes["description"] = changes["description"] or ""
        # The action refuses what the shape does not know.
        changes |= dict.fromkeys(set(request.data) - EDITABLE)
        debt = edit_debt(membership=self.membership, debt_id=debt_id, changes=changes)
        return Response(debt_data(debt))

    @extend_schema(
        operation_id="debt_void", responses={204: None} | problem(409, "debtor_archived")
    )
    def delete(self, request: Request, debt_id: int) -> Response:
        """Void a debt: what paid it is credit again, and goes to the oldest open debts."""
        void_debt(membership=self.membership, debt_id=debt_id, now=timezone.now())
        return Response(status=204)


class WriteOffView(BookView):
    least: ClassVar = {"POST": Role.MANAGER, "DELETE": Role.MANAGER}

    @extend_schema(
        operation_id="debt_write_off",
        request=WriteOffInput,
        responses={200: DebtSerializer} | problem(409, "not_enough_remaining", "debtor_archived"),
    )
    @retry_safe
    def post(self, request: Request, debt_id: int) -> Response:
        """Give up a debt or a part of it."""
        body = checked(WriteOffInput, request)
        debt = write_off_debt(
            membership=self.membership,
            debt_id=debt_id,
            amount=body.get("amount"),
            reason=body["reason"],
            now=timezone.now(),
        )
        return Response(debt_data(debt))

    @extend_schema(
        operation_id="debt_write_off_take_back",
        responses={200: DebtSerializer} | problem(409, "debtor_archived"),
    )
    def delete(self, request: Request, debt_id: int) -> Response:
        """Take the write-offs of a debt back."""
        debt = take_back_write_off(membership=self.membership, debt_id=debt_id, now=timezone.now())
        return Response(debt_data(debt))
