"""Who hears of whom: the other sides of threads. For the socket, and for events of posts."""

from collections.abc import Collection, Iterable

from core.serializers import MAX_ID
from core.sql import row, rows

THREAD_PEER = """
SELECT CASE WHEN buyer_id = %(account)s THEN seller_id ELSE buyer_id END
FROM messaging_chatthread
WHERE id = %(thread)s AND %(account)s IN (buyer_id, seller_id)
  AND NOT (buyer_has_blocked OR seller_has_blocked OR buyer_has_left OR seller_has_left)
"""
# Of the latest talks: who comes and goes is told to a bounded number of people.
MAX_TALKS = 100
OF_SIDE = """
(SELECT {peer}_id AS peer, updated_at FROM messaging_chatthread
 WHERE {mine}_id = account
   AND NOT (buyer_has_blocked OR seller_has_blocked OR buyer_has_left OR seller_has_left)
 ORDER BY updated_at DESC, id DESC LIMIT %(most)s)
"""
PEERS = f"""
SELECT account, array_agg(DISTINCT latest.peer)
FROM unnest(%(accounts)s::bigint[]) AS account
CROSS JOIN LATERAL (
  SELECT peer FROM (
    {OF_SIDE.format(mine="buyer", peer="seller")} UNION ALL
    {OF_SIDE.format(mine="seller", peer="buyer")}
  ) AS talk ORDER BY updated_at DESC LIMIT %(most)s
) AS latest
GROUP BY account
"""  # noqa: S608  (columns of ours)
BUYERS = """
SELECT id, buyer_id FROM messaging_chatthread
WHERE post_id = %s AND id < %s AND NOT buyer_has_left ORDER BY id DESC LIMIT %s
"""
CONTACT = "SELECT EXISTS (SELECT FROM messaging_chatthread WHERE post_id = %s)"


def peers_in_thread(account_id: int, thread_id: int) -> Collection[int]:
    """Who hears that the account types in the thread: nobody if it has no part in it, or if one
    of the two has blocked the other."""
    found = row(THREAD_PEER, {"account": account_id, "thread": thread_id})
    return found or ()


def peers_of(accounts: Iterable[int]) -> dict[int, Collection[int]]:
    """For each account, whom it talked with last in threads that nobody has blocked."""
    return dict(rows(PEERS, {"accounts": list(accounts), "most": MAX_TALKS}))


def buyers_of(post_id: int, *, before: int = MAX_ID, most: int) -> list[tuple[int, int]]:
    """The post's talks that began before the one with the id `before`, the newest first, each
    with its buyer."""
    return rows(BUYERS, [post_id, before, most])


def was_contacted(post_id: int) -> bool:
    """Has anybody ever asked about this post?"""
    return bool(row(CONTACT, [post_id])[0])
