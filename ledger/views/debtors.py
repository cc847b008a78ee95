"""The debtors of a book: the API's users."""

from typing import Any, ClassVar, cast

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
from ledger.actions.debtors import DebtorChanges, archive_debtor, create_debtor, edit_debtor
from ledger.actions.refunds import refund_credit
from ledger.models import Role
from ledger.queries.found import find_user
from ledger.queries.user_list import list_users
from ledger.serializers.debtors import RefundInput, UserInput, UserSerializer
from ledger.serializers.events import user_data
from ledger.views.book import BookView
from ledger.views.filters import QUERY, read_search

EDITED: dict[Any, Any] = {
    200: UserSerializer,
    **problem(400, "phone_number_invalid"),
    **problem(409, "duplicate_phone_number"),
}


class UserListView(BookView):
    @extend_schema(
        operation_id="users",
        parameters=[QUERY, *LIST_PARAMETERS],
        responses={200: UserSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The debtors, newest first; up to 1,000 without `limit` and `cursor`."""
        page = read_page(request, name="users", keys=NEWEST, unlimited=True)
        return answer_list(request, page, list_users(self.book_id, read_search(request), page))

    @extend_schema(
        operation_id="user_create",
        request=UserInput,
        responses={201: UserSerializer}
        | problem(400, "phone_number_invalid")
        | problem(409, "duplicate_phone_number"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Put a debtor into the book. An archived one with this number comes back, renamed."""
        user = create_debtor(
            membership=self.membership, **_cleaned(checked(UserInput, request)), now=timezone.now()
        )
        return Response(user_data(user), status=201)


class UserView(BookView):
    least: ClassVar = {"PATCH": Role.MANAGER, "PUT": Role.MANAGER, "DELETE": Role.MANAGER}

    @extend_schema(operation_id="user", responses={200: UserSerializer})
    def get(self, request: Request, user_id: int) -> Response:
        """One debtor."""
        user = find_user(self.book_id, user_id)
        if user is None:
            raise NotFound
        return Response(user_data(user))

    @extend_schema(operation_id="user_update", request=UserInput(partial=True), responses=EDITED)
    def patch(self, request: Request, user_id: int) -> Response:
        """Change a debtor's name, number or note."""
        return self._edit(request, user_id, partial=True)

    @extend_schema(operation_id="user_replace", request=UserInput, responses=EDITED)
    def put(self, request: Request, user_id: int) -> Response:
        """Change a debtor. What old clients do not know of and leave out stays as it is."""
        return self._edit(request, user_id, partial=False)

    @extend_schema(
        operation_id="user_archive", responses={204: None} | problem(409, "debtor_has_balance")
    )
    def delete(self, request: Request, user_id: int) -> Response:
        """Take a debtor out of the lists; the history stays."""
        archive_debtor(membership=self.membership, debtor_id=user_id, now=timezone.now())
        return Response(status=204)

    def _edit(self, request: Request, user_id: int, *, partial: bool) -> Response:
        changes = _cleaned(checked(UserInput, request, partial=partial))
        user = edit_debtor(membership=self.membership, debtor_id=user_id, changes=changes)
        return Response(user_data(user))


class RefundView(BookView):
    least: ClassVar = {"POST": Role.MANAGER}

    @extend_schema(
        operation_id="user_refund",
        request=RefundInput,
        responses={200: UserSerializer} | problem(409, "not_enough_credit"),
    )
    @retry_safe
    def post(self, request: Request, user_id: int) -> Response:
        """Hand credit back in cash."""
        body = checked(RefundInput, request)
        user = refund_credit(
            membership=self.membership,
            debtor_id=user_id,
            amount=body["amount"],
            currency=body["currency"],
            description=body.get("description") or "",
            now=timezone.now(),
        )
        return Response(user_data(user))


def _cleaned(body: dict[str, Any]) -> DebtorChanges:
    """A note of null is none."""
    if "note" in body:
        body["note"] = body["note"] or ""
    return cast(DebtorChanges, body)
