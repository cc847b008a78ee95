"""One shape each: what lists make in SQL, what single answers are, what the serializer says."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer

from core.folding import fold_name
from core.listing import Created
from core.pagination import Page
from ledger.models import Debt, Debtor, Dispute, Payment
from ledger.queries.debt_list import DebtFilters, list_debts
from ledger.queries.found import find_debt, find_payment, find_user
from ledger.queries.my_debts import read_my_debts
from ledger.queries.payment_list import PaymentFilters, list_payments
from ledger.queries.reports import aging, daily, summary
from ledger.queries.statement import read_statement
from ledger.queries.user_list import list_users
from ledger.serializers.debtors import UserSerializer
from ledger.serializers.debts import DebtSerializer
from ledger.serializers.events import debt_data, my_debt_data, payment_data, user_data
from ledger.serializers.my_debts import MyDebtSerializer, MyDebtsSerializer
from ledger.serializers.payments import PaymentSerializer
from ledger.serializers.reports import (
    AgingSerializer,
    DailySerializer,
    EntrySerializer,
    StatementSerializer,
    SummarySerializer,
)

pytestmark = pytest.mark.django_db

PAGE = Page("any", 50, None, wants_count=False)
# All that can be stored, with what is easily escaped in two ways.
TEXT = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
    | st.sampled_from("\"\\/\b\f\n\r\t\x01\x1f\x7f\u2028\u2029'‘ўқғҳ😀"),
    max_size=60,
)
MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
generated = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def rendered(data):
    return JSONRenderer().render(data)


def filters():
    return DebtFilters(created=Created(), today=date(2026, 1, 1))


@given(name=TEXT, note=TEXT, moment=MOMENT)
@generated
def test_a_debtor_is_the_same_bytes_everywhere(shop, debtor, aziza, name, note, moment):
    Debtor.objects.filter(pk=debtor).update(full_name=name, note=note, created_at=moment)
    row = find_user(aziza.pk, debtor)
    [listed] = list_users(aziza.pk, None, PAGE).rows
    assert listed == rendered(UserSerializer(row).data) == rendered(user_data(row))


@given(name=TEXT, description=TEXT, moment=MOMENT, due=st.none() | st.dates())
@generated
def test_a_debt_is_the_same_bytes_everywhere(shop, debtor, aziza, name, description, moment, due):
    Debtor.objects.filter(pk=debtor).update(full_name=name)
    debt = new_row(Debt, debtor, description, moment, due_date=due)
    row = find_debt(aziza.pk, debt.pk)
    [listed] = list_debts(aziza.pk, filters(), PAGE).rows
    debt.delete()
    assert listed == rendered(DebtSerializer(row).data) == rendered(debt_data(row))


@given(name=TEXT, description=TEXT, moment=MOMENT)
@generated
def test_a_payment_is_the_same_bytes_everywhere(shop, debtor, aziza, name, description, moment):
    Debtor.objects.filter(pk=debtor).update(full_name=name)
    payment = new_row(Payment, debtor, description, moment)
    row = find_payment(aziza.pk, payment.pk)
    [listed] = list_payments(aziza.pk, PaymentFilters(created=Created()), PAGE).rows
    payment.delete()
    assert listed == rendered(PaymentSerializer(row).data) == rendered(payment_data(row))


@given(description=TEXT, moment=MOMENT, due=st.none() | st.dates(), name=TEXT)
@generated
def test_a_debt_is_the_same_to_its_debtor(
    shop, debtor, aziza, bobur, description, moment, due, name
):
    type(aziza).objects.filter(pk=aziza.pk).update(full_name=name)
    debt = new_row(Debt, debtor, description, moment, due_date=due)
    account = debt.account
    account.seq, account.last_entry_at = 1, moment
    account.save(update_fields=["seq", "last_entry_at"])
    [group] = read_my_debts(bobur.phone_number, PAGE, now=timezone.now()).rows
    row = find_debt(aziza.pk, debt.pk)
    debt.delete()
    shown = json.loads(group)
    assert shown["creditor"] == {"full_name": name, "phone_number": aziza.phone_number}
    [one] = shown["debts"]
    assert rendered(one) == rendered(MyDebtSerializer(row).data) == rendered(my_debt_data(row))
    assert group == rendered(shown)
    assert list(shown) == list(MyDebtsSerializer().fields)


def new_row(model, debtor, description, moment, **more):
    """A row written past the actions, which would refuse some of these moments and texts."""
    account = Debtor.objects.get(pk=debtor).accounts.get(currency="USD")
    return model.objects.create(
        book_id=account.book_id,
        debtor_id=debtor,
        account=account,
        currency="USD",
        amount=Decimal("0.10"),
        description=description,
        created_at=moment,
        occurred_at=moment,
        **more,
    )


def test_an_open_dispute_shows_in_all_of_them(shop, debtor, aziza, bobur):
    debt = Debt.objects.get(pk=shop.debt(debtor))
    Dispute.objects.create(
        book_id=aziza.pk, account_id=debt.account_id, debt=debt, reason="?", opened_by=bobur
    )
    [listed] = list_debts(aziza.pk, filters(), PAGE).rows
    assert listed == rendered(DebtSerializer(find_debt(aziza.pk, debt.pk)).data)
    assert json.loads(listed)["is_disputed"] is True


def test_balances_of_a_used_second_currency_are_shown(shop, debtor, aziza, with_dollars):
    shop.payment(debtor, "7.50", currency="USD")
    shop.debt(debtor, "999999999999.99")
    row = find_user(aziza.pk, debtor)
    [listed] = list_users(aziza.pk, None, PAGE).rows
    assert listed == rendered(UserSerializer(row).data) == rendered(user_data(row))
    assert json.loads(listed)["balances"] == [
        {"currency": "UZS", "open_total": "999999999999.99", "credit_balance": "0.00"},
        {"currency": "USD", "open_total": "0.00", "credit_balance": "7.50"},
    ]


@given(description=TEXT)
@generated
def test_statement_lines_have_the_serializers_bytes(shop, debtor, aziza, description):
    shop.debt(debtor, description=description.strip().replace("\x00", ""))
    today = timezone.localdate()
    statement = read_statement(
        book_id=aziza.pk, debtor_id=debtor, currency="UZS", first=today, last=today
    )
    line = statement.entries[-1]
    assert line == rendered(json.loads(line))
    assert list(json.loads(line)) == list(EntrySerializer().fields)


def test_reports_have_the_serializers_fields(shop, debtor, aziza):
    shop.debt(debtor)
    now, today = timezone.now(), timezone.localdate()
    for rows, shape in [
        (summary(aziza.pk, now=now), SummarySerializer),
        (aging(aziza.pk, now=now), AgingSerializer),
        (daily(aziza.pk, first=today, last=today), DailySerializer),
    ]:
        assert list(json.loads(rows[0])) == list(shape().fields)
        assert rows[0] == rendered(json.loads(rows[0]))
    statement = shop.get(f"user/{debtor}/statement/")
    assert list(statement) == list(StatementSerializer().fields)


def test_folded_names_fit_their_column(shop):
    widest = "Щ" * 150
    assert len(fold_name(widest)) <= Debtor._meta.get_field("folded_name").max_length
    shop.debtor(widest)
