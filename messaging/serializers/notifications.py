"""Notifications as clients read them."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.notices import KINDS, render
from core.pagination import MAX_LIMIT
from core.serializers import IdField, Serializer, TimestampField
from core.times import iso


class NotificationRow(NamedTuple):
    """A line as it is stored, with what its reader speaks."""

    id: int
    user: int
    kind: str
    text: str
    params: dict[str, Any]
    data: dict[str, Any]
    times: int
    is_read: bool
    created_at: datetime
    updated_at: datetime
    language: str


def notification_data(row: NotificationRow) -> dict[str, Any]:
    """Notification of the API contract, in the reader's language: for events and for lists."""
    title, body = render(row.text, row.params, row.language)
    return {
        "id": row.id,
        "kind": row.kind,
        "title": title,
        "body": body,
        "data": row.data,
        "count": row.times,
        "is_read": row.is_read,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
    }


class NotificationSerializer(Serializer):
    """The shape of `notification_data`."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    data = serializers.DictField()  # type: ignore[assignment]
    count = serializers.IntegerField()
    is_read = serializers.BooleanField()
    created_at = TimestampField()
    updated_at = TimestampField()


class NotificationsReadInput(Serializer):
    """`ids`, or `all`: true."""

    ids = serializers.ListField(child=IdField(), max_length=MAX_LIMIT, required=False)
    all = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == attrs["all"]:
            raise serializers.ValidationError(_("Send `ids`, or `all`: true."))
        return attrs


class UnreadNotificationsSerializer(Serializer):
    unread = serializers.IntegerField()


class NotificationSettingsSerializer(Serializer):
    """`muted`: of these kinds no line is written and no device is told."""

    muted = serializers.ListField(child=serializers.ChoiceField(choices=KINDS), max_length=100)
