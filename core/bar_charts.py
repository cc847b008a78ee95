"""Charts of bars, drawn by the server: no script, and a table of the same numbers beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

HEIGHT = 100
GAP = 0.15


class Bar(NamedTuple):
    """One bar as SVG wants it, and as a line of the table: `label`, and `value` for people."""

    x: str
    y: str
    width: str
    height: str
    label: Any
    value: Any


@dataclass(frozen=True)
class BarChart:
    """`about` says how fresh it is, and what the highest bar stands for."""

    key: str
    title: Any
    total: Any
    bars: Sequence[Bar]
    about: Any

    @property
    def width(self) -> int:
        return len(self.bars)


def draw_bars(
    amounts: Sequence[Decimal], *, labels: Sequence[Any], values: Sequence[Any]
) -> list[Bar]:
    """Bars in a field `HEIGHT` high and as wide as there are amounts, standing on its floor."""
    highest = max(amounts, default=Decimal(0)) or Decimal(1)
    return [
        _bar(place, amount / highest, label, value)
        for place, (amount, label, value) in enumerate(zip(amounts, labels, values, strict=True))
    ]


def _bar(place: int, share: Decimal, label: Any, value: Any) -> Bar:
    height = share * HEIGHT
    # Points for decimals in every language: these are attributes, not words.
    x, y = f"{place + GAP:.2f}", f"{HEIGHT - height:.2f}"
    return Bar(x, y, f"{1 - 2 * GAP:.2f}", f"{height:.2f}", label, value)
