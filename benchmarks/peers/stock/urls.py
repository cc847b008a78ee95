"""A list of debts and a payment, as one would write them at first."""

from django.db.models import Exists, OuterRef
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.naive_ledger import pay_naively
from ledger.models import Account, Debt, Dispute, Payment


class DebtSerializer(serializers.ModelSerializer):
    user = serializers.IntegerField(source="debtor_id")
    full_name = serializers.CharField(source="debtor.full_name")
    phone_number = serializers.CharField(source="debtor.phone_number")
    is_disputed = serializers.BooleanField()

    class Meta:
        model = Debt
        fields = (
            "id", "user", "full_name", "phone_number", "amount", "remaining", "written_off",
            "status", "description", "created_at", "occurred_at", "currency", "due_date",
            "is_disputed",
        )  # fmt: skip


class Newest(CursorPagination):
    page_size = 50
    ordering = ("-created_at", "-id")


class DebtList(generics.ListAPIView):
    serializer_class = DebtSerializer
    pagination_class = Newest

    def get_queryset(self):
        disputes = Dispute.objects.filter(debt=OuterRef("pk"), resolved_at__isnull=True)
        return (
            Debt.objects.filter(book_id=self.request.user.pk, voided_at__isnull=True)
            .select_related("debtor")
            .annotate(is_disputed=Exists(disputes))
        )


class PaymentInput(serializers.Serializer):
    user = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)


class PaymentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Payment
        fields = ("id", "debtor", "amount", "description", "created_at", "currency")


class PaymentList(APIView):
    def post(self, request: Request) -> Response:
        body = PaymentInput(data=request.data)
        body.is_valid(raise_exception=True)
        account = Account.objects.get(
            book_id=request.user.pk, debtor_id=body.validated_data["user"], currency="UZS"
        )
        payment = pay_naively(account.pk, body.validated_data["amount"])
        return Response(PaymentSerializer(payment).data, status=201)


urlpatterns = [
    path("api/v1/debts/", DebtList.as_view()),
    path("api/v1/payments/", PaymentList.as_view()),
]
