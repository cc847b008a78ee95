"""The base of the views of a book: who asks, in which book, and what their role lets them do."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.schema import AutoSchema
from core.serializers import MAX_ID
from core.views import APIView
from ledger.actions.books import Membership, NotAMember, find_membership
from ledger.models import Role

X_BOOK = OpenApiParameter(
    "X-Book",
    {"type": "integer", "minimum": 1},
    OpenApiParameter.HEADER,
    description="Another's book that the caller keeps; one's own when absent.",
)


class BookSchema(AutoSchema):
    """Adds what all views of a book have in common."""

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), X_BOOK]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            refusal = self._problem(403)
            refusal["description"] += " Codes: `not_a_member`"
            assert isinstance(self.view, BookView)
            if self.method in self.view.least:
                refusal["description"] += ", `role_not_allowed`"
            operation["responses"]["403"] = refusal
        return operation


class BookView(APIView):
    """`membership` is the caller at work in the book that `X-Book` chooses, else in their own.

    `least`: the role that a method wants; a cashier may call the others.
    """

    schema = BookSchema()
    least: ClassVar[Mapping[str, Role]] = {}
    membership: Membership

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        account_id = request.user.pk
        assert account_id is not None
        self.membership = find_membership(account_id=account_id, book_id=_chosen_book(request))
        method = "GET" if request.method == "HEAD" else request.method or ""
        self.membership.require(self.least.get(method, Role.CASHIER))
        # A retry is the same write only in the same book.
        request.book_id = self.membership.book_id  # type: ignore[attr-defined]

    @property
    def book_id(self) -> int:
        return self.membership.book_id


def _chosen_book(request: Request) -> int | None:
    raw = request.headers.get("X-Book")
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 19 and int(raw) <= MAX_ID):
        raise NotAMember
    return int(raw)
