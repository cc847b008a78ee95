"""The debtor's own side: what one owes in books that hold one's number."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import NEWEST, answer_list, checked
from core.idempotency import retry_safe
from core.pagination import read_page
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from ledger.actions.disputes import open_dispute
from ledger.models import User
from ledger.queries.my_debts import read_my_debts
from ledger.serializers.disputes import DisputeInput, DisputeSerializer
from ledger.serializers.events import dispute_data
from ledger.serializers.my_debts import MyDebtsSerializer


class MyDebtsView(APIView):
    @extend_schema(
        operation_id="my_debts",
        parameters=LIST_PARAMETERS,
        responses={200: MyDebtsSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """What the caller owes, by book and currency, the latest change first: open debts, then
        those closed in the last 90 days, at most 200."""
        account = request.user
        assert isinstance(account, User)
        page = read_page(request, name="my_debts", keys=NEWEST)
        listing = read_my_debts(account.phone_number, page, now=timezone.now())
        return answer_list(request, page, listing)


class DisputeView(APIView):
    @extend_schema(
        operation_id="my_debt_dispute",
        request=DisputeInput,
        responses={201: DisputeSerializer} | problem(409, "already_disputed"),
    )
    @retry_safe
    def post(self, request: Request, debt_id: int) -> Response:
        """Say that a debt is not right."""
        account_id = request.user.pk
        assert account_id is not None
        dispute = open_dispute(
            account_id=account_id,
            debt_id=debt_id,
            reason=checked(DisputeInput, request)["reason"],
            now=timezone.now(),
        )
        return Response(dispute_data(dispute), status=201)
