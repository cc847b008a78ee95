"""What a random step is made of."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

START = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = {
    "owner": "+998901110001",
    "bobur": "+998901110002",
    "manager": "+998901110021",
    "cashier": "+998901110022",
}
NUMBERS = [PEOPLE["bobur"], "+998901110012", "+998901110013", None]

places = st.integers(min_value=0, max_value=99)
# Mostly one debtor: much must happen between the same two.
who = st.sampled_from([0, 0, 0, 0, 1, 2])
# Few round ones, so that amounts meet exactly, and odd ones that leave rests.
small = st.integers(1, 5).map(lambda n: Decimal(n * 10))
odd = st.integers(1, 9999).map(lambda n: Decimal(n) / 100)
lent = st.one_of(small, small, odd)
# Payments are larger than debts: credit comes and goes.
brought = st.one_of(small, small.map(lambda n: n * 3), odd)
currencies = st.sampled_from(["UZS", "UZS", "UZS", "UZS", "USD"])
# Whole hours before the start, so that many things happened at one instant; None: now.
hours = st.one_of(st.none(), st.integers(0, 4))
roles = st.sampled_from([*["owner"] * 8, "manager", "cashier"])
numbers = st.sampled_from(NUMBERS)


def pick(rows, place):
    """One of `rows`; of those that can be void mostly a live one."""
    live = [row for row in rows if not getattr(row, "void", False)]
    chosen = live if live and place % 8 else rows
    return chosen[place % len(chosen)]
