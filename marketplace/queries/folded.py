"""What searches look into."""

from core.folding import fold_name, fold_part_number
from marketplace.models import B2BPost

# Some letters unfold into a dozen; no honest text grows that long.
LONGEST = 10_000


def folded(post: B2BPost) -> dict[str, str]:
    """The post's folded columns, from what it says now."""
    whole = " ".join(filter(None, (post.title, post.body, post.brand)))
    return {
        "part_folded": fold_part_number(post.part_number or ""),
        "brand_folded": fold_brand(post.brand or ""),
        "text_folded": fold_name(whole)[:LONGEST],
    }


def fold_brand(brand: str) -> str:
    return fold_name(brand)[:LONGEST]
