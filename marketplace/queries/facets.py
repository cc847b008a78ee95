"""What the search index knows of a post beside its words: a few short codes.

They stand in the column `facets`, which the database makes. The index of words is one of codes
too, so that a day, a kind, a region, a brand and a word are intersected inside it, however
often each of them occurs. Days are there three times: alone, in eights and in sixty-fours.
"""

from decimal import Decimal
from math import floor, log10

from core.listing import Where

BRAND_CHARACTERS = 40
# Prices by their size: 25 steps from one power of ten to the next, and ten of those together.
STEPS, TOGETHER = 25, 10
SMALLEST, LARGEST = Decimal("0.01"), Decimal("999999999999.99")


def brand_code(folded: str) -> str:
    """Long names share a code: the column itself is compared too."""
    return f"={folded[:BRAND_CHARACTERS]}"


def author_code(account_id: int) -> str:
    return f"a{account_id}"


def price_codes(currency: str, least: Decimal | None, most: Decimal | None) -> list[str]:
    """Codes that every price from `least` to `most` has one of; others may have them too.

    A step more at either end: the database rounds logarithms in its own way.
    """
    first = _step(max(least or SMALLEST, SMALLEST)) - 1
    last = _step(min(most or LARGEST, LARGEST)) + 1 if most != 0 else first - 1
    codes, step = [], first
    while step <= last:
        if step % TOGETHER == 0 and step + TOGETHER - 1 <= last:
            codes.append(f"P{currency}{step // TOGETHER}")
            step += TOGETHER
        else:
            codes.append(f"p{currency}{step}")
            step += 1
    return codes


def _step(price: Decimal) -> int:
    return floor(log10(price) * STEPS)


def having(where: Where, codes: list[str], any_of: list[str] | None) -> Where:
    """Posts with all of the `codes` and the probe's, and one of `any_of` (None: whatever)."""
    where = where.plus("facets @> (ARRAY[probe.code] || %(codes)s::text[])", codes=codes)
    if any_of is None:
        return where
    return where.plus("facets && %(price_codes)s::text[]", price_codes=any_of)


def having_all(where: Where, codes: list[str]) -> Where:
    """Posts with all of the `codes`, of any time."""
    return where.plus("facets @> %(codes)s::text[]", codes=codes)
