"""Payments as clients see them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import (
    AmountField,
    CurrencyField,
    IdField,
    ModelSerializer,
    MoneyField,
    Serializer,
    TextField,
    TimestampField,
)
from ledger.models import DebtPayment, Payment

MAX_NAMED_DEBTS = 1000


class PaymentSerializer(ModelSerializer):
    """A payment with its `debtor`."""

    user = serializers.IntegerField(source="debtor_id", read_only=True)
    full_name = serializers.CharField(source="debtor.full_name", read_only=True)
    phone_number = serializers.CharField(
        source="debtor.phone_number", read_only=True, allow_null=True
    )
    currency = CurrencyField(read_only=True)
    amount = MoneyField(read_only=True)
    description = serializers.SerializerMethodField()
    credited = MoneyField(read_only=True)
    refunded = MoneyField(read_only=True)

    class Meta:
        model = Payment
        fields: tuple[str, ...] = (
            "id",
            "user",
            "full_name",
            "phone_number",
            "amount",
            "description",
            "created_at",
            "occurred_at",
            "currency",
            "credited",
            "refunded",
        )
        read_only_fields = fields

    def get_description(self, payment: Payment) -> str | None:
        # Old clients know a payment without a description as null, a debt without one as "".
        return payment.description or None


class PaymentAllocationSerializer(ModelSerializer):
    """A debt's part of a payment."""

    debt = serializers.IntegerField(source="debt_id", read_only=True)
    amount = MoneyField(read_only=True)

    class Meta:
        model = DebtPayment
        fields = ("debt", "amount")
        read_only_fields = fields


class PaymentDetailSerializer(PaymentSerializer):
    """A payment whose live allocations are in `live_allocations`."""

    allocations = serializers.SerializerMethodField()

    class Meta(PaymentSerializer.Meta):
        fields = (*PaymentSerializer.Meta.fields, "allocations")
        read_only_fields = fields

    @extend_schema_field(PaymentAllocationSerializer(many=True))
    def get_allocations(self, payment: Any) -> list[dict[str, Any]]:
        return list(PaymentAllocationSerializer(payment.live_allocations, many=True).data)


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
