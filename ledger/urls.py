from django.urls import include, path

from ledger.views import account, sign_in

auth_urls = [
    path("api/auth/request-otp/", sign_in.RequestOtpView.as_view()),
    path("api/auth/verify-otp/", sign_in.VerifyOtpView.as_view()),
    path("api/auth/set-password/", sign_in.SetPasswordView.as_view()),
    path("api/auth/refresh/", sign_in.RefreshView.as_view()),
    path("api/auth/logout/", account.LogoutView.as_view()),
    path("api/auth/sessions/", account.SessionListView.as_view()),
    path("api/auth/sessions/<id:session_id>/", account.SessionView.as_view()),
    path("api/auth/me/", account.MeView.as_view()),
    path("api/auth/change-phone/", account.ChangePhoneView.as_view()),
    path("api/v1/login/", sign_in.LoginView.as_view()),
]
book_urls = [path("api/v1/", include("ledger.book_urls"))]

urlpatterns = [*auth_urls, *book_urls]
