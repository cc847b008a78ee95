"""Statements and reports of a book."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from core.answers import answer_rows
from core.errors import NotFound
from core.money import DEFAULT_CURRENCY, money
from ledger.queries.found import find_user
from ledger.queries.reports import aging, daily, summary
from ledger.queries.statement import read_statement
from ledger.serializers.events import user_data
from ledger.serializers.reports import (
    AgingSerializer,
    DailySerializer,
    StatementSerializer,
    SummarySerializer,
)
from ledger.views.book import BookView
from ledger.views.filters import CURRENCY, PERIOD, read_currency, read_period

MAX_DAILY_DAYS = 366


class StatementView(BookView):
    @extend_schema(
        operation_id="user_statement",
        parameters=[*PERIOD, CURRENCY],
        responses={200: StatementSerializer},
    )
    def get(self, request: Request, user_id: int) -> HttpResponse:
        """A debtor's journal lines, ascending; the last 30 days by default. Archived debtors
        have one too."""
        first, last = read_period(request, now=timezone.now())
        currency = read_currency(request) or DEFAULT_CURRENCY
        user = find_user(self.book_id, user_id, archived=True)
        if user is None:
            raise NotFound
        statement = read_statement(
            book_id=self.book_id, debtor_id=user_id, currency=currency, first=first, last=last
        )
        head = {
            "user": user_data(user),
            "currency": currency,
            "from": first.isoformat(),
            "to": last.isoformat(),
            "opening": money(statement.opening),
            "closing": money(statement.closing),
        }
        opened = JSONRenderer().render(head).removesuffix(b"}")
        entries = b",".join(statement.entries)
        return HttpResponse(
            opened + b',"entries":[' + entries + b"]}", content_type="application/json"
        )


class SummaryView(BookView):
    @extend_schema(operation_id="report_summary", responses={200: SummarySerializer(many=True)})
    def get(self, request: Request) -> HttpResponse:
        """What is owed, in credit and overdue, and what moved today, by currency."""
        return answer_rows(summary(self.book_id, now=timezone.now()))


class AgingView(BookView):
    @extend_schema(operation_id="report_aging", responses={200: AgingSerializer(many=True)})
    def get(self, request: Request) -> HttpResponse:
        """What remains, by days past the due date, by currency."""
        return answer_rows(aging(self.book_id, now=timezone.now()))


class DailyView(BookView):
    @extend_schema(
        operation_id="report_daily",
        parameters=PERIOD,
        responses={200: DailySerializer(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        """What was lent and collected on every day of at most 366, newest first."""
        first, last = read_period(request, now=timezone.now(), most_days=MAX_DAILY_DAYS)
        return answer_rows(daily(self.book_id, first=first, last=last))
