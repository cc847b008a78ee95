"""The ledger's paths: books, debtors (`user`), debts, payments, reports, one's own debts."""

from django.urls import path

from ledger.views import books, debtors, debts, disputes, my_debts, payments, reports

urlpatterns = [
    path("users/", debtors.UserListView.as_view()),
    path("user/<id:user_id>/", debtors.UserView.as_view()),
    path("user/<id:user_id>/refund/", debtors.RefundView.as_view()),
    path("user/<id:user_id>/statement/", reports.StatementView.as_view()),
    path("debts/", debts.DebtListView.as_view()),
    path("debts/<id:debt_id>/", debts.DebtView.as_view()),
    path("debts/<id:debt_id>/write-off/", debts.WriteOffView.as_view()),
    path("debts/<id:debt_id>/dispute/resolve/", disputes.ResolutionView.as_view()),
    path("payments/", payments.PaymentListView.as_view()),
    path("payments/<id:payment_id>/", payments.PaymentView.as_view()),
    path("reports/summary/", reports.SummaryView.as_view()),
    path("reports/aging/", reports.AgingView.as_view()),
    path("reports/daily/", reports.DailyView.as_view()),
    path("my/debts/", my_debts.MyDebtsView.as_view()),
    path("my/debts/<id:debt_id>/dispute/", my_debts.DisputeView.as_view()),
    path("books/", books.BookListView.as_view()),
    path("books/<id:book_id>/", books.OneBookView.as_view()),
    path("book/members/", books.MemberListView.as_view()),
    path("book/members/<id:member_id>/", books.MemberView.as_view()),
]
