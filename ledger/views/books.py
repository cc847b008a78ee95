"""Books and their members."""

from typing import ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import checked
from core.errors import NotFound
from core.idempotency import retry_safe
from core.pagination import list_response, read_page
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from ledger.actions.books import update_book
from ledger.actions.members import add_member, remove_member
from ledger.models import Role
from ledger.queries.books import count_books, count_members, kept_book, kept_books, members_of
from ledger.serializers.books import BookPatch, BookSerializer, MemberInput, MemberSerializer
from ledger.views.book import BookView


class BookListView(APIView):
    @extend_schema(
        operation_id="books",
        parameters=LIST_PARAMETERS,
        responses={200: BookSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The books one keeps, one's own first."""
        page = read_page(request, name="books", keys=[int])
        account_id = _account_id(request)
        after = page.after[0] if page.after else None
        books = kept_books(account_id, after=after, limit=page.limit + 1)
        shown = books[: page.limit]
        return list_response(
            request,
            page,
            rows=[JSONRenderer().render(BookSerializer(book).data) for book in shown],
            next_after=[shown[-1].place] if len(books) > page.limit else None,
            count=count_books(account_id) if page.wants_count else None,
        )


class OneBookView(APIView):
    @extend_schema(operation_id="book", responses={200: BookSerializer})
    def get(self, request: Request, book_id: int) -> Response:
        """A book one keeps."""
        return Response(_seen_book(request, book_id))

    @extend_schema(
        operation_id="book_update",
        request=BookPatch,
        responses={200: BookSerializer} | problem(403, "role_not_allowed"),
    )
    def patch(self, request: Request, book_id: int) -> Response:
        """Change the name or the currencies of one's own book. The default currency stays."""
        changes = checked(BookPatch, request, partial=True)
        update_book(account_id=_account_id(request), book_id=book_id, **changes)
        return Response(_seen_book(request, book_id))


class MemberListView(BookView):
    least: ClassVar = {"GET": Role.OWNER, "POST": Role.OWNER}

    @extend_schema(
        operation_id="members",
        parameters=LIST_PARAMETERS,
        responses={200: MemberSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The people who keep the book with its owner, newest first."""
        page = read_page(request, name="members", keys=[int])
        after = page.after[0] if page.after else None
        members = members_of(self.book_id, after=after, limit=page.limit + 1)
        shown = members[: page.limit]
        return list_response(
            request,
            page,
            rows=[JSONRenderer().render(MemberSerializer(member).data) for member in shown],
            next_after=[shown[-1].pk] if len(members) > page.limit else None,
            count=count_members(self.book_id) if page.wants_count else None,
        )

    @extend_schema(
        operation_id="member_add",
        request=MemberInput,
        responses={201: MemberSerializer}
        | problem(400, "no_such_account", "owner_is_no_member", "phone_number_invalid")
        | problem(409, "too_many_members"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Let another account keep the book; a member gets the new role."""
        body = checked(MemberInput, request)
        member = add_member(
            membership=self.membership,
            phone_number=body["phone_number"],
            role=Role(body["role"]),
            now=timezone.now(),
        )
        return Response(MemberSerializer(member).data, status=201)


class MemberView(BookView):
    least: ClassVar = {"DELETE": Role.OWNER}

    @extend_schema(operation_id="member_remove", responses={204: None})
    def delete(self, request: Request, member_id: int) -> Response:
        """Take a member out."""
        remove_member(membership=self.membership, member_id=member_id)
        return Response(status=204)


def _seen_book(request: Request, book_id: int) -> dict[str, object]:
    book = kept_book(_account_id(request), book_id)
    if book is None:
        raise NotFound
    return dict(BookSerializer(book).data)


def _account_id(request: Request) -> int:
    account_id = request.user.pk
    assert account_id is not None
    return account_id
