"""The order of a list of posts by how well they fit words."""

from datetime import datetime
from typing import Any

from core.listing import Where
from marketplace.queries.feed_orders import Keys, Order, Steps, Wanted, hits_by_time
from marketplace.queries.feed_sql import DAY_BY_DAY, WEEK_BY_WEEK
from marketplace.queries.words import Words, beginning, containing

MOST_RANKED = 1_000
BY_TEXT = 3

# Whether any post has such a part number: a look of a millisecond, as the index knows at once of
# letters that no number has. By probes, so that PostgreSQL never thinks of reading all posts.
NUMBERS = """
numbers AS MATERIALIZED (
  SELECT EXISTS (
    SELECT FROM ({probes}) AS probe (code) CROSS JOIN LATERAL (
      SELECT FROM marketplace_b2bpost
      WHERE status = 'published' AND facets @> ARRAY[probe.code] AND ({pieces}) OFFSET 0
    ) AS post
  ) AS are_there
)
"""
ARE_THERE = "(SELECT are_there FROM numbers)"
RANKED = """
SELECT id, created_at, CASE
  WHEN part_folded = ANY (%(parts)s::text[]) THEN 0
  WHEN part_folded LIKE ANY (%(beginnings)s::text[]) THEN 1
  WHEN part_folded LIKE ANY (%(pieces)s::text[]) THEN 2
  ELSE 3
END AS rank FROM hits
"""
TOLD = "SELECT id, created_at, 3 AS rank FROM told"
PAGE = """
ranked AS ({ranked}), page AS MATERIALIZED (
  SELECT ranked.*, {top},
         %(seen)s + row_number() OVER (ORDER BY rank, created_at DESC, id DESC) AS seen
  FROM ranked WHERE {follows} ORDER BY rank, created_at DESC, id DESC LIMIT %(rows)s
)
"""
NEWEST_OF_ALL = """
first_value(created_at) OVER (ORDER BY created_at DESC, id DESC) AS top_at,
first_value(id) OVER (ORDER BY created_at DESC, id DESC) AS top_id
"""
SAME_TOP = "%(top_at)s::timestamptz AS top_at, %(top_id)s::bigint AS top_id"
UP_TO_TOP = "(created_at, id) <= (%(top_at)s, %(top_id)s)"
OLDER = "(created_at, id) < (%(after_moment)s, %(after_id)s)"
FOLLOWS = f"(rank > %(after_rank)s OR rank = %(after_rank)s AND {OLDER})"


class Relevance(Order):
    """The part number itself, then what it begins with, then pieces of it, then words; the
    newest first in each. Of the newest thousand hits: a cursor keeps the newest of them, so
    that the thousand are the same on every page, and how many of them were `seen`.

    Only part numbers need the thousand gathered. When the words are none, all hits are equal:
    those are `told`, and the page's are enough. What has digits mostly is a piece of some part
    number; of a word of letters it is seen first.
    """

    name = "relevance"
    types = (int, datetime, int, datetime, int, int)
    keys = "page.rank, page.created_at, page.id, page.top_at, page.top_id, page.seen"
    sort = "page.rank, page.created_at DESC, page.id DESC"

    def __init__(self, words: Words) -> None:
        self._parts = words.parts

    def shown(self, wanted: Wanted, after: Keys) -> Steps:
        assert wanted.in_texts
        params = {**wanted.in_texts.parameters(), **self._parameters(wanted, after)}
        if not self._parts:
            steps = [self._told(wanted.in_texts, after), self._page(TOLD, after)]
        elif any(c.isdigit() for part in self._parts for c in part):
            steps = [self._hits(wanted, after), self._page(RANKED, after)]
        else:
            steps = [
                NUMBERS.format(probes=WEEK_BY_WEEK.format(follows=""), pieces=self._pieces()),
                self._hits(wanted, after, gate=ARE_THERE),
                self._told(wanted.in_texts, after, gate=f"NOT {ARE_THERE}"),
                self._page(f"{RANKED} UNION ALL {TOLD}", after),
            ]
        return f"WITH {', '.join(steps)}", params

    def counted(self, wanted: Wanted, after: Keys) -> Steps:
        """The hits of all pages."""
        return f"WITH {self._hits(wanted, after)}", self._parameters(wanted, after)

    @staticmethod
    def _hits(wanted: Wanted, after: Keys, gate: str = "true") -> str:
        window = Where() if after is None else Where((UP_TO_TOP,))
        columns, need = "id, created_at, part_folded", str(MOST_RANKED)
        return hits_by_time(columns, wanted, window, DAY_BY_DAY, need=need, gate=gate)

    @staticmethod
    def _told(wanted: Wanted, after: Keys, gate: str = "true") -> str:
        return hits_by_time(
            "id, created_at",
            wanted,
            _not_told(after),
            WEEK_BY_WEEK,
            need=f"least(%(rows)s, {MOST_RANKED} - %(seen)s)",
            names=("near_told", "told"),
            gate=gate,
        )

    @staticmethod
    def _page(ranked: str, after: Keys) -> str:
        return PAGE.format(
            ranked=ranked,
            top=NEWEST_OF_ALL if after is None else SAME_TOP,
            follows="true" if after is None else FOLLOWS,
        )

    def _parameters(self, wanted: Wanted, after: Keys) -> dict[str, Any]:
        params = {**wanted.parameters(), "seen": 0}
        if after is not None:
            names = ("after_rank", "after_moment", "after_id", "top_at", "top_id", "seen")
            params |= dict(zip(names, after, strict=True))
        return {
            **params,
            "parts": self._parts,
            "beginnings": [beginning(part) for part in self._parts],
            "pieces": [containing(part) for part in self._parts],
            **{f"piece_{place}": containing(part) for place, part in enumerate(self._parts)},
        }

    def _pieces(self) -> str:
        """Each a condition of its own: the index answers no list of patterns."""
        likes = [f"part_folded LIKE %(piece_{place})s" for place, _ in enumerate(self._parts)]
        return " OR ".join(likes)

    def own(self, template: str, own: Where, after: Keys) -> Steps:
        raise NotImplementedError("one's own posts are not ranked")


def _not_told(after: Keys) -> Where:
    """After a page that ended among part numbers, all that is told is to come."""
    if after is None:
        return Where()
    return Where((OLDER if after[0] == BY_TEXT else UP_TO_TOP,))
