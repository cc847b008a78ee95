"""Plans, and what the caller has of them."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import answer_few, checked
from core.idempotency import retry_safe
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from marketplace.actions.subscriptions import cancel_all, subscribe
from marketplace.models import Plan
from marketplace.queries.plans import billing_data
from marketplace.queries.standing import read_standing
from marketplace.serializers.billing import (
    BillingSerializer,
    NothingSerializer,
    PlanChoiceSerializer,
    PlanSerializer,
)


class PlanListView(APIView):
    """No token wanted; one that is sent is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="plans",
        parameters=LIST_PARAMETERS,
        responses={200: PlanSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """What is sold, cheapest first: a handful."""
        plans = PlanSerializer(Plan.objects.offered(), many=True).data
        return answer_few(request, name="plans", rows=list(plans))


class MyBillingView(APIView):
    @extend_schema(operation_id="billing_me", responses={200: BillingSerializer})
    def get(self, request: Request) -> Response:
        """The caller's plan, and what of it is used this month."""
        now = timezone.now()
        return Response(billing_data(read_standing(_caller(request), now=now), now=now))


class SubscribeView(APIView):
    @extend_schema(
        operation_id="subscribe",
        request=PlanChoiceSerializer,
        responses={201: BillingSerializer}
        | problem(404)
        | problem(409, "subscription_pending", "already_on_plan"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Ask for a plan. It is pending until it is paid for: a dearer one begins then, any other
        at the end of the running period."""
        now = timezone.now()
        plan = checked(PlanChoiceSerializer, request)["plan"]
        account_id = _caller(request)
        standing = subscribe(account_id=account_id, plan=plan, by=account_id, reason="", now=now)
        return Response(billing_data(standing, now=now), status=201)


class CancelView(APIView):
    @extend_schema(
        operation_id="subscription_cancel",
        request=NothingSerializer,
        responses={200: BillingSerializer} | problem(409, "nothing_to_cancel"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """No plan any more: what waits is withdrawn, what runs runs to its end."""
        now = timezone.now()
        account_id = _caller(request)
        standing = cancel_all(account_id=account_id, by=account_id, reason="", now=now)
        return Response(billing_data(standing, now=now))


def _caller(request: Request) -> int:
    account_id = request.user.pk
    assert account_id is not None
    return int(account_id)
