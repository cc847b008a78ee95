"""Sending a message, as one would write it at first: the same rows as ours in thread, message
and notification; told through groups, serialized for each who hears of it."""

import json

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.models import User
from messaging.models import ChatMessage, ChatThread, Notification


class MessageInput(serializers.Serializer):
    thread = serializers.IntegerField()
    text = serializers.CharField(max_length=4000)
    client_id = serializers.UUIDField(required=False)


class MessageSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChatMessage
        fields = (
            "id", "thread", "number", "sender", "text", "client_id", "created_at", "edited_at",
            "deleted_at",
        )  # fmt: skip


class PeerSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "full_name")


class ThreadSerializer(serializers.ModelSerializer):
    peer = serializers.SerializerMethodField()
    last_message = serializers.SerializerMethodField()
    unread_count = serializers.SerializerMethodField()

    class Meta:
        model = ChatThread
        fields = ("id", "post", "post_title", "peer", "last_message", "unread_count", "updated_at")

    def get_peer(self, thread):
        reader = self.context["reader"]
        return PeerSerializer(thread.seller if reader == thread.buyer_id else thread.buyer).data

    def get_last_message(self, thread):
        return MessageSerializer(self.context["last"]).data

    def get_unread_count(self, thread):
        is_buyer = self.context["reader"] == thread.buyer_id
        return thread.buyer_unread_count if is_buyer else thread.seller_unread_count


class SendView(APIView):
    def post(self, request: Request) -> Response:
        body = MessageInput(data=request.data)
        body.is_valid(raise_exception=True)
        thread, message, is_new = write(request.user, **body.validated_data)
        if is_new:
            tell(thread, message)
        return Response(MessageSerializer(message).data, status=201 if is_new else 200)


@transaction.atomic
def write(user, thread, text, client_id=None):
    mine = ChatThread.objects.filter(Q(buyer=user) | Q(seller=user))
    mine = mine.select_related("buyer", "seller").select_for_update(of=("self",))
    thread = get_object_or_404(mine, pk=thread)
    first = client_id and ChatMessage.objects.filter(sender=user, client_id=client_id).first()
    if first:
        return thread, first, False
    thread.last_number += 1
    thread.updated_at = timezone.now()
    if user.pk == thread.buyer_id:
        thread.seller_unread_count += 1
    else:
        thread.buyer_unread_count += 1
    thread.save()
    message = ChatMessage.objects.create(
        thread=thread,
        number=thread.last_number,
        sender=user,
        text=text,
        text_folded=text.lower(),
        client_id=client_id,
        created_at=thread.updated_at,
    )
    notify(thread, message, thread.seller if user.pk == thread.buyer_id else thread.buyer)
    return thread, message, True


def notify(thread, message, peer):
    about = {"thread": thread.pk, "message": message.pk, "sender": message.sender_id}
    params = {"sender": message.sender.full_name, "preview": message.text[:100]}
    line, is_new = Notification.objects.get_or_create(
        user=peer,
        kind="message",
        thread=thread.pk,
        read_at=None,
        defaults={
            "text": "message_received",
            "params": params,
            "data": about,
            "created_at": message.created_at,
            "updated_at": message.created_at,
        },
    )
    if not is_new:
        line.count += 1
        line.params, line.data, line.updated_at = params, about, message.created_at
        line.save()


def tell(thread, message):
    send = async_to_sync(get_channel_layer().group_send)
    said = plain(MessageSerializer(message).data)
    send(f"thread_{thread.pk}", {"type": "chat.told", "what": "message", "data": said})
    for reader in (thread.buyer_id, thread.seller_id):
        seen = ThreadSerializer(thread, context={"reader": reader, "last": message}).data
        told = {"type": "chat.told", "what": "thread", "data": plain(seen)}
        send(f"user_{reader}", told)


def plain(data):
    return json.loads(JSONRenderer().render(data))


urlpatterns = [path("api/chat/send/", SendView.as_view())]
