"""What a debtor sees of books that hold their number: never the shop's own words about them."""

from rest_framework import serializers

from core.serializers import CurrencyField, MoneyField, Serializer, TimestampField
from ledger.serializers.debts import STATUSES


class MyDebtSerializer(Serializer):
    """A `DebtRow` as its debtor sees it."""

    id = serializers.IntegerField()
    amount = MoneyField()
    remaining = MoneyField()
    status = serializers.ChoiceField(choices=STATUSES)
    description = serializers.CharField(allow_blank=True)
    created_at = TimestampField()
    due_date = serializers.DateField(allow_null=True)
    is_disputed = serializers.BooleanField()


class CreditorSerializer(Serializer):
    full_name = serializers.CharField(allow_blank=True)
    phone_number = serializers.CharField(allow_null=True)


class MyDebtsSerializer(Serializer):
    """What the caller owes in one book and currency."""

    book = serializers.IntegerField()
    creditor = CreditorSerializer()
    currency = CurrencyField(read_only=True)
    open_total = MoneyField()
    credit_balance = MoneyField()
    debts = MyDebtSerializer(many=True)
