"""Debtors found by a part of their name or number."""

import re
from typing import Any

from core.folding import digits_of, fold_name
from core.listing import Where
from core.sql import rows

# Up to so many debtors, a list is put together from the newest rows of each; with more of
# them, walking the book's rows meets enough of theirs sooner.
FEW = 500
MIN_DIGITS = 3
SPELT_NUMBER = re.compile(r"[+0-9 ().\-\u00a0]+")

NAMED = """
SELECT id FROM ledger_debtor WHERE book_id = %(book)s AND folded_name LIKE %(name)s
"""


def named(book_id: int, name: str) -> dict[str, Any]:
    """The parameters of NAMED: debtors whose name contains `name`, in whatever script."""
    return {"book": book_id, "name": name_pattern(name)}


def few_debtors_named(book_id: int, name: str) -> list[int] | None:
    """The debtors whose name contains `name`; None when they are more than a few."""
    found = rows(f"{NAMED} LIMIT {FEW + 1}", named(book_id, name))
    return [debtor_id for (debtor_id,) in found] if len(found) <= FEW else None


def matching(where: Where, query: str) -> Where:
    """Debtors whose name contains `query`, or whose number contains its digits: three or more,
    and nothing else but the signs that numbers are spelt with."""
    name = name_pattern(query)
    digits = digits_of(query) if SPELT_NUMBER.fullmatch(query) else ""
    if len(digits) < MIN_DIGITS:
        return where.plus("folded_name LIKE %(name)s", name=name)
    return where.plus(
        "(folded_name LIKE %(name)s OR phone_number LIKE %(digits)s)",
        name=name,
        digits=containing(digits),
    )


def name_pattern(name: str) -> str:
    """What a folded name has to be LIKE. A sign that folds away is in no name, not in all."""
    folded = fold_name(name)
    return containing(folded) if folded or not name.strip() else ""


def containing(text: str) -> str:
    """A LIKE pattern: `text` anywhere."""
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return f"%{escaped}%"
