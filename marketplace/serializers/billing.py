"""Shapes of plans and of one's own standing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rest_framework import serializers

from core.serializers import ModelSerializer, MoneyField, Serializer, TextField, TimestampField
from marketplace.models import Plan, Subscription

STATUSES = [*Subscription.Status.values, "none"]


@dataclass(frozen=True)
class UsageRow:
    period: str
    used: int
    limit: int | None
    remaining: int | None
    resets_at: datetime


@dataclass(frozen=True)
class BillingRow:
    """`plan` and `status` are those of what runs, else of what waits, else of what ran last."""

    plan: Plan | None
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    next: Plan | None
    usage: UsageRow


class FeaturesField(serializers.DictField):
    def to_representation(self, value: Any) -> dict[str, Any]:
        """A script may have written anything."""
        return dict(super().to_representation(value)) if isinstance(value, dict) else {}


class PlanSerializer(ModelSerializer):
    price = MoneyField(read_only=True)
    features = FeaturesField(
        read_only=True, help_text="`images_per_post` and `saved_searches`: whole numbers."
    )

    class Meta:
        model = Plan
        fields = ("code", "name", "price", "currency", "period_days", "post_limit", "features")
        read_only_fields = fields


class UsageSerializer(Serializer):
    """Posts of the local calendar month. No limit: `limit` and `remaining` are null."""

    period = serializers.RegexField(r"^\d{4}-\d{2}$", help_text="`2026-11`")
    used = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)
    remaining = serializers.IntegerField(allow_null=True)
    resets_at = TimestampField()


class BillingSerializer(Serializer):
    """While a change waits, `plan` and `status` are those of the running plan, and `next` is
    the other."""

    plan = PlanSerializer(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    starts_at = TimestampField(allow_null=True)
    ends_at = TimestampField(allow_null=True)
    next = PlanSerializer(allow_null=True)
    usage = UsageSerializer()


class PlanChoiceSerializer(Serializer):
    plan = TextField(max_length=32, help_text="A plan's `code`.")


class NothingSerializer(Serializer):
    """A body that is not read."""
