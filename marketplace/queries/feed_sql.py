"""The SQL that lists of posts are put together from."""

from typing import NamedTuple

from core.money import CURRENCIES

# The day of `marketplace_b2bpost.facets`.
DAY = "((created_at AT TIME ZONE 'UTC')::date - DATE '2020-01-01')"

WALK = """
WITH page AS MATERIALIZED (
  SELECT id, created_at FROM marketplace_b2bpost WHERE status = 'published' AND {where}
  ORDER BY created_at DESC, id DESC LIMIT %(rows)s
)
"""
# `near` are the hits among the newest posts. Are they fewer than needed, then hits are rare (or
# long ago), and are looked up, a day or eight days after the other, then sixty-four: a search
# stops with the day that fills the page, and reads no more rows than the days it came to have
# hits. Both halves are lazy: the one that is not wanted is not run.
HITS_BY_TIME = """
{near} AS MATERIALIZED (
  SELECT {columns} FROM (
    SELECT * FROM marketplace_b2bpost WHERE status = 'published'{follows}
    ORDER BY created_at DESC, id DESC LIMIT %(walk)s
  ) AS post WHERE {gate} AND {walked} ORDER BY created_at DESC, id DESC LIMIT {need}
), {hits} AS MATERIALIZED (
  SELECT * FROM {near} WHERE (SELECT count(*) FROM {near}) >= {need}
  UNION ALL (
    SELECT hit.* FROM ({probes}) AS probe (code) CROSS JOIN LATERAL (
      SELECT {columns} FROM (
        {found} OFFSET 0
      ) AS post WHERE {walked} ORDER BY created_at DESC, id DESC LIMIT {need}
    ) AS hit
    WHERE {gate} AND (SELECT count(*) FROM {near}) < {need} LIMIT {need}
  )
)
"""
# Codes of times, from the newest post on show to the oldest, that meet without overlap. A
# thousand hits of a frequent word are those of a day or two; for a page, eight days are a start.
_ENDS = f"""
WITH ends AS MATERIALIZED (
  SELECT (SELECT {DAY} FROM marketplace_b2bpost WHERE status = 'published'{{follows}}
          ORDER BY created_at DESC, id DESC LIMIT 1) AS newest,
         (SELECT {DAY} FROM marketplace_b2bpost WHERE status = 'published'
          ORDER BY created_at, id LIMIT 1) AS oldest
)
"""  # noqa: S608  (our own names)
_EIGHTS = """
SELECT 'w' || eight::text FROM ends CROSS JOIN
  generate_series({first}, greatest(oldest >> 3, ((newest >> 6) - 1) << 3), -1) AS eight
UNION ALL
SELECT 'm' || many::text FROM ends CROSS JOIN
  generate_series((newest >> 6) - 2, oldest >> 6, -1) AS many
"""
DAY_BY_DAY = (
    _ENDS
    + """
SELECT 'd' || day::text FROM ends CROSS JOIN
  generate_series(newest, greatest(oldest, ((newest - 1) >> 3) << 3), -1) AS day
UNION ALL
"""
    + _EIGHTS.format(first="((newest - 1) >> 3) - 1")
)
WEEK_BY_WEEK = _ENDS + _EIGHTS.format(first="newest >> 3")
# Bounds of a price are found by the index of prices, whatever the day.
AT_ONCE = "SELECT ''"
FOUND = "SELECT * FROM marketplace_b2bpost WHERE {searched}{follows}"
# Words and bounds of a price: are the posts within the bounds few, these are looked at, whatever
# the day and the words. The code of their probe is that of no time.
FEW_OR = """
WITH few AS MATERIALIZED (
  SELECT count(*) <= {most} AS are_all
  FROM (SELECT FROM marketplace_b2bpost WHERE {priced} LIMIT {most} + 1) AS post
)
SELECT '' WHERE (SELECT are_all FROM few)
UNION ALL SELECT * FROM ({probes}) AS probe (code) WHERE NOT (SELECT are_all FROM few)
"""
FEW_OR_FOUND = f"""
{FOUND} AND probe.code <> ''
UNION ALL
SELECT * FROM marketplace_b2bpost WHERE {{priced}}{{follows}} AND probe.code = ''
"""  # noqa: S608  (our own names)
MONTH_BY_MONTH = f"""
WITH ends AS MATERIALIZED (
  SELECT (SELECT {DAY} FROM marketplace_b2bpost WHERE status = 'published'
          ORDER BY created_at DESC, id DESC LIMIT 1) AS newest,
         (SELECT {DAY} FROM marketplace_b2bpost WHERE status = 'published'
          ORDER BY created_at, id LIMIT 1) AS oldest
)
SELECT 'm' || many::text FROM ends CROSS JOIN
  generate_series(newest >> 6, oldest >> 6, -1) AS many
"""  # noqa: S608  (our own names)


class ByPriceSQL(NamedTuple):
    unpriced: str
    place: str
    columns: str
    stage: str
    none: str
    hits: str


_UNPRICED = "(price IS NULL)::int"
_PLACE = f"array_position('{{{','.join(CURRENCIES)}}}'::text[], currency::text)"
_COLUMNS = f"id, {_UNPRICED} AS unpriced, {_PLACE} AS place, coalesce(price, 0) AS price"
BY_PRICE = ByPriceSQL(
    unpriced=_UNPRICED,
    place=_PLACE,
    columns=_COLUMNS,
    # Without a price all are equal there: then the id decides.
    stage="""(
      SELECT * FROM marketplace_b2bpost WHERE status = 'published' AND {where}
      ORDER BY price {way}, id {way} LIMIT {limit}
    )""",
    none="(SELECT * FROM marketplace_b2bpost WHERE false)",
    # The walk is in order already: sorted again, it could not stop when there is enough.
    hits="""
WITH near AS MATERIALIZED (
  SELECT {page} FROM (SELECT * FROM ({stages}) AS post LIMIT %(walk)s) AS post
  WHERE {walked} LIMIT %(rows)s
), page AS MATERIALIZED (
  SELECT * FROM near WHERE (SELECT count(*) FROM near) >= %(rows)s
  UNION ALL (
    SELECT hit.* FROM (
      SELECT fit.* FROM ({probes}) AS probe (code) CROSS JOIN LATERAL (
        SELECT {page} FROM (
          SELECT * FROM marketplace_b2bpost WHERE {searched} OFFSET 0
        ) AS post WHERE {walked}
      ) AS fit
    ) AS hit
    WHERE (SELECT count(*) FROM near) < %(rows)s ORDER BY {sort} LIMIT %(rows)s
  )
)
""",
)
WALK_BY_PRICE = """
WITH page AS MATERIALIZED (
  SELECT {page} FROM ({stages}) AS post LIMIT %(rows)s
)
"""
