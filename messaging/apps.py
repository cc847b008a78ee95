from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """Talks between buyer and seller, started from a post; notifications."""

    name = "messaging"
    verbose_name = _("Messaging")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.notices import register_texts
        from messaging import notices

        register_texts(notices.TEXTS)
