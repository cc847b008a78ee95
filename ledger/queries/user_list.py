"""The list of a book's debtors, with their balances."""

from core.json_rows import json_object, moment, money, nullable, number, text
from core.listing import Listing, Where, count_rows, fetch_listing, newest_first
from core.money import CURRENCIES, DEFAULT_CURRENCY
from core.pagination import Page
from ledger.queries.names import matching


def _balance(currency: str) -> str:
    return json_object(
        {
            "currency": f"""'"{currency}"'""",
            "open_total": money(f"{currency}.open_total"),
            "credit_balance": money(f"{currency}.credit_balance"),
        }
    )


def _balances() -> str:
    """The default currency always, another one once it was used."""
    others = [currency for currency in CURRENCIES if currency != DEFAULT_CURRENCY]
    shown = [
        f" || CASE WHEN {other}.seq > 0 THEN ',' || {_balance(other)} ELSE '' END"
        for other in others
    ]
    return f"'[' || {_balance(DEFAULT_CURRENCY)}{''.join(shown)} || ']'"


# The bytes of UserSerializer.
USER_JSON = json_object(
    {
        "id": number("debtor.id"),
        "full_name": text("debtor.full_name"),
        "phone_number": nullable(text("debtor.phone_number")),
        "credit_balance": money(f"{DEFAULT_CURRENCY}.credit_balance"),
        "balances": _balances(),
        "note": text("debtor.note"),
        "created_at": moment("debtor.created_at"),
    }
)
# OFFSET 0: accounts are looked up for the page's rows, never joined to the whole table.
ACCOUNT = """
CROSS JOIN LATERAL (
  SELECT open_total, credit_balance, seq FROM ledger_account
  WHERE book_id = %(book)s AND debtor_id = debtor.id AND currency = '{currency}' OFFSET 0
) AS {currency}
"""
ROWS = """
SELECT {json} FROM ({page}) AS debtor {accounts}
ORDER BY debtor.created_at DESC, debtor.id DESC
"""
ACCOUNTS = "".join(ACCOUNT.format(currency=currency) for currency in CURRENCIES)


def list_users(book_id: int, query: str | None, page: Page) -> Listing:
    """Debtors that are not archived, newest first."""
    where = Where(("book_id = %(book)s", "archived_at IS NULL"), {"book": book_id})
    if query is not None:
        where = matching(where, query)
    count = count_rows("ledger_debtor", where) if page.wants_count else None
    shown = where.after(page)
    newest = newest_first("ledger_debtor", shown)
    sql = ROWS.format(json=USER_JSON, page=newest, accounts=ACCOUNTS)
    return fetch_listing(sql, shown, page, count)
