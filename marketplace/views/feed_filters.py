"""The filters and orders of the list of posts, read from the query and said in the document."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.query_params import read_choice
from marketplace.queries.feed import NEWEST, RELEVANCE, FeedFilters, read_filters
from marketplace.serializers.searches import FilterInput

ORDERINGS = (NEWEST, "price", "-price", RELEVANCE)
FEED_PARAMETERS: list[Any] = [
    FilterInput,
    OpenApiParameter(
        "mine",
        {"type": "string", "enum": ["0", "1", "true", "false"]},
        description="`1`: one's own posts, in any state.",
    ),
    OpenApiParameter(
        "ordering",
        {"type": "string", "enum": list(ORDERINGS)},
        description="By default the newest first. `relevance` ranks the newest 1,000 hits of `q`. "
        "By price: UZS, then USD, then posts without a price.",
    ),
]


def read_feed_filters(request: Request) -> FeedFilters:
    given = FilterInput(data=request.query_params.dict())
    given.is_valid(raise_exception=True)
    return read_filters(given.validated_data)


def read_ordering(request: Request) -> str:
    return read_choice(request, "ordering", ORDERINGS) or NEWEST
