from django.urls import path

from realtime import views

urlpatterns = [path("api/live/schema/", views.schema, name="live-schema")]
