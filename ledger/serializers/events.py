"""The ledger's shapes as JSON-ready data: for events, and for the answers of single writes."""

from typing import Any

from core.money import DEFAULT_CURRENCY, money
from core.times import iso
from ledger.serializers.rows import AllocationRow, DebtRow, DisputeRow, PaymentRow, UserRow


def user_data(row: UserRow) -> dict[str, Any]:
    """User of the API contract. `credit_balance` is the default currency's."""
    credit = {balance.currency: balance.credit_balance for balance in row.balances}
    return {
        "id": row.id,
        "full_name": row.full_name,
        "phone_number": row.phone_number,
        "credit_balance": money(credit[DEFAULT_CURRENCY]),
        "balances": [
            {
                "currency": balance.currency,
                "open_total": money(balance.open_total),
                "credit_balance": money(balance.credit_balance),
            }
            for balance in row.balances
        ],
        "note": row.note,
        "created_at": iso(row.created_at),
    }


def debt_data(row: DebtRow) -> dict[str, Any]:
    """Debt of the API contract."""
    return {
        "id": row.id,
        "user": row.user,
        "full_name": row.full_name,
        "phone_number": row.phone_number,
        "amount": money(row.amount),
        "remaining": money(row.remaining),
        "written_off": money(row.written_off),
        "status": row.status,
        "description": row.description,
        "created_at": iso(row.created_at),
        "occurred_at": iso(row.occurred_at),
        "currency": row.currency,
        "due_date": row.due_date and row.due_date.isoformat(),
        "is_disputed": row.is_disputed,
    }


def payment_data(row: PaymentRow) -> dict[str, Any]:
    """Payment of the API contract. A missing description is null."""
    return {
        "id": row.id,
        "user": row.user,
        "full_name": row.full_name,
        "phone_number": row.phone_number,
        "amount": money(row.amount),
        "description": row.description or None,
        "created_at": iso(row.created_at),
        "occurred_at": iso(row.occurred_at),
        "currency": row.currency,
        "credited": money(row.credited),
        "refunded": money(row.refunded),
    }


def allocation_data(row: AllocationRow) -> dict[str, Any]:
    """Alloc of the API contract, as it stands in a payment."""
    return {"debt": row.debt, "amount": money(row.amount)}


def my_debt_data(row: DebtRow) -> dict[str, Any]:
    """A debt as its debtor sees it: nothing of the shop's own words about the debtor."""
    return {
        "id": row.id,
        "amount": money(row.amount),
        "remaining": money(row.remaining),
        "status": row.status,
        "description": row.description,
        "created_at": iso(row.created_at),
        "due_date": row.due_date and row.due_date.isoformat(),
        "is_disputed": row.is_disputed,
    }


def my_payment_data(row: PaymentRow) -> dict[str, Any]:
    """A payment as its debtor sees it."""
    return {
        "id": row.id,
        "amount": money(row.amount),
        "currency": row.currency,
        "created_at": iso(row.created_at),
    }


def dispute_data(row: DisputeRow) -> dict[str, Any]:
    """A dispute, alike for the shop and the debtor."""
    return {
        "id": row.id,
        "debt": row.debt,
        "reason": row.reason,
        "note": row.note,
        "created_at": iso(row.created_at),
        "resolved_at": row.resolved_at and iso(row.resolved_at),
    }
