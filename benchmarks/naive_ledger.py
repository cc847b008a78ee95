"""A payment as one would write it at first: the ORM, row by row, no journal, no events."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from ledger.models import Account, Debt, DebtPayment, Payment


@transaction.atomic
def pay_naively(account_id: int, amount: Decimal) -> Payment:
    account = Account.objects.select_for_update().get(pk=account_id)
    now = timezone.now()
    payment = Payment.objects.create(
        book_id=account.book_id,
        debtor_id=account.debtor_id,
        account=account,
        currency=account.currency,
        amount=amount,
        occurred_at=now,
        created_at=now,
    )
    rest = amount
    open_debts = Debt.objects.filter(account=account, status__in=Debt.OPEN)
    for debt in open_debts.order_by("occurred_at", "id")[:50]:
        if rest == 0:
            break
        part = min(rest, debt.remaining)
        DebtPayment.objects.create(
            book_id=account.book_id,
            account=account,
            debt=debt,
            payment=payment,
            amount=part,
            origin=DebtPayment.Origin.AUTOMATIC,
        )
        debt.paid += part
        debt.save(update_fields=["paid"])
        rest -= part
    payment.allocated = amount - rest
    payment.save(update_fields=["allocated"])
    account.open_total -= amount - rest
    account.credit_balance += rest
    account.save(update_fields=["open_total", "credit_balance"])
    return payment
