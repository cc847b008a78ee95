"""The shop's side of disputes."""

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import checked
from core.idempotency import retry_safe
from core.schema import problem
from ledger.actions.disputes import resolve_dispute
from ledger.models import Role
from ledger.serializers.disputes import DisputeSerializer, ResolutionInput
from ledger.serializers.events import dispute_data
from ledger.views.book import BookView


class ResolutionView(BookView):
    least: ClassVar = {"POST": Role.MANAGER}

    @extend_schema(
        operation_id="debt_dispute_resolve",
        request=ResolutionInput,
        responses={200: DisputeSerializer} | problem(409, "debtor_archived"),
    )
    @retry_safe
    def post(self, request: Request, debt_id: int) -> Response:
        """Close the open dispute of a debt, with a note for the debtor."""
        dispute = resolve_dispute(
            membership=self.membership,
            debt_id=debt_id,
            note=checked(ResolutionInput, request)["note"],
            now=timezone.now(),
        )
        return Response(dispute_data(dispute))
