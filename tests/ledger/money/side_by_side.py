"""The service and its model side by side: a step is taken in both, or refused by both alike."""

from datetime import timedelta

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, initialize

from core.errors import DomainError
from ledger.actions.books import Membership, open_book
from ledger.actions.debtors import create_debtor
from ledger.models import BookMember, Role, User
from tests.ledger.money.comparison import assert_agreed
from tests.ledger.money.device import Devices
from tests.ledger.money.draws import PEOPLE, START
from tests.ledger.money.model import Model, ModelDebtor, Refused

heard = []


def hear(published):
    """The backend of the machine's runs (`EVENT_BACKEND`)."""
    heard.extend(published)


class SideBySide(RuleBasedStateMachine):
    """One example is one book, in a transaction that is rolled back."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = START
        made = User.objects.bulk_create(
            User(phone_number=number, full_name=name, password="!")
            for name, number in PEOPLE.items()
        )
        self.people = {person.full_name: person for person in made}
        self.model = Model()
        keeper, holder = self.people["cashier"].pk, self.people["bobur"].pk
        self.devices = Devices(self.people["owner"].pk, keeper, holder, PEOPLE["bobur"])

    def teardown(self):
        try:
            assert_agreed(self.model, self.devices)
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def kept_by(self, role):
        return Membership(self.people["owner"].pk, self.people[role].pk, Role(role))

    def both(self, expected, act):
        """Take a step in the model and in the service: both do it, or both refuse it alike.
        Gives the service's answer, None when both refused."""
        self.now += timedelta(seconds=1)
        heard.clear()
        wanted = code = answer = None
        try:
            expected()
        except Refused as refusal:
            wanted = refusal.code
        try:
            answer = act()
        except DomainError as refusal:
            code = refusal.code
        assert code == wanted
        self.devices.hear(heard)
        return answer

    def moment(self, hours_back):
        return None if hours_back is None else START - timedelta(hours=hours_back)

    @initialize()
    def hire(self):
        book = open_book(account_id=self.people["owner"].pk)
        BookMember.objects.bulk_create(
            BookMember(book=book, user=self.people[role], role=role)
            for role in ("manager", "cashier")
        )
        self.create_debtor("cashier", PEOPLE["bobur"])

    def create_debtor(self, role, number):
        name = f"debtor {self.now}"
        returned = []
        row = self.both(
            lambda: returned.append(self.model.create_debtor(name, number)),
            lambda: create_debtor(
                membership=self.kept_by(role), full_name=name, phone_number=number, now=self.now
            ),
        )
        if row and returned[0] is None:
            self.model.debtors.append(ModelDebtor(row.id, name, number))
        elif row:
            assert row.id == returned[0].id
