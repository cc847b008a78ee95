"""Two devices that know the book by its events alone: a keeper's, and a debtor's.

After any history they must show what the database holds: nothing missed, nothing stale.
"""

from ledger.models import Debt, Debtor, Payment
from ledger.queries.changed_rows import read_debts, read_payments
from ledger.queries.held import hold_debtor
from ledger.serializers.events import debt_data, my_debt_data, payment_data, user_data


def live_debts(debtor_id):
    return Debt.objects.live().filter(debtor_id=debtor_id).values_list("pk", flat=True)


def shop_side(book_id):
    """What REST would show a keeper now: users, debts and payments by id."""
    users, debts, payments = {}, {}, {}
    for debtor in Debtor.objects.filter(book_id=book_id):
        held = hold_debtor(book_id=book_id, debtor_id=debtor.pk)
        if debtor.archived_at is None:
            users[debtor.pk] = user_data(held.user())
        named = {"full_name", "phone_number"}  # follow the user, not the row
        for row in read_debts(held, live_debts(debtor.pk)):
            debts[row.id] = {k: v for k, v in debt_data(row).items() if k not in named}
        live = Payment.objects.live().filter(debtor=debtor).values_list("pk", flat=True)
        for row in read_payments(held, live):
            payments[row.id] = {k: v for k, v in payment_data(row).items() if k not in named}
    return users, debts, payments


def debtor_side(book_id, phone_number):
    """What REST would show the debtor with this number of the book's debts."""
    shown = {}
    for debtor in Debtor.objects.listed().filter(book_id=book_id, phone_number=phone_number):
        held = hold_debtor(book_id=book_id, debtor_id=debtor.pk)
        for row in read_debts(held, live_debts(debtor.pk)):
            shown[row.id] = {**my_debt_data(row), "currency": row.currency}
    return shown


class Devices:
    """Both devices. `hear` takes what an action published, in order."""

    def __init__(self, book_id, keeper, holder, number):
        self.book_id, self.keeper, self.holder, self.number = book_id, keeper, holder, number
        self.users, self.debts, self.payments = {}, {}, {}
        self.mine = {}

    def hear(self, published):
        for event in published:
            data = {k: v for k, v in event.data.items() if k != "book"}
            if self.keeper in event.to:
                self._shop(event.event, data)
            if self.holder in event.to:
                self._debtor(event.event, data)

    def _shop(self, event, data):
        row = {k: v for k, v in data.items() if k not in {"full_name", "phone_number"}}
        match event:
            case "debtor.changed":
                self.users[data["id"]] = data
            case "debtor.archived":
                del self.users[data["id"]]
            case "debt.created" | "debt.changed":
                self.debts[data["id"]] = row
            case "debt.voided":
                del self.debts[data["id"]]
            case "payment.created" | "payment.changed":
                self.payments[data["id"]] = row
            case "payment.voided":
                del self.payments[data["id"]]
            case "debts.changed":
                _users, self.debts, self.payments = shop_side(self.book_id)
            case "debt.disputed":
                self.debts[data["debt"]]["is_disputed"] = True
            case "dispute.resolved" if data["debt"] in self.debts:
                self.debts[data["debt"]]["is_disputed"] = False

    def _debtor(self, event, data):
        match event:
            case "my_debt.created" | "my_debt.changed":
                self.mine[data["id"]] = data
            case "my_debt.voided":
                del self.mine[data["id"]]
            case "my_debts.changed":
                self.mine = debtor_side(self.book_id, self.number)
            case "debt.disputed":
                self.mine[data["debt"]]["is_disputed"] = True
            case "dispute.resolved" if data["debt"] in self.mine:
                self.mine[data["debt"]]["is_disputed"] = False

    def agree(self):
        """Do the devices show what the database holds?"""
        assert (self.users, self.debts, self.payments) == shop_side(self.book_id)
        assert self.mine == debtor_side(self.book_id, self.number)
