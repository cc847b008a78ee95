"""What a talk says in notifications: who wrote, and how the message begins."""

from django.utils.translation import gettext_lazy as _

from core.notices import Text

MESSAGE_RECEIVED, MESSAGE_DELETED = "message_received", "message_deleted"

# `data`: {"thread", "message", "sender"}, and what else clients may want to know.
TEXTS = {
    MESSAGE_RECEIVED: Text(
        _("New message from {sender}"),
        "{preview}",
        about="sender",
        personal=("sender", "preview"),
    ),
    MESSAGE_DELETED: Text(
        _("New message from {sender}"),
        _("The message was deleted."),
        about="sender",
        personal=("sender",),
    ),
}
