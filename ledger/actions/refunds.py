"""Refunds: credit handed back in cash."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError
from core.money import DEFAULT_CURRENCY, money
from ledger.actions.books import Membership
from ledger.actions.holding import hold_debtor_for
from ledger.actions.telling import notify_refund, tell_changes
from ledger.models import Entry, Role
from ledger.queries.allocation import oldest_credits
from ledger.queries.journal import post
from ledger.queries.refunds import mark_refunded
from ledger.serializers.rows import UserRow


class NotEnoughCredit(DomainError):
    status, code = HTTPStatus.CONFLICT, "not_enough_credit"
    title = _("The debtor has less credit than this.")
    detail = _("The debtor's credit is {credit_balance} {currency}.")


@action
def refund_credit(
    *,
    membership: Membership,
    debtor_id: int,
    amount: Decimal,
    now: datetime,
    currency: str = DEFAULT_CURRENCY,
    description: str = "",
) -> UserRow:
    """Hand back `amount` of a debtor's credit, from the oldest payment that has some.

    Raises RoleNotAllowed, NotFound, NotAMember, NotEnoughCredit.
    """
    held = hold_debtor_for(membership, debtor_id, least=Role.MANAGER)
    account = held.accounts[currency]
    if amount > account.credit_balance:
        raise NotEnoughCredit(credit_balance=money(account.credit_balance), currency=currency)
    at = account.moment(now)
    parts = oldest_credits(account.id, amount)
    mark_refunded(parts)
    account.credit_balance -= amount
    post(
        account,
        book_id=held.book_id,
        kind=Entry.Kind.REFUND,
        amount=amount,
        at=at,
        description=description,
        recorded_by=membership.account_id,
    )
    notify_refund(held, amount, currency)
    tell_changes(held, payments={part.id for part in parts}, beside=0)
    return held.user()
