"""Money: Decimal with two places, never a float. UZS and USD never mix."""

import re
from decimal import Decimal

CURRENCIES = ("UZS", "USD")
DEFAULT_CURRENCY = "UZS"
LITERAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
TIYIN = Decimal("0.01")


def money(amount: Decimal) -> str:
    """`150000.00`, as clients read it."""
    return f"{amount:.2f}"


def parse_money(literal: str) -> Decimal:
    """The amount a client wrote. Raises ValueError for anything but a plain amount above 0."""
    if not LITERAL.fullmatch(literal):
        raise ValueError("not an amount")
    amount = Decimal(literal).quantize(TIYIN)
    if amount <= 0:
        raise ValueError("not above zero")
    return amount


def spoken_money(amount: Decimal, currency: str) -> str:
    """An amount for people: `150 000 so‘m`, `12.50 USD`; groups do not break over lines.

    So'm is written without tiyin when there is none.
    """
    places = 0 if currency == "UZS" and amount == amount.to_integral_value() else 2
    grouped = f"{amount:,.{places}f}".replace(",", "\N{NO-BREAK SPACE}")
    unit = "so\N{LEFT SINGLE QUOTATION MARK}m" if currency == "UZS" else currency
    return f"{grouped}\N{NO-BREAK SPACE}{unit}"
