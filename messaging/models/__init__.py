from messaging.models.chat import ChatMessage, ChatThread
from messaging.models.notifications import Notification, NotificationBox
from messaging.models.reports import Report, ReportLook

__all__ = [
    "ChatMessage",
    "ChatThread",
    "Notification",
    "NotificationBox",
    "Report",
    "ReportLook",
]
