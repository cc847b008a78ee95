from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketplaceConfig(AppConfig):
    """Tariff plans with monthly limits; profiles, posts, pictures and saved searches."""

    name = "marketplace"
    verbose_name = _("Marketplace")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.account import register_eraser, register_me_field
        from core.demo import register_demo
        from core.notices import register_texts
        from marketplace import billing, demo, notices, panels
        from marketplace.actions.erasure import erase_company
        from marketplace.actions.profiles import is_enabled
        from marketplace.actions.searches import erase_searches

        register_texts(notices.TEXTS)
        register_me_field("plan", billing.plan_of_me)
        register_eraser(billing.erase)
        register_me_field("b2b_enabled", is_enabled)
        register_eraser(erase_company)
        register_eraser(erase_searches)
        panels.register()
        register_demo(demo.fill, log_ins=demo.log_ins)
