"""One's own notifications."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import NEWEST, answer_list, checked
from core.idempotency import retry_safe
from core.pagination import read_page
from core.query_params import read_flag
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from ledger.serializers.people import NothingSerializer
from messaging.actions.notifications import mute_kinds, read_notifications
from messaging.queries.notifications import list_notifications, muted_kinds
from messaging.serializers.notifications import (
    NotificationSerializer,
    NotificationSettingsSerializer,
    NotificationsReadInput,
    UnreadNotificationsSerializer,
)

UNREAD = OpenApiParameter(
    "unread",
    {"type": "string", "enum": ["0", "1", "true", "false"]},
    description="`1`: only those that are not read.",
)


class NotificationListView(APIView):
    @extend_schema(
        operation_id="notifications",
        parameters=[UNREAD, *LIST_PARAMETERS],
        responses={200: NotificationSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The notifications, the latest change first, in the account's language."""
        unread = read_flag(request, "unread")
        page = read_page(request, name="notifications", keys=NEWEST)
        listing = list_notifications(_own(request), unread=unread, page=page)
        return answer_list(request, page, listing)


class ReadView(APIView):
    @extend_schema(
        operation_id="notifications_read",
        request=NotificationsReadInput,
        responses={200: UnreadNotificationsSerializer} | problem(404),
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Mark some as read, or all. An id that is absent or not one's own: none is marked."""
        body = checked(NotificationsReadInput, request)
        return _read(request, body.get("ids"))


class ReadAllView(APIView):
    @extend_schema(
        operation_id="notifications_read_all",
        request=NothingSerializer,
        responses={200: UnreadNotificationsSerializer},
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Mark all as read."""
        return _read(request, None)


class NotificationSettingsView(APIView):
    @extend_schema(
        operation_id="notification_settings", responses={200: NotificationSettingsSerializer}
    )
    def get(self, request: Request) -> Response:
        """The kinds that are muted."""
        return Response({"muted": muted_kinds(_own(request))})

    @extend_schema(
        operation_id="notification_settings_update",
        request=NotificationSettingsSerializer(partial=True),
        responses={200: NotificationSettingsSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Mute these kinds and no others: nothing is written of them, no device is told."""
        body = checked(NotificationSettingsSerializer, request, partial=True)
        account_id = _own(request)
        if "muted" not in body:
            return Response({"muted": muted_kinds(account_id)})
        return Response({"muted": mute_kinds(account_id=account_id, muted=body["muted"])})


def _read(request: Request, ids: Iterable[int] | None) -> Response:
    unread = read_notifications(account_id=_own(request), ids=ids, now=timezone.now())
    return Response({"unread": unread})


def _own(request: Request) -> int:
    account: Any = request.user.pk
    return int(account)
