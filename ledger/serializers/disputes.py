"""Disputes as the shop and the debtor see them."""

from rest_framework import serializers

from core.serializers import ModelSerializer, Serializer, TextField
from ledger.models import Dispute


class DisputeSerializer(ModelSerializer):
    debt = serializers.IntegerField(source="debt_id", read_only=True)

    class Meta:
        model = Dispute
        fields = ("id", "debt", "reason", "note", "created_at", "resolved_at")
        read_only_fields = fields


class DisputeInput(Serializer):
    reason = TextField(max_length=1000)


class ResolutionInput(Serializer):
    note = TextField(max_length=1000)
