"""Books and their members."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from core.money import CURRENCIES, DEFAULT_CURRENCY
from core.serializers import PhoneField, Serializer, TextField
from ledger.models import Role

MEMBER_ROLES = [str(Role.MANAGER), str(Role.CASHIER)]


class BookSerializer(Serializer):
    """A book as one of its people sees it: `role` is the reader's own."""

    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=Role.choices)
    currencies = serializers.ListField(child=serializers.ChoiceField(choices=list(CURRENCIES)))


class BookPatch(Serializer):
    name = TextField(required=False, allow_blank=True, max_length=100)
    currencies = serializers.ListField(
        child=serializers.ChoiceField(choices=list(CURRENCIES)),
        required=False,
        min_length=1,
        max_length=len(CURRENCIES),
    )

    def validate_currencies(self, currencies: list[str]) -> list[str]:
        if DEFAULT_CURRENCY not in currencies:
            message = _("{currency} always stays.").format(currency=DEFAULT_CURRENCY)
            raise serializers.ValidationError(message)
        return currencies


class MemberSerializer(Serializer):
    """A member with their account as `user`."""

    id = serializers.IntegerField()
    phone_number = serializers.CharField(source="user.phone_number", allow_null=True)
    full_name = serializers.CharField(source="user.full_name", allow_blank=True)
    role = serializers.ChoiceField(choices=MEMBER_ROLES)


class MemberInput(Serializer):
    phone_number = PhoneField()
    role = serializers.ChoiceField(choices=MEMBER_ROLES)
