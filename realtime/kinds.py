"""Every kind of event there is: who gets it, and what it carries. Nothing else is delivered."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from core.events import Published
from realtime import shapes

PARTICIPANTS = "both participants of the thread"
READER = "the thread's reader"
OWNER = "its owner"
MEMBERS = "the book's members"
DEBTOR = "the debtor whose verified number the book holds"


class Kind(NamedTuple):
    to: str
    data: Any


KINDS = {
    "message.created": Kind(PARTICIPANTS, shapes.Message),
    "message.changed": Kind(PARTICIPANTS, shapes.Message),
    "message.read": Kind(PARTICIPANTS, shapes.MessageRead),
    "thread.created": Kind(READER, shapes.Thread),
    "thread.changed": Kind(READER, shapes.Thread),
    "notification.created": Kind(OWNER, shapes.Notification),
    "notification.changed": Kind(OWNER, shapes.Notification),
    "notification.read": Kind(OWNER, shapes.NotificationsRead),
    "debtor.changed": Kind(MEMBERS, shapes.BookUser),
    "debtor.archived": Kind(MEMBERS, shapes.IdInBook),
    "debt.created": Kind(MEMBERS, shapes.BookDebt),
    "debt.changed": Kind(MEMBERS, shapes.BookDebt),
    "debt.voided": Kind(MEMBERS, shapes.Voided),
    "debts.changed": Kind(MEMBERS, shapes.UserInBook),
    "payment.created": Kind(MEMBERS, shapes.BookPayment),
    "payment.changed": Kind(MEMBERS, shapes.BookPayment),
    "payment.voided": Kind(MEMBERS, shapes.Voided),
    "debt.disputed": Kind(f"{MEMBERS}, and the debtor", shapes.Dispute),
    "dispute.resolved": Kind(f"{MEMBERS}, and the debtor", shapes.Dispute),
    "my_debt.created": Kind(DEBTOR, shapes.MyDebt),
    "my_debt.changed": Kind(DEBTOR, shapes.MyDebt),
    "my_debt.voided": Kind(DEBTOR, shapes.MyDebt),
    "my_debts.changed": Kind(DEBTOR, shapes.Book),
    "my_payment.created": Kind(DEBTOR, shapes.MyPayment),
    "my_payment.voided": Kind(DEBTOR, shapes.MyPayment),
    "post.changed": Kind(f"{OWNER}, and the other side of its threads", shapes.Post),
    "subscription.changed": Kind(OWNER, shapes.BillingMe),
}

# Not stored, may be lost: sent to sockets that watch the feed.
FEED_KINDS = {"post.created": Kind("sockets that watch the feed", shapes.Post)}


class UnlistedKind(RuntimeError):
    """An event that the contract does not name: list it here, with its readers, first."""


def refuse_unlisted_kinds(events: Iterable[Published]) -> None:
    """Raise UnlistedKind."""
    for event in events:
        if event.event not in KINDS:
            raise UnlistedKind(event.event)
