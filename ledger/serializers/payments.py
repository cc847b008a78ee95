"""Payments as clients see them."""

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
from ledger.serializers.rows import PaymentRow

MAX_NAMED_DEBTS = 1000


class PaymentSerializer(Serializer):
    """A `PaymentRow`. Old clients know a payment without a description as null (a debt: "")."""

    id = serializers.IntegerField()
    user = serializers.IntegerField()
    full_name = serializers.CharField()
    phone_number = serializers.CharField(allow_null=True)
    amount = MoneyField()
    description = serializers.SerializerMethodField()
    created_at = TimestampField()
    occurred_at = TimestampField()
    currency = CurrencyField(read_only=True)
    credited = MoneyField()
    refunded = MoneyField()

    def get_description(self, row: PaymentRow) -> str | None:
        return row.description or None


class PaymentAllocationSerializer(Serializer):
    """A debt's part of a payment."""

    debt = serializers.IntegerField()
    amount = MoneyField()


class PaymentDetailSerializer(PaymentSerializer):
    allocations = PaymentAllocationSerializer(many=True)


class DryRunSerializer(PaymentDetailSerializer):
    """What a payment would do. It has no id, because there is no payment."""

    id = serializers.IntegerField(allow_null=True)


class NamedDebtInput(Serializer):
    debt = IdField()
    amount = AmountField()


class PaymentInput(Serializer):
    """What a new payment needs. `allocations`: the debts to pay first, in this order."""

    user = IdField()
    amount = AmountField()
    description = TextField(required=False, allow_null=True, allow_blank=True, max_length=500)
    currency = CurrencyField()
    occurred_at = TimestampField(required=False, allow_null=True)
    allocations = serializers.ListField(
        child=NamedDebtInput(), required=False, max_length=MAX_NAMED_DEBTS
    )
