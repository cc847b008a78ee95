"""Signing in: codes, passwords, new tokens. Open to all."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.schema import problem
from core.views import APIView
from ledger.actions.account import prove, set_password
from ledger.actions.codes import TICKET_LIFETIME, TicketInvalid, request_code
from ledger.actions.sessions import refresh_session
from ledger.actions.sign_in import CodeEntry, enter_code, log_in
from ledger.authentication import bearer_token
from ledger.models import Session
from ledger.queries.sessions import session_of
from ledger.serializers.people import (
    CodeEnteredSerializer,
    CodeEntrySerializer,
    CodeRequestSerializer,
    CodeSentSerializer,
    LoginSerializer,
    NewPasswordSerializer,
    RefreshSerializer,
    SignedInSerializer,
    TokensSerializer,
)
from ledger.tokens import TokenInvalid, read_access, read_refresh
from ledger.views.client import client_of


class OpenView(APIView):
    """No token wanted; one that is sent is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class RequestOtpView(OpenView):
    @extend_schema(
        operation_id="auth_request_otp",
        request=CodeRequestSerializer,
        responses={202: CodeSentSerializer}
        | problem(400, "phone_number_invalid")
        | problem(429, "otp_throttled"),
    )
    def post(self, request: Request) -> Response:
        """Send a code to a mobile number. Alike for numbers with and without an account."""
        body = CodeRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        sent = request_code(
            phone_number=body.validated_data["phone_number"],
            address=client_of(request).address,
            language=get_language(),
            now=timezone.now(),
        )
        dev_code = {"dev_code": sent.code.reveal()} if settings.DEV_OTP else {}
        answer = {"expires_in": sent.expires_in, "retry_after": sent.retry_after}
        return Response(answer | dev_code, status=202)


class VerifyOtpView(OpenView):
    @extend_schema(
        operation_id="auth_verify_otp",
        request=CodeEntrySerializer,
        responses={200: CodeEnteredSerializer}
        | problem(400, "otp_invalid", "phone_number_invalid")
        | problem(401, "invalid_credentials")
        | problem(403, "password_required", "account_inactive")
        | problem(429, "otp_throttled", "login_throttled"),
    )
    def post(self, request: Request) -> Response:
        """Sign in by a code; a new number gets its account here.

        A number unused for 180 days whose account has a password needs that `password` too,
        or `start_new` for a fresh account that takes the number.
        """
        body = CodeEntrySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        signed_in = enter_code(
            entry=CodeEntry(**body.validated_data, language=get_language()),
            client=client_of(request),
            now=timezone.now(),
        )
        answer = {
            "phone_number": signed_in.user.phone_number,
            "is_new": signed_in.is_new,
            "tokens": signed_in.tokens,
            "ticket": signed_in.ticket,
            "expires_in": int(TICKET_LIFETIME.total_seconds()),
        }
        return Response(CodeEnteredSerializer(answer).data)


class SetPasswordView(OpenView):
    @extend_schema(
        operation_id="auth_set_password",
        auth=[{}, {"bearer": []}],  # type: ignore[list-item]
        request=NewPasswordSerializer,
        responses={200: SignedInSerializer}
        | problem(400, "password_too_weak")
        | problem(401, "ticket_invalid"),
    )
    def post(self, request: Request) -> Response:
        """Set a password. Proof: `ticket`, or a Bearer token of a session that a code opened
        in the last 10 minutes. Every other session ends."""
        body = NewPasswordSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        ticket = body.validated_data.get("ticket", "")
        session = None if ticket else _session_of_bearer(request)
        proof = prove(ticket=ticket, session=session, now=now)
        tokens = set_password(
            proof=proof,
            password=body.validated_data["password"],
            full_name=body.validated_data.get("full_name", ""),
            now=now,
        )
        answer = {"phone_number": proof.session.user.phone_number, "tokens": tokens}
        return Response(SignedInSerializer(answer).data)


def _session_of_bearer(request: Request) -> Session | None:
    try:
        token = bearer_token(request)
        return None if token is None else session_of(read_access(token))
    except TokenInvalid as error:
        raise TicketInvalid from error


class LoginView(OpenView):
    @extend_schema(
        operation_id="login",
        request=LoginSerializer,
        responses={200: SignedInSerializer}
        | problem(400, "phone_number_invalid")
        | problem(401, "invalid_credentials")
        | problem(429, "login_throttled"),
    )
    def post(self, request: Request) -> Response:
        """Sign in by password."""
        body = LoginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        phone_number = body.validated_data["phone_number"]
        tokens = log_in(
            phone_number=phone_number,
            password=body.validated_data["password"],
            client=client_of(request),
            now=timezone.now(),
        )
        return Response(SignedInSerializer({"phone_number": phone_number, "tokens": tokens}).data)


class RefreshView(OpenView):
    @extend_schema(
        operation_id="auth_refresh",
        request=RefreshSerializer,
        responses={200: TokensSerializer} | problem(401, "token_invalid"),
    )
    def post(self, request: Request) -> Response:
        """The next pair. Works once; a repeat within 10 s gets the same pair, a later one
        ends the session."""
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        tokens = refresh_session(
            claims=read_refresh(body.validated_data["refresh"]),
            client=client_of(request),
            now=timezone.now(),
        )
        return Response(TokensSerializer(tokens).data)
