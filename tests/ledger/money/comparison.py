"""Does the database hold what the model says?"""

from collections import Counter

from ledger.models import Account, Debt, Debtor, DebtPayment, Entry, Payment
from ledger.queries.verify import find_drift


def assert_agreed(model, devices):
    """The rows, the journal, the invariants, and both devices."""
    book_id = devices.book_id
    assert debtors(book_id) == {d.id: (d.name, d.number, d.archived) for d in model.debtors}
    assert debts(book_id) == {
        d.id: (model.remaining(d), d.written_off, model.status(d), d.description, d.disputed)
        for d in model.debts
    }
    assert payments(book_id) == {
        p.id: (model.credited(p), p.refunded, p.void) for p in model.payments
    }
    assert allocations(book_id) == {key: part for key, part in model.given.items() if part}
    assert accounts(book_id) == {
        (debtor.id, currency): (
            model.open_total(debtor, currency),
            model.credit(debtor, currency),
        )
        for debtor in model.debtors
        for currency in ("UZS", "USD")
    }
    assert journal(book_id) == {key: lines for key, lines in model.journal.items() if lines}
    assert list(find_drift()) == []
    devices.agree()


def debtors(book_id):
    rows = Debtor.objects.filter(book_id=book_id)
    return {d.pk: (d.full_name, d.phone_number, d.archived_at is not None) for d in rows}


def debts(book_id):
    rows = Debt.objects.filter(book_id=book_id).prefetch_related("disputes")
    return {
        d.pk: (
            d.remaining,
            d.written_off,
            d.status,
            d.description,
            any(dispute.resolved_at is None for dispute in d.disputes.all()),
        )
        for d in rows
    }


def payments(book_id):
    rows = Payment.objects.filter(book_id=book_id)
    return {p.pk: (p.credited, p.refunded, p.voided_at is not None) for p in rows}


def allocations(book_id):
    given = Counter()
    for part in DebtPayment.objects.filter(book_id=book_id, reversed_at__isnull=True):
        given[part.payment_id, part.debt_id] += part.amount
    return dict(given)


def accounts(book_id):
    rows = Account.objects.filter(book_id=book_id)
    return {(a.debtor_id, a.currency): (a.open_total, a.credit_balance) for a in rows}


def journal(book_id):
    lines = {}
    rows = Entry.objects.filter(book_id=book_id).select_related("account").order_by("seq")
    for entry in rows:
        key = entry.account.debtor_id, entry.account.currency
        lines.setdefault(key, []).append((entry.kind, entry.amount))
    return lines
