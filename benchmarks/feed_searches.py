"""A new post against ten thousand saved searches, as the worker does it."""

import statistics
from time import perf_counter

SEARCHES, RUNS, LIMIT_MS = 10_000, 7, 50.0


def measure_matching() -> None:
    """As people search: by words mostly, some by a part number, some by a region alone."""
    from django.utils import timezone

    from marketplace.actions.searches import tell_of_post
    from marketplace.models import B2BPost
    from marketplace.queries.matching import find_fitting

    keep_searches()
    print(f"A new post against {SEARCHES:,} saved searches: median of {RUNS} posts")
    matched, told, fitting = [], [], []
    newest = B2BPost.objects.filter(status="published").order_by("-id")
    for post_id in newest.values_list("pk", flat=True)[: RUNS + 1]:
        now = timezone.now()
        start = perf_counter()
        found = find_fitting(post_id, now=now)
        matched.append(1000 * (perf_counter() - start))
        start = perf_counter()
        tell_of_post(post_id, now=now)
        told.append(1000 * (perf_counter() - start))
        fitting.append(len(found))
    for name, taken in (("found", matched[1:]), ("found and told", told[1:])):
        middle = statistics.median(taken)
        print(f"  {name:36}{middle:8.1f} ms  {middle / LIMIT_MS:5.2f}", flush=True)
    print(f"  fitting, each: {fitting[1:]}")


def keep_searches() -> None:
    from django.db import connection

    from benchmarks.feed_rows import BRANDS, NOUNS
    from ledger.models import User
    from marketplace.models import SavedSearch
    from marketplace.models.posts import REGION_CODES
    from marketplace.queries.feed import read_filters
    from marketplace.queries.matching import search_columns

    owners = list(User.objects.values_list("pk", flat=True)[:5_000])
    brands = BRANDS.split()
    nouns = [noun.strip() for noun in NOUNS.split(",")]
    kept = []
    for place in range(SEARCHES):
        brand, noun = brands[place % len(brands)], nouns[place * 7 % len(nouns)]
        region = REGION_CODES[place % len(REGION_CODES)]
        filters = [
            {"q": f"{noun} {brand} {1990 + place % 36}"},
            {"q": noun, "brand": brand, "region": region},
            {"part_number": f"{4000 + place % 500:05}-{place % 99999:05}"},
            {"q": f"soz{place % 20000}", "kind": "request"},
            {"brand": brand, "region": region, "price_max": 100_000 + place},
        ][place % 5]
        columns = search_columns(read_filters(filters))
        owner_id = owners[place % len(owners)]
        kept.append(SavedSearch(owner_id=owner_id, name="x", filters={}, **columns))
    SavedSearch.objects.bulk_create(kept, batch_size=1_000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE marketplace_savedsearch")
