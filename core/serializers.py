"""Serializers and fields in the shapes that clients rely on."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.errors import PhoneNumberInvalid
from core.money import CURRENCIES, DEFAULT_CURRENCY, money, parse_money
from core.parsers import NumberLiteral
from core.phones import normalize_phone
from core.times import iso

MAX_ID = 2**63 - 1
EARLIEST_YEAR = 1900


@extend_schema_field(
    {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+05:00$",
        "example": "2026-08-08T15:03:49.166587+05:00",
    }
)
class TimestampField(serializers.DateTimeField):
    """An instant: out, six fractional digits and +05:00; in, any ISO 8601."""

    def to_representation(self, value: Any) -> str:
        return iso(value)

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
        except OverflowError:
            self.fail("invalid", format="ISO 8601")
        assert isinstance(moment, datetime)
        # Before our era in UTC, PostgreSQL could keep it and Python not read it back.
        if moment.year < EARLIEST_YEAR:
            self.fail("invalid", format="ISO 8601")
        return moment


MONEY_SCHEMA = {"type": "string", "pattern": r"^\d+\.\d{2}$", "example": "150000.00"}


@extend_schema_field(MONEY_SCHEMA)
class MoneyField(serializers.Field[Decimal, Any, str, Any]):
    """An amount above 0: a string of up to 12 digits and 2 decimals, or such a JSON number."""

    default_error_messages = {  # noqa: RUF012  (DRF's own idiom)
        "invalid": _("An amount above 0 with at most 12 digits and 2 decimals is wanted."),
    }

    def to_internal_value(self, data: Any) -> Decimal:
        literal = self._literal(data)
        try:
            return parse_money(literal)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: Decimal) -> str:
        return money(value)

    @staticmethod
    def _literal(data: Any) -> str:
        if isinstance(data, NumberLiteral):
            return data.literal
        if isinstance(data, bool) or not isinstance(data, str | int):
            return ""
        return str(data)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$"},
            {"type": "number", "minimum": 0.01, "maximum": 999_999_999_999.99},
        ],
        "example": "150000.00",
    }
)
class AmountField(MoneyField):
    """Money in a request: what it takes is wider than what answers look like."""


class TextField(serializers.CharField):
    """Stripped text; NUL and lone surrogates are refused by DRF's own validators."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


@extend_schema_field({"type": "string", "maxLength": 32, "example": "+998901234567"})
class PhoneField(serializers.Field[str, Any, str, Any]):
    """Any usual spelling in, E.164 out. Raises PhoneNumberInvalid."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise PhoneNumberInvalid.of(self.field_name or "phone_number")
        try:
            return normalize_phone(data)
        except ValueError as error:
            raise PhoneNumberInvalid.of(self.field_name or "phone_number") from error

    def to_representation(self, value: str) -> str:
        return value


class IdField(serializers.IntegerField):
    """The id of a row in a body; whether it exists is the action's question."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class CurrencyField(serializers.ChoiceField):
    """`UZS` (default) or `USD`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(CURRENCIES), **{"default": DEFAULT_CURRENCY} | kwargs)


class Serializer(serializers.Serializer[Any]):
    """The base of request and answer shapes that are no model."""


class ModelSerializer(serializers.ModelSerializer[Any]):
    """A model's shape with our timestamps and texts."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: TimestampField,
        models.CharField: TextField,
        models.TextField: TextField,
    }


class FieldErrorSerializer(Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(Serializer):
    """A refusal as RFC 9457 has it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]
    request_id = serializers.CharField()
