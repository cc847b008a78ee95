"""What a participant marks a talk with: read up to here, blocked, reported."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import checked
from core.idempotency import retry_safe
from core.views import APIView
from messaging.actions.blocks import block_thread, unblock_thread
from messaging.actions.receipts import mark_read
from messaging.actions.reports import report_thread
from messaging.serializers.chat import ReadInput, ReadSerializer, ReportInput, ReportSerializer
from messaging.views.reader import reader_of


class ReadView(APIView):
    @extend_schema(operation_id="chat_read", request=ReadInput, responses={200: ReadSerializer})
    @retry_safe
    def post(self, request: Request, thread_id: int) -> Response:
        """Everything up to a number was read. The pointer never goes back."""
        receipt = mark_read(
            account_id=reader_of(request),
            thread_id=thread_id,
            up_to=checked(ReadInput, request)["up_to"],
            now=timezone.now(),
        )
        return Response(receipt._asdict())


class BlockView(APIView):
    @extend_schema(operation_id="chat_block", request=None, responses={204: None})
    @retry_safe
    def post(self, request: Request, thread_id: int) -> Response:
        """Nobody writes in this talk any more, until it is unblocked."""
        block_thread(account_id=reader_of(request), thread_id=thread_id)
        return Response(status=204)

    @extend_schema(operation_id="chat_unblock", responses={204: None})
    def delete(self, request: Request, thread_id: int) -> Response:
        """Take one's own block back."""
        unblock_thread(account_id=reader_of(request), thread_id=thread_id)
        return Response(status=204)


class ReportView(APIView):
    @extend_schema(
        operation_id="chat_report", request=ReportInput, responses={201: ReportSerializer}
    )
    @retry_safe
    def post(self, request: Request, thread_id: int) -> Response:
        """Ask a moderator to read this talk, up to its last message."""
        report = report_thread(
            account_id=reader_of(request),
            thread_id=thread_id,
            reason=checked(ReportInput, request)["reason"],
            now=timezone.now(),
        )
        return Response(ReportSerializer(report).data, status=201)
