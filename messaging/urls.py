from django.urls import include, path

from messaging.views import notifications

notification_urls = [
    path("api/notifications/", notifications.NotificationListView.as_view()),
    path("api/notifications/read/", notifications.ReadView.as_view()),
    path("api/notifications/read-all/", notifications.ReadAllView.as_view()),
    path("api/notifications/settings/", notifications.NotificationSettingsView.as_view()),
]

chat_urls = [path("api/chat/", include("messaging.chat_urls"))]

urlpatterns = [*notification_urls, *chat_urls]
