"""Statements and reports."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import CurrencyField, MoneyField, Serializer, TimestampField
from ledger.models import Entry
from ledger.serializers.debtors import UserSerializer


@extend_schema_field({"type": "string", "pattern": r"^-?\d+\.\d{2}$", "example": "-150000.00"})
class SignedMoneyField(MoneyField):
    """Money that may be negative: an entry's amount, a balance in the debtor's favour."""


class EntrySerializer(Serializer):
    """A journal line. A positive `amount` raises what is owed."""

    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Entry.Kind.choices)
    amount = SignedMoneyField()
    balance = SignedMoneyField()
    debt = serializers.IntegerField(allow_null=True)
    payment = serializers.IntegerField(allow_null=True)
    description = serializers.CharField(allow_blank=True)
    created_at = TimestampField()
    occurred_at = TimestampField()


class StatementSerializer(Serializer):
    """The journal of one debtor and currency between two local days, ascending by `seq`."""

    user = UserSerializer()
    currency = CurrencyField(read_only=True)
    from_ = serializers.DateField()
    to = serializers.DateField()
    opening = SignedMoneyField()
    closing = SignedMoneyField()
    entries = EntrySerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a keyword of Python.
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class SummarySerializer(Serializer):
    currency = CurrencyField(read_only=True)
    open_total = MoneyField()
    credit_total = MoneyField()
    overdue_total = MoneyField()
    debtors_owing = serializers.IntegerField()
    lent_today = MoneyField()
    collected_today = MoneyField()


class AgingSerializer(Serializer):
    """What remains, by days past the due date (without one: past the day it occurred)."""

    currency = CurrencyField(read_only=True)
    current = MoneyField()
    days_1_30 = MoneyField()
    days_31_60 = MoneyField()
    days_61_90 = MoneyField()
    days_over_90 = MoneyField()


class DailySerializer(Serializer):
    date = serializers.DateField()
    currency = CurrencyField(read_only=True)
    lent = MoneyField()
    collected = MoneyField()
