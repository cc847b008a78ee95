"""Disputes, alike for the shop and the debtor."""

from rest_framework import serializers

from core.serializers import Serializer, TextField, TimestampField


class DisputeSerializer(Serializer):
    """A `DisputeRow`."""

    id = serializers.IntegerField()
    debt = serializers.IntegerField()
    reason = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    created_at = TimestampField()
    resolved_at = TimestampField(allow_null=True)


class DisputeInput(Serializer):
    reason = TextField(max_length=1000)


class ResolutionInput(Serializer):
    note = TextField(max_length=1000)
