"""Threads and messages as clients see them."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import MAX_ID, IdField, Serializer, TextField, TimestampField
from messaging.models.chat import MAX_TEXT


@extend_schema_field({"type": "string", "format": "uuid"})
class ClientIdField(serializers.UUIDField):
    """A UUID as text; the framework would take numbers for one, too."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class MessageSerializer(Serializer):
    """`number` counts 1, 2, 3 … in a thread; a deleted message keeps its place without text."""

    id = serializers.IntegerField()
    thread = serializers.IntegerField(source="thread_id")
    number = serializers.IntegerField()
    sender = serializers.IntegerField(source="sender_id")
    text = serializers.CharField(allow_null=True)
    client_id = serializers.UUIDField(allow_null=True)
    created_at = TimestampField()
    edited_at = TimestampField(allow_null=True)
    deleted_at = TimestampField(allow_null=True)


class ThreadPostSerializer(Serializer):
    """`title`: the post's when the talk began."""

    id = serializers.IntegerField()
    title = serializers.CharField()


class PeerSerializer(Serializer):
    """`full_name` is empty once the account was deleted."""

    id = serializers.IntegerField()
    full_name = serializers.CharField(allow_blank=True)


class ThreadSerializer(Serializer):
    """A thread as its reader sees it."""

    id = serializers.IntegerField()
    post = ThreadPostSerializer()
    peer = PeerSerializer()
    last_message = MessageSerializer(allow_null=True)
    unread_count = serializers.IntegerField()
    read_up_to = serializers.IntegerField()
    peer_read_up_to = serializers.IntegerField()
    is_blocked = serializers.BooleanField(help_text="The reader blocked it.")
    updated_at = TimestampField()


class StartInput(Serializer):
    post = IdField()
    text = TextField(required=False, allow_null=True, max_length=MAX_TEXT)


class MessageInput(Serializer):
    """The same `client_id` again gets the first message again."""

    thread = IdField()
    text = TextField(max_length=MAX_TEXT)
    client_id = ClientIdField(required=False, allow_null=True)


class MessagePatch(Serializer):
    text = TextField(max_length=MAX_TEXT)


class ReadInput(Serializer):
    """`up_to`: the number of the last message that was read; beyond the last one, the last."""

    up_to = serializers.IntegerField(min_value=0, max_value=MAX_ID)


class ReadSerializer(Serializer):
    read_up_to = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class ReportInput(Serializer):
    reason = TextField(max_length=1000)


class ReportSerializer(Serializer):
    id = serializers.IntegerField()
    thread = serializers.IntegerField(source="thread_id")
    reason = serializers.CharField()
    created_at = TimestampField()
