"""Debtors as clients see them: the API's `User`."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money import DEFAULT_CURRENCY, money
from core.serializers import (
    AmountField,
    CurrencyField,
    ModelSerializer,
    MoneyField,
    PhoneField,
    Serializer,
    TextField,
)
from ledger.models import Account, Debtor


def shown_accounts(accounts: Iterable[Account]) -> list[Account]:
    """The default currency's account always, another one as soon as it was used."""
    shown = (a for a in accounts if a.currency == DEFAULT_CURRENCY or a.seq)
    return sorted(shown, key=lambda account: account.currency != DEFAULT_CURRENCY)


class BalanceSerializer(ModelSerializer):
    currency = CurrencyField(read_only=True)
    open_total = MoneyField(read_only=True)
    credit_balance = MoneyField(read_only=True)

    class Meta:
        model = Account
        fields = ("currency", "open_total", "credit_balance")
        read_only_fields = fields


class DebtorSerializer(ModelSerializer):
    """A debtor whose `accounts` are prefetched."""

    credit_balance = serializers.SerializerMethodField()
    balances = serializers.SerializerMethodField()

    class Meta:
        model = Debtor
        fields = (
            "id",
            "full_name",
            "phone_number",
            "credit_balance",
            "balances",
            "note",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(MoneyField())
    def get_credit_balance(self, debtor: Debtor) -> str:
        credit = (a.credit_balance for a in debtor.accounts.all() if a.currency == DEFAULT_CURRENCY)
        return money(next(credit, Decimal(0)))

    @extend_schema_field(BalanceSerializer(many=True))
    def get_balances(self, debtor: Debtor) -> list[dict[str, Any]]:
        accounts = shown_accounts(debtor.accounts.all())
        return list(BalanceSerializer(accounts, many=True).data)


class DebtorInput(Serializer):
    """What a new debtor needs."""

    full_name = TextField(max_length=150)
    phone_number = PhoneField(required=False, allow_null=True)
    note = TextField(required=False, allow_null=True, allow_blank=True, max_length=1000)


class RefundInput(Serializer):
    amount = AmountField()
    currency = CurrencyField()
    description = TextField(required=False, allow_null=True, allow_blank=True, max_length=500)
