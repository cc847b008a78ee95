"""Debts as clients see them."""

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
from ledger.models import Debt, DebtPayment

STATUSES = [Debt.Status.PENDING, Debt.Status.PARTIALLY_PAID, Debt.Status.PAID]


class DebtSerializer(ModelSerializer):
    """A debt with its `debtor`, and `is_disputed` annotated (`ledger.queries.debts`)."""

    user = serializers.IntegerField(source="debtor_id", read_only=True)
    full_name = serializers.CharField(source="debtor.full_name", read_only=True)
    phone_number = serializers.CharField(
        source="debtor.phone_number", read_only=True, allow_null=True
    )
    currency = CurrencyField(read_only=True)
    amount = MoneyField(read_only=True)
    remaining = MoneyField(read_only=True)
    written_off = MoneyField(read_only=True)
    status = serializers.ChoiceField(choices=STATUSES, read_only=True)
    is_disputed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Debt
        fields: tuple[str, ...] = (
            "id",
            "user",
            "full_name",
            "phone_number",
            "amount",
            "remaining",
            "written_off",
            "status",
            "description",
            "created_at",
            "occurred_at",
            "currency",
            "due_date",
            "is_disputed",
        )
        read_only_fields = fields


class DebtAllocationSerializer(ModelSerializer):
    """A payment's part in a debt."""

    payment = serializers.IntegerField(source="payment_id", read_only=True)
    amount = MoneyField(read_only=True)

    class Meta:
        model = DebtPayment
        fields = ("payment", "amount", "created_at")
        read_only_fields = fields


class DebtDetailSerializer(DebtSerializer):
    """A debt whose live allocations are in `live_allocations`."""

    payments = serializers.SerializerMethodField()

    class Meta(DebtSerializer.Meta):
        fields = (*DebtSerializer.Meta.fields, "payments")
        read_only_fields = fields

    @extend_schema_field(DebtAllocationSerializer(many=True))
    def get_payments(self, debt: Any) -> list[dict[str, Any]]:
        return list(DebtAllocationSerializer(debt.live_allocations, many=True).data)


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
