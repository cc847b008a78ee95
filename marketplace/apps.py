from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketplaceConfig(AppConfig):
    """Tariff plans with monthly limits; profiles, posts, pictures and saved searches."""

    name = "marketplace"
    verbose_name = _("Marketplace")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.notices import register_texts
        from marketplace import notices

        register_texts(notices.TEXTS)
