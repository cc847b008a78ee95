"""The payments of a book."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import NEWEST, answer_list, checked
from core.errors import NotFound
from core.idempotency import retry_safe
from core.pagination import read_page
from core.query_params import read_flag
from core.schema import LIST_PARAMETERS, problem
from ledger.actions.payments import record_payment, void_payment
from ledger.models import Role
from ledger.queries.found import debts_of_payment, find_payment
from ledger.queries.payment_list import list_payments
from ledger.serializers.events import allocation_data, payment_data
from ledger.serializers.payments import (
    DryRunSerializer,
    PaymentDetailSerializer,
    PaymentInput,
    PaymentSerializer,
)
from ledger.serializers.rows import AllocationRow, PaymentRow
from ledger.views.book import BookView
from ledger.views.filters import ROW_FILTERS, read_payment_filters

DRY_RUN = OpenApiParameter(
    "dry_run",
    {"type": "string", "enum": ["0", "1", "true", "false"]},
    description="`true`: the answer only, nothing is written; `Idempotency-Key` is ignored.",
)


class PaymentListView(BookView):
    allows_dry_run = True

    @extend_schema(
        operation_id="payments",
        parameters=[*ROW_FILTERS, *LIST_PARAMETERS],
        responses={200: PaymentSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The payments, newest first; up to 1,000 without `limit` and `cursor`."""
        page = read_page(request, name="payments", keys=NEWEST, unlimited=True)
        listing = list_payments(self.book_id, read_payment_filters(request), page)
        return answer_list(request, page, listing)

    @extend_schema(
        operation_id="payment_create",
        parameters=[DRY_RUN],
        request=PaymentInput,
        responses={201: PaymentDetailSerializer, 200: DryRunSerializer}
        | problem(400, "allocation_invalid", "currency_not_enabled")
        | problem(404),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Record money a debtor brought: to the debts named, the rest to the oldest open debts,
        what is left is credit."""
        dry_run = read_flag(request, "dry_run")
        body = checked(PaymentInput, request)
        recorded = record_payment(
            membership=self.membership,
            debtor_id=body["user"],
            amount=body["amount"],
            currency=body["currency"],
            description=body.get("description") or "",
            occurred_at=body.get("occurred_at"),
            allocations=[AllocationRow(**named) for named in body.get("allocations", ())],
            dry_run=dry_run,
            now=timezone.now(),
        )
        answer = _with_allocations(recorded.payment, recorded.allocations)
        return Response(answer, status=200 if dry_run else 201)


class PaymentView(BookView):
    least: ClassVar = {"DELETE": Role.MANAGER}

    @extend_schema(operation_id="payment", responses={200: PaymentDetailSerializer})
    def get(self, request: Request, payment_id: int) -> Response:
        """One payment, with the debts it went to."""
        payment = find_payment(self.book_id, payment_id)
        if payment is None:
            raise NotFound
        return Response(_with_allocations(payment, debts_of_payment(payment_id)))

    @extend_schema(
        operation_id="payment_void",
        responses={204: None} | problem(409, "credit_refunded", "debtor_archived"),
    )
    def delete(self, request: Request, payment_id: int) -> Response:
        """Void a payment: its debts are open again."""
        void_payment(membership=self.membership, payment_id=payment_id, now=timezone.now())
        return Response(status=204)


def _with_allocations(payment: PaymentRow, allocations: Sequence[AllocationRow]) -> dict[str, Any]:
    shares = [allocation_data(allocation) for allocation in allocations]
    return {**payment_data(payment), "allocations": shares}
