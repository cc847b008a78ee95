"""Posts: publish, read, change, renew, delete."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import answer_list, checked
from core.idempotency import retry_safe
from core.pagination import read_page
from core.query_params import read_flag
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from marketplace.actions.posts import create_post, delete_post, edit_post, renew_post
from marketplace.actions.profiles import refuse_not_enabled
from marketplace.queries.feed import find_order, list_feed
from marketplace.queries.posts import find_post_data
from marketplace.serializers.posts import PostInput, PostPatch, PostSerializer
from marketplace.views.feed_filters import FEED_PARAMETERS, read_feed_filters, read_ordering
from marketplace.views.profiles import account_of

MAY_POST = ("b2b_not_enabled", "subscription_required")
EDITED: dict[Any, Any] = {
    200: PostSerializer,
    **problem(403, "not_owner"),
    **problem(409, "post_rejected"),
}


class PostListView(APIView):
    @extend_schema(
        operation_id="posts",
        parameters=[*FEED_PARAMETERS, *LIST_PARAMETERS],
        responses={200: PostSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """Published posts of everybody, or with `mine=1` one's own in any state."""
        filters = read_feed_filters(request)
        mine = account_of(request) if read_flag(request, "mine") else None
        order = find_order(read_ordering(request), filters, is_mine=mine is not None)
        page = read_page(request, name=f"posts:{order.name}", keys=order.types)
        listing = list_feed(filters, order, page, mine=mine, now=timezone.now())
        return answer_list(request, page, listing)

    @extend_schema(
        operation_id="post_create",
        request=PostInput,
        responses={201: PostSerializer} | problem(403, *MAY_POST, "post_limit_reached"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Publish a post for 30 days; it takes one of the month's posts of the plan."""
        account_id = account_of(request)
        # Whoever may not post hears that first, whatever the body says.
        refuse_not_enabled(account_id)
        content = _cleaned(checked(PostInput, request))
        data = create_post(account_id=account_id, content=content, now=timezone.now())
        return Response(data, status=201)


class PostView(APIView):
    @extend_schema(operation_id="post", responses={200: PostSerializer})
    def get(self, request: Request, post_id: int) -> Response:
        """One post: a published one of anybody, one's own in any state."""
        return Response(find_post_data(post_id, reader=account_of(request), now=timezone.now()))

    @extend_schema(operation_id="post_update", request=PostPatch(partial=True), responses=EDITED)
    def patch(self, request: Request, post_id: int) -> Response:
        """Change a post, or close it by `status`."""
        return self._edit(request, post_id, partial=True)

    @extend_schema(operation_id="post_replace", request=PostPatch, responses=EDITED)
    def put(self, request: Request, post_id: int) -> Response:
        """Change a post. What is left out stays as it is."""
        return self._edit(request, post_id, partial=False)

    @extend_schema(operation_id="post_delete", responses={204: None} | problem(403, "not_owner"))
    def delete(self, request: Request, post_id: int) -> Response:
        """Delete a post for good. Talks about it keep its title."""
        delete_post(account_id=account_of(request), post_id=post_id, now=timezone.now())
        return Response(status=204)

    def _edit(self, request: Request, post_id: int, *, partial: bool) -> Response:
        body = checked(PostPatch, request, partial=partial)
        # Without the defaults of a new post: what was not sent stays.
        changes = _cleaned({name: body[name] for name in body.keys() & set(request.data)})
        data = edit_post(
            account_id=account_of(request), post_id=post_id, changes=changes, now=timezone.now()
        )
        return Response(data)


class RenewalView(APIView):
    @extend_schema(
        operation_id="post_renew",
        request=None,
        responses={200: PostSerializer}
        | problem(403, "not_owner", *MAY_POST)
        | problem(409, "post_published", "post_rejected"),
    )
    @retry_safe
    def post(self, request: Request, post_id: int) -> Response:
        """Publish a closed or expired post for 30 more days; takes nothing of the month's."""
        data = renew_post(account_id=account_of(request), post_id=post_id, now=timezone.now())
        return Response(data)


def _cleaned(content: dict[str, Any]) -> dict[str, Any]:
    """A part number or brand of nothing is none."""
    for name in ("part_number", "brand"):
        if name in content:
            content[name] = content[name] or None
    return content
