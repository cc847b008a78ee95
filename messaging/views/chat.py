"""Talks and their messages, for the two who talk."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import NEWEST, answer_list, checked
from core.errors import NotFound
from core.idempotency import retry_safe
from core.pagination import read_page
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from messaging.actions.messages import delete_message, edit_message, send_message
from messaging.actions.threads import start_thread
from messaging.queries.message_list import find_last_number, list_messages, search_messages
from messaging.queries.thread_list import list_threads
from messaging.queries.threads import find_thread, read_last_message
from messaging.serializers.chat import (
    MessageInput,
    MessagePatch,
    MessageSerializer,
    StartInput,
    ThreadSerializer,
)
from messaging.serializers.chat_events import message_data, thread_data
from messaging.views.chat_filters import NUMBERS, WORDS, read_numbers, read_words
from messaging.views.reader import reader_of


class StartView(APIView):
    @extend_schema(
        operation_id="chat_start",
        request=StartInput,
        responses={201: ThreadSerializer, 200: ThreadSerializer}
        | problem(400, "own_post")
        | problem(403, "thread_blocked")
        | problem(404)
        | problem(429, "too_many_threads", "too_many_messages"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """The caller's talk about a post: begun (201), or the one there is (200). `text` is sent
        in both cases."""
        body = checked(StartInput, request)
        started = start_thread(
            account_id=reader_of(request),
            post_id=body["post"],
            text=body.get("text"),
            now=timezone.now(),
        )
        return Response(started.thread, status=201 if started.is_new else 200)


class ThreadListView(APIView):
    @extend_schema(
        operation_id="chat_threads",
        parameters=LIST_PARAMETERS,
        responses={200: ThreadSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The caller's talks, the latest first."""
        page = read_page(request, name="threads", keys=NEWEST)
        return answer_list(request, page, list_threads(reader_of(request), page))


class ThreadView(APIView):
    @extend_schema(operation_id="chat_thread", responses={200: ThreadSerializer})
    def get(self, request: Request, thread_id: int) -> Response:
        """One talk."""
        reader_id = reader_of(request)
        thread = find_thread(thread_id, reader_id)
        if thread is None:
            raise NotFound
        return Response(thread_data(thread, reader_id, read_last_message(thread)))


class MessageListView(APIView):
    @extend_schema(
        operation_id="chat_messages",
        parameters=[*NUMBERS, *LIST_PARAMETERS],
        responses={200: MessageSerializer(many=True)},
    )
    def get(self, request: Request, thread_id: int) -> HttpResponse:
        """A talk's messages, newest first; with `after`, oldest first."""
        before, after = read_numbers(request)
        name = "messages" if after is None else "messages_after"
        page = read_page(request, name=name, keys=(int,))
        last_number = find_last_number(thread_id, reader_of(request))
        if last_number is None:
            raise NotFound
        listing = list_messages(
            thread_id, page, last_number=last_number, before=before, after=after
        )
        return answer_list(request, page, listing)


class SendView(APIView):
    @extend_schema(
        operation_id="chat_send",
        request=MessageInput,
        responses={201: MessageSerializer, 200: MessageSerializer}
        | problem(403, "thread_blocked")
        | problem(404)
        | problem(409, "client_id_reused")
        | problem(429, "too_many_messages"),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Send a message. The same `client_id` again: 200 with the first one."""
        body = checked(MessageInput, request)
        sent = send_message(
            account_id=reader_of(request),
            thread_id=body["thread"],
            text=body["text"],
            client_id=body.get("client_id"),
            now=timezone.now(),
        )
        return Response(message_data(sent.message), status=201 if sent.is_new else 200)


class MessageView(APIView):
    @extend_schema(
        operation_id="chat_message_edit",
        request=MessagePatch,
        responses={200: MessageSerializer}
        | problem(403, "too_late", "thread_blocked")
        | problem(429, "too_many_messages"),
    )
    def patch(self, request: Request, message_id: int) -> Response:
        """Edit a message of one's own, within 15 minutes."""
        message = edit_message(
            account_id=reader_of(request),
            message_id=message_id,
            text=checked(MessagePatch, request)["text"],
            now=timezone.now(),
        )
        return Response(message_data(message))

    @extend_schema(
        operation_id="chat_message_delete", responses={204: None} | problem(403, "too_late")
    )
    def delete(self, request: Request, message_id: int) -> Response:
        """Delete a message of one's own, within 15 minutes: its text is gone everywhere."""
        delete_message(account_id=reader_of(request), message_id=message_id, now=timezone.now())
        return Response(status=204)


class SearchView(APIView):
    @extend_schema(
        operation_id="chat_search",
        parameters=[WORDS, *LIST_PARAMETERS],
        responses={200: MessageSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """Messages of the caller's talks that hold the words, newest first. The latest talks are
        looked through, some 200,000 messages."""
        words = read_words(request)
        page = read_page(request, name="message_search", keys=NEWEST)
        return answer_list(request, page, search_messages(reader_of(request), words, page))
