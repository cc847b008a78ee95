"""What the ledger says in notifications: to the debtor about a shop, to the shop about a debtor.

`shop` is the book's name, or its owner's: personal, and gone when that account is deleted.
"""

from django.utils.translation import gettext_lazy as _

from core.notices import Text


def _of_shop(title: object, body: object) -> Text:
    return Text(title, body, about="book", personal=("shop",))


TEXTS = {
    "debt_recorded": _of_shop(
        _("New debt: {amount}"), _("{shop} wrote a debt of {amount} in your name.")
    ),
    "debt_voided": _of_shop(
        _("Debt taken back: {amount}"), _("{shop} took back the debt of {amount}.")
    ),
    "debt_written_off": _of_shop(
        _("Debt written off"), _("{shop} made a write-off on your debt of {amount}.")
    ),
    "write_off_taken_back": _of_shop(
        _("Debt owed again"), _("{shop} took back the write-off on your debt of {amount}.")
    ),
    "payment_recorded": _of_shop(
        _("Payment received: {amount}"), _("{shop} received your payment of {amount}.")
    ),
    "payment_voided": _of_shop(
        _("Payment taken back: {amount}"), _("{shop} took back the payment of {amount}.")
    ),
    "credit_refunded": _of_shop(
        _("Money returned: {amount}"), _("{shop} returned {amount} of your credit.")
    ),
    "dispute_opened": Text(
        _("A debt is disputed"), _("{debtor} does not agree with a debt in your book.")
    ),
    "dispute_resolved": _of_shop(
        _("Dispute answered"), _("{shop} answered your dispute of a debt.")
    ),
}
