"""One's own account and its signed-in devices."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.pagination import list_response, read_page
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from ledger.actions.account import change_phone, change_profile
from ledger.actions.erasure import delete_account
from ledger.actions.sessions import end_session, end_sessions
from ledger.models import Session
from ledger.serializers.people import (
    AccountDeletionSerializer,
    MeSerializer,
    NothingSerializer,
    PhoneChangeSerializer,
    SessionSerializer,
    me,
)
from ledger.views.client import client_of


class MeView(APIView):
    @extend_schema(operation_id="me", responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        """Who is signed in."""
        return Response(me(_session(request).user))

    @extend_schema(
        operation_id="me_update", request=MeSerializer(partial=True), responses={200: MeSerializer}
    )
    def patch(self, request: Request) -> Response:
        """Change `full_name` or `language`."""
        body = MeSerializer(request.user, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        user = change_profile(user_id=_session(request).user_id, changes=body.validated_data)
        return Response(me(user))

    @extend_schema(
        operation_id="me_delete",
        request=AccountDeletionSerializer,
        responses={204: None}
        | problem(400, "proof_invalid")
        | problem(409, "book_has_balances")
        | problem(413)
        | problem(415)
        | problem(429, "login_throttled"),
    )
    def delete(self, request: Request) -> Response:
        """Delete the account. Proof: its `password`, a `ticket`, or a session that a code
        opened in the last 10 minutes."""
        body = AccountDeletionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        delete_account(
            session=_session(request),
            password=body.validated_data.get("password", ""),
            ticket=body.validated_data.get("ticket", ""),
            client=client_of(request),
            now=timezone.now(),
        )
        return Response(status=204)


class ChangePhoneView(APIView):
    @extend_schema(
        operation_id="change_phone",
        request=PhoneChangeSerializer,
        responses={200: MeSerializer}
        | problem(400, "otp_invalid", "phone_number_invalid")
        | problem(409, "phone_number_taken")
        | problem(429, "otp_throttled"),
    )
    def post(self, request: Request) -> Response:
        """Move to another number, proven by a code sent to it."""
        body = PhoneChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = change_phone(
            user_id=_session(request).user_id,
            **body.validated_data,
            client=client_of(request),
            now=timezone.now(),
        )
        return Response(me(user))


class LogoutView(APIView):
    @extend_schema(operation_id="logout", request=NothingSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """End this session."""
        session = _session(request)
        now = timezone.now()
        end_sessions(user_id=session.user_id, only=session.pk, reason="logout", now=now)
        return Response(status=204)


class SessionListView(APIView):
    @extend_schema(
        operation_id="sessions",
        parameters=LIST_PARAMETERS,
        responses={200: SessionSerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """Where one is signed in, newest first."""
        page = read_page(request, name="sessions", keys=[int])
        current = _session(request)
        sessions = Session.objects.live().filter(
            user_id=current.user_id, expires_at__gt=timezone.now()
        )
        count = sessions.count() if page.wants_count else None
        if page.after:
            sessions = sessions.filter(pk__lt=page.after[0])
        rows = list(sessions.order_by("-pk")[: page.limit + 1])
        shown = rows[: page.limit]
        context = {"current": current}
        return list_response(
            request,
            page,
            rows=[_json(SessionSerializer(row, context=context).data) for row in shown],
            next_after=[shown[-1].pk] if len(rows) > page.limit else None,
            count=count,
        )


class SessionView(APIView):
    @extend_schema(operation_id="session_end", responses={204: None})
    def delete(self, request: Request, session_id: int) -> Response:
        """Sign a device out."""
        user_id = _session(request).user_id
        end_session(user_id=user_id, session_id=session_id, now=timezone.now())
        return Response(status=204)


def _json(row: Any) -> bytes:
    return JSONRenderer().render(row)


def _session(request: Request) -> Session:
    assert isinstance(request.auth, Session)
    return request.auth
