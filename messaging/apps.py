from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """Talks between buyer and seller, started from a post; notifications."""

    name = "messaging"
    verbose_name = _("Messaging")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.account import register_eraser, register_me_field
        from core.dashboard import register_panel
        from core.demo import register_demo
        from core.events import register_audience
        from core.notices import register_texts
        from marketplace.contacts import register_contact_check
        from messaging import demo, notices, panels
        from messaging.actions.notification_words import erase_notifications
        from messaging.actions.post_readers import readers_of_post
        from messaging.actions.talk_erasure import erase_talks
        from messaging.queries.notifications import count_unread
        from messaging.queries.peers import was_contacted

        register_texts(notices.TEXTS)
        register_me_field("unread_notifications", count_unread)
        # In this order, as every write takes them: talks are held before notification lists.
        register_eraser(erase_talks)
        register_eraser(erase_notifications)
        register_audience("post.changed", readers_of_post)
        register_contact_check(was_contacted)
        register_panel(panels.PANEL)
        register_demo(demo.fill)
