"""Which saved searches a new post fits: the list's question, asked the other way round.

A search is found by its hooks: of whatever fits it, each post has one of these codes. Few
searches share one, so that a post looks at a handful of ten thousand, and compares these with
all their filters.
"""

from datetime import datetime
from typing import Any

from core.sql import rows
from marketplace.models import B2BPost
from marketplace.queries.facets import author_code, brand_code
from marketplace.queries.feed import FeedFilters
from marketplace.queries.words import LEAST_INFIX, Word, Words, containing

ANY_POST = "*"
FITTING = """
SELECT search.id FROM marketplace_savedsearch AS search
CROSS JOIN (SELECT * FROM marketplace_b2bpost WHERE id = %(post)s) AS post
WHERE search.hooks && %(codes)s::text[]
  AND search.owner_id <> post.author_id
  AND coalesce(search.kind = post.kind, search.kind IS NULL)
  AND coalesce(search.region = post.region, search.region IS NULL)
  AND coalesce(search.currency = post.currency, search.currency IS NULL)
  AND coalesce(search.author = post.author_id, search.author IS NULL)
  AND coalesce(search.brand_folded = post.brand_folded, search.brand_folded IS NULL)
  AND coalesce(search.price_min <= post.price, search.price_min IS NULL)
  AND coalesce(search.price_max >= post.price, search.price_max IS NULL)
  AND coalesce(post.part_folded LIKE search.part_pattern, search.part_pattern IS NULL)
  AND (
    NOT EXISTS (
      SELECT FROM unnest(search.text_patterns, search.part_patterns) AS word (text, part)
      WHERE NOT (coalesce(' ' || post.text_folded LIKE word.text, false)
                 OR coalesce(post.part_folded LIKE word.part, false))
    ) OR coalesce(post.part_folded LIKE search.whole_pattern, false)
  )
ORDER BY search.id
"""


def find_fitting(post_id: int, *, now: datetime) -> list[int]:
    """Ids of the searches that the post fits, its author's own left out; none when it is not on
    show any more."""
    post = B2BPost.objects.on_show(now=now).filter(pk=post_id).first()
    if post is None:
        return []
    params = {"post": post_id, "codes": sorted(codes_of(post))}
    return [search_id for (search_id,) in rows(FITTING, params)]


def search_columns(filters: FeedFilters) -> dict[str, Any]:
    """What a search keeps of its filters, beside how they were written."""
    filters = filters.settled()
    words = filters.words.words if filters.words else ()
    return {
        "kind": filters.kind,
        "region": filters.region,
        "brand_folded": filters.brand,
        "author": filters.author,
        "currency": filters.currency,
        "price_min": filters.price_min,
        "price_max": filters.price_max,
        "part_pattern": None if filters.part is None else _part_pattern(filters.part),
        "text_patterns": [_text_pattern(word) for word in words],
        "part_patterns": [containing(word.part) if word.part else None for word in words],
        "whole_pattern": _whole_pattern(filters.words),
        "hooks": hooks_of(filters),
    }


def _part_pattern(part: str) -> str:
    # Only letters and digits: nothing in it means anything to LIKE.
    return part if len(part) < LEAST_INFIX else containing(part)


def _text_pattern(word: Word) -> str | None:
    """For the text with a space before it, so that its first word begins as the others do."""
    if not word.text:
        return None
    return containing(f" {word.text}" if word.is_short else word.text)


def _whole_pattern(words: Words | None) -> str | None:
    return containing(words.whole) if words and words.is_whole_wanted else None


def hooks_of(filters: FeedFilters) -> list[str]:
    """The rarest thing that is asked for. Nothing for what no post fits."""
    if filters.author is not None:
        return [author_code(filters.author)]
    if filters.part is not None:
        return _part_hooks(filters.part)
    if filters.words is not None:
        return _word_hooks(filters.words)
    if filters.brand is not None:
        return [brand_code(filters.brand)] if filters.brand else []
    return [filters.region or filters.kind or filters.currency or ANY_POST]


def _part_hooks(part: str) -> list[str]:
    if not part:
        return []
    return [f"N{part}" if len(part) < LEAST_INFIX else f"n{_middle(part)}"]


def _word_hooks(words: Words) -> list[str]:
    if not words.words:
        return []
    longest = max(words.words, key=lambda word: max(len(word.text), len(word.part)))
    hooks = []
    if longest.text:
        text = f" {longest.text}" if longest.is_short else _middle(longest.text)
        hooks.append(f"t{text}")
    if longest.part:
        hooks.append(f"n{_middle(longest.part)}")
    if words.is_whole_wanted:
        hooks.append(f"n{_middle(words.whole)}")
    return hooks


def _middle(text: str) -> str:
    """Three characters: many words begin, and many end, like others."""
    start = (len(text) - LEAST_INFIX) // 2
    return text[start : start + LEAST_INFIX]


def codes_of(post: B2BPost) -> set[str]:
    """Every hook that a search which the post fits can have."""
    text = f" {post.text_folded}"
    codes = {ANY_POST, post.kind, post.currency, author_code(post.author_id)}
    codes |= {post.region} if post.region else set()
    codes |= {brand_code(post.brand_folded)} if post.brand_folded else set()
    codes |= {f"N{post.part_folded}"} | {f"n{piece}" for piece in _pieces(post.part_folded)}
    codes |= {f"t{piece}" for piece in _pieces(text)}
    return codes | {f"t {word[0]}" for word in text.split()}


def _pieces(text: str) -> set[str]:
    return {text[place : place + LEAST_INFIX] for place in range(len(text) - LEAST_INFIX + 1)}
