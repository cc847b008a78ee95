"""Searches that the caller keeps."""

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
from marketplace.actions.searches import delete_search, save_search
from marketplace.queries.searches import find_search, list_searches
from marketplace.serializers.searches import SavedSearchInput, SavedSearchSerializer
from marketplace.views.profiles import account_of


class SearchListView(APIView):
    @extend_schema(
        operation_id="searches",
        parameters=LIST_PARAMETERS,
        responses={200: SavedSearchSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The caller's searches, newest first."""
        page = read_page(request, name="searches", keys=NEWEST)
        return answer_list(request, page, list_searches(account_of(request), page))

    @extend_schema(
        operation_id="search_create",
        request=SavedSearchInput,
        responses={201: SavedSearchSerializer} | problem(403, "search_limit_reached"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Keep a search: its owner is told of new posts that fit, once an hour at most."""
        body = checked(SavedSearchInput, request)
        search = save_search(account_id=account_of(request), now=timezone.now(), **body)
        return Response(SavedSearchSerializer(search).data, status=201)


class SearchView(APIView):
    @extend_schema(operation_id="search", responses={200: SavedSearchSerializer})
    def get(self, request: Request, search_id: int) -> Response:
        """One of the caller's searches."""
        search = find_search(account_of(request), search_id)
        return Response(SavedSearchSerializer(search).data)

    @extend_schema(operation_id="search_delete", responses={204: None})
    def delete(self, request: Request, search_id: int) -> Response:
        """Keep a search no longer."""
        delete_search(account_id=account_of(request), search_id=search_id)
        return Response(status=204)
