"""Debtors as clients see them: the API's `User`."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money import DEFAULT_CURRENCY, money
from core.serializers import (
    AmountField,
    CurrencyField,
    MoneyField,
    PhoneField,
    Serializer,
    TextField,
    TimestampField,
)
from ledger.serializers.rows import UserRow


class BalanceSerializer(Serializer):
    currency = CurrencyField(read_only=True)
    open_total = MoneyField()
    credit_balance = MoneyField()


class UserSerializer(Serializer):
    """A `UserRow`. `credit_balance` is the default currency's."""

    id = serializers.IntegerField()
    full_name = serializers.CharField()
    phone_number = serializers.CharField(allow_null=True)
    credit_balance = serializers.SerializerMethodField()
    balances = BalanceSerializer(many=True)
    note = serializers.CharField(allow_blank=True)
    created_at = TimestampField()

    @extend_schema_field(MoneyField())
    def get_credit_balance(self, row: UserRow) -> str:
        credit = (b.credit_balance for b in row.balances if b.currency == DEFAULT_CURRENCY)
        return money(next(credit, Decimal(0)))


class UserInput(Serializer):
    """What a new debtor needs."""

    full_name = TextField(max_length=150)
    phone_number = PhoneField(required=False, allow_null=True)
    note = TextField(required=False, allow_null=True, allow_blank=True, max_length=1000)


class RefundInput(Serializer):
    amount = AmountField()
    currency = CurrencyField()
    description = TextField(required=False, allow_null=True, allow_blank=True, max_length=500)
