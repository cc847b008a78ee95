"""Filters of posts, and searches that keep them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money import CURRENCIES
from core.serializers import (
    AmountField,
    IdField,
    ModelSerializer,
    Serializer,
    TextField,
)
from marketplace.models import PostKind, SavedSearch
from marketplace.models.posts import REGION_CODES

MOST_TYPED = 200
MOST_WORDS = 10
ZEROS = {"0", "0.0", "0.00"}


class BoundField(AmountField):
    """A price to compare with: zero is one too."""

    def to_internal_value(self, data: Any) -> Decimal:
        if self._literal(data) in ZEROS:
            return Decimal(0)
        return super().to_internal_value(data)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 2**63 - 1})
class AccountField(IdField):
    """In a query it is text: ASCII digits and nothing else."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not (data.isascii() and data.isdigit()):
            self.fail("invalid")
        return super().to_internal_value(data)


class FilterInput(Serializer):
    """What a list of posts can be filtered by, in a query or in a saved search."""

    q = TextField(
        required=False,
        allow_blank=True,
        max_length=MOST_TYPED,
        help_text="Words that a post has, in any script, or pieces of its part number; at most "
        "ten. A word of one or two letters is looked for where words begin.",
    )
    kind = serializers.ChoiceField(required=False, choices=PostKind.values)
    region = serializers.ChoiceField(required=False, choices=REGION_CODES)
    brand = TextField(
        required=False, allow_blank=True, max_length=100, help_text="The whole name, in any script."
    )
    part_number = TextField(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="Three or more characters of it, in either alphabet, with or without signs; "
        "with fewer, all of it.",
    )
    price_min = BoundField(required=False, help_text="In `currency`, or in UZS without one.")
    price_max = BoundField(required=False, help_text="In `currency`, or in UZS without one.")
    currency = serializers.ChoiceField(required=False, choices=list(CURRENCIES))
    author = AccountField(required=False, help_text="The account's id.")

    def to_internal_value(self, data: Any) -> Any:
        """Null is absent."""
        if isinstance(data, Mapping):
            data = {name: value for name, value in data.items() if value is not None}
        return super().to_internal_value(data)

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        """Kept as it was written."""
        return instance

    def validate_q(self, q: str) -> str:
        if len(q.split()) > MOST_WORDS:
            raise serializers.ValidationError(
                _("At most {most} words are looked for.").format(most=MOST_WORDS)
            )
        return q


class SavedSearchSerializer(ModelSerializer):
    filters = FilterInput()

    class Meta:
        model = SavedSearch
        fields = ("id", "name", "filters", "created_at")


class SavedSearchInput(Serializer):
    """`filters`: those of the list of posts; others are ignored."""

    name = TextField(max_length=100)
    filters = FilterInput()
