from django.urls import path

from messaging.views import chat, thread_marks

urlpatterns = [
    path("start/", chat.StartView.as_view()),
    path("threads/", chat.ThreadListView.as_view()),
    path("threads/<id:thread_id>/", chat.ThreadView.as_view()),
    path("threads/<id:thread_id>/messages/", chat.MessageListView.as_view()),
    path("threads/<id:thread_id>/read/", thread_marks.ReadView.as_view()),
    path("threads/<id:thread_id>/block/", thread_marks.BlockView.as_view()),
    path("threads/<id:thread_id>/report/", thread_marks.ReportView.as_view()),
    path("send/", chat.SendView.as_view()),
    path("messages/<id:message_id>/", chat.MessageView.as_view()),
    path("search/", chat.SearchView.as_view()),
]
