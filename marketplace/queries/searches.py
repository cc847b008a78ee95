"""One's own saved searches."""

from rest_framework.renderers import JSONRenderer

from core.errors import NotFound
from core.listing import Listing
from core.pagination import Page
from marketplace.models import SavedSearch
from marketplace.serializers.searches import SavedSearchSerializer


def list_searches(account_id: int, page: Page) -> Listing:
    """Newest first. They are as few as a plan allows."""
    own = SavedSearch.objects.filter(owner_id=account_id)
    count = own.count() if page.wants_count else None
    if page.after is not None:
        moment, row_id = page.after
        earlier = own.filter(created_at__lt=moment)
        own = earlier | own.filter(created_at=moment, pk__lt=row_id)
    found = list(own.order_by("-created_at", "-pk")[: page.limit + 1])
    shown = found[: page.limit]
    texts = [JSONRenderer().render(SavedSearchSerializer(search).data) for search in shown]
    last = shown[-1] if len(found) > page.limit else None
    return Listing(texts, (last.created_at, last.pk) if last else None, count)


def find_search(account_id: int, search_id: int) -> SavedSearch:
    """Raises NotFound."""
    found = SavedSearch.objects.filter(owner_id=account_id, pk=search_id).first()
    if found is None:
        raise NotFound
    return found
