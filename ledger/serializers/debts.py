"""Debts as clients see them."""

from rest_framework import serializers

from core.serializers import (
    AmountField,
    CurrencyField,
    IdField,
    MoneyField,
    Serializer,
    TextField,
    TimestampField,
)
from ledger.models import Debt

STATUSES = [Debt.Status.PENDING, Debt.Status.PARTIALLY_PAID, Debt.Status.PAID]


class DebtSerializer(Serializer):
    """A `DebtRow`; `user`, `full_name` and `phone_number` are its debtor's."""

    id = serializers.IntegerField()
    user = serializers.IntegerField()
    full_name = serializers.CharField()
    phone_number = serializers.CharField(allow_null=True)
    amount = MoneyField()
    remaining = MoneyField()
    written_off = MoneyField()
    status = serializers.ChoiceField(choices=STATUSES)
    description = serializers.CharField(allow_blank=True)
    created_at = TimestampField()
    occurred_at = TimestampField()
    currency = CurrencyField(read_only=True)
    due_date = serializers.DateField(allow_null=True)
    is_disputed = serializers.BooleanField()


class DebtAllocationSerializer(Serializer):
    """A payment's part in a debt."""

    payment = serializers.IntegerField()
    amount = MoneyField()
    created_at = TimestampField()


class DebtDetailSerializer(DebtSerializer):
    payments = DebtAllocationSerializer(many=True)


class DebtInput(Serializer):
    """What a new debt needs."""

    user = IdField()
    amount = AmountField()
    description = TextField(required=False, allow_null=True, allow_blank=True, max_length=500)
    currency = CurrencyField()
    due_date = serializers.DateField(required=False, allow_null=True)
    occurred_at = TimestampField(required=False, allow_null=True)


class DebtPatch(Serializer):
    """What may change in a debt."""

    description = TextField(required=False, allow_null=True, allow_blank=True, max_length=500)
    due_date = serializers.DateField(required=False, allow_null=True)


class WriteOffInput(Serializer):
    """`amount`: all that remains when absent."""

    amount = AmountField(required=False, allow_null=True)
    reason = TextField(max_length=500)
