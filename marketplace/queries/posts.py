"""Posts as clients read them, put together by PostgreSQL, one statement whatever their number."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from core.errors import NotFound
from core.json_rows import (
    fetch_json,
    flag,
    json_object,
    moment,
    money,
    nullable,
    number,
    text,
)
from core.sql import array
from marketplace.models import B2BPost, PostStatus

# Names of files have nothing in them that an address or SQL would have to escape.
MEDIA = settings.MEDIA_URL.replace("'", "''").replace("%", "%%")


def file_address(sql: str) -> str:
    """SQL of a stored file's address as JSON; null while there is no file."""
    return f"coalesce(to_json('{MEDIA}' || nullif({sql}, ''))::text, 'null')"


# The bytes of ImageSerializer, for a row `image`.
IMAGE_JSON = json_object(
    {
        "id": number("image.id"),
        "url": file_address("image.file"),
        "width": number("image.width"),
        "height": number("image.height"),
        "medium_url": file_address("image.medium"),
        "small_url": file_address("image.small"),
    }
)
IMAGES_JSON = f"""
'[' || coalesce((
  SELECT string_agg({IMAGE_JSON}, ',' ORDER BY image.place)
  FROM marketplace_postimage AS image WHERE image.post_id = post.id
), '') || ']'
"""  # noqa: S608  (columns of ours)
# The bytes of PostSerializer, for rows `post` and `profile` (its author's, if there is one).
# A post past its end is expired, whether or not the schedule has come to it.
POST_MEMBERS = {
    "id": number("post.id"),
    "author": json_object(
        {
            "id": number("post.author_id"),
            "company_name": "coalesce(to_json(profile.company_name)::text, '\"\"')",
            "is_verified": flag("coalesce(profile.is_verified, false)"),
        }
    ),
    "kind": text("post.kind"),
    "title": text("post.title"),
    "body": text("post.body"),
    "part_number": nullable(text("post.part_number")),
    "brand": nullable(text("post.brand")),
    "price": nullable(money("post.price")),
    "currency": text("post.currency"),
    "region": nullable(text("post.region")),
    "status": text(
        f"CASE WHEN post.status = '{PostStatus.PUBLISHED}' AND post.expires_at <= %(now)s"
        f" THEN '{PostStatus.EXPIRED}' ELSE post.status END"
    ),
    "images": IMAGES_JSON,
    "created_at": moment("post.created_at"),
    "updated_at": moment("post.updated_at"),
    "expires_at": moment("post.expires_at"),
}
# SQL of a post's text; takes the parameter `now`.
POST_JSON = json_object(POST_MEMBERS)
WITH_PROFILE = "LEFT JOIN marketplace_b2bprofile AS profile ON profile.user_id = post.author_id"
BY_ID = f"""
SELECT {POST_JSON} FROM marketplace_b2bpost AS post {WITH_PROFILE}
WHERE post.id = ANY (%(ids)s::bigint[]) ORDER BY post.id
"""  # noqa: S608  (columns of ours)


def posts_json(ids: Iterable[int], *, now: datetime) -> list[bytes]:
    """The posts with these ids as JSON texts, by id; in any state, deleted ones too."""
    return fetch_json(BY_ID, {"ids": array(ids), "now": now})


def post_data(post_id: int, *, now: datetime) -> dict[str, Any]:
    """Post of the API contract: for answers and events."""
    [post] = posts_json([post_id], now=now)
    data: dict[str, Any] = msgspec.json.decode(post)
    return data


def find_post_data(post_id: int, *, reader: int, now: datetime) -> dict[str, Any]:
    """The post as `reader` may see it: a published one, or their own. Raises NotFound."""
    if not B2BPost.objects.visible_to(reader, now=now).filter(pk=post_id).exists():
        raise NotFound
    return post_data(post_id, now=now)
