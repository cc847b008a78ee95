"""What a debtor sees of books that hold their number: never the shop's own words about them."""

from rest_framework import serializers

from core.serializers import CurrencyField, ModelSerializer, MoneyField, Serializer
from ledger.models import Debt
from ledger.serializers.debts import STATUSES


class MyDebtSerializer(ModelSerializer):
    """A debt as its debtor sees it, `is_disputed` annotated."""

    amount = MoneyField(read_only=True)
    remaining = MoneyField(read_only=True)
    status = serializers.ChoiceField(choices=STATUSES, read_only=True)
    is_disputed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Debt
        fields = (
            "id",
            "amount",
            "remaining",
            "status",
            "description",
            "created_at",
            "due_date",
            "is_disputed",
        )
        read_only_fields = fields


class CreditorSerializer(Serializer):
    full_name = serializers.CharField()
    phone_number = serializers.CharField(allow_null=True)


class MyDebtsSerializer(Serializer):
    """What the caller owes in one book and currency."""

    book = serializers.IntegerField()
    creditor = CreditorSerializer()
    currency = CurrencyField()
    open_total = MoneyField()
    credit_balance = MoneyField()
    debts = MyDebtSerializer(many=True)
