"""Pictures: their files, and how clients read them."""

from typing import Any

import msgspec
from django.db.models import QuerySet

from core.json_rows import fetch_json
from marketplace.models import PostImage
from marketplace.queries.posts import IMAGE_JSON

AT_A_TIME = 5_000
BY_ID = f"SELECT {IMAGE_JSON} FROM marketplace_postimage AS image WHERE id = %(id)s"  # noqa: S608


def image_data(image_id: int) -> dict[str, Any]:
    """A picture as it stands in a Post."""
    [image] = fetch_json(BY_ID, {"id": image_id})
    data: dict[str, Any] = msgspec.json.decode(image)
    return data


def referred_files(images: QuerySet[PostImage]) -> set[str]:
    """Names of the files that these pictures consist of."""
    rows = images.values_list("file", "medium", "small")
    return {name for names in rows for name in names if name}


def every_referred_file() -> set[str]:
    """Likewise of all pictures there are, read in parts."""
    found: set[str] = set()
    last = 0
    while True:
        part = PostImage.objects.filter(pk__gt=last).order_by("pk")[:AT_A_TIME]
        rows = list(part.values_list("pk", "file", "medium", "small"))
        if not rows:
            return found
        last = rows[-1][0]
        found.update(name for _pk, *names in rows for name in names if name)
