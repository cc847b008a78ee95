from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """People and sign-in; books, debtors, debts, payments and the journal."""

    name = "ledger"
    verbose_name = _("Ledger")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import metrics
        from core.account import register_eraser, register_obstacle
        from core.demo import register_demo
        from core.notices import register_texts
        from ledger import demo, notices, panels
        from ledger.actions.book_erasure import erase_book, refuse_open_balances
        from ledger.health import LedgerCheckCollector
        from ledger.sms import checks  # noqa: F401  (registers its system check)

        register_texts(notices.TEXTS)
        register_obstacle(refuse_open_balances)
        register_eraser(erase_book)
        metrics.register(LedgerCheckCollector())
        panels.register()
        register_demo(demo.fill, log_ins=demo.log_ins)


class StaffAdminConfig(AdminConfig):
    """Django's admin behind our door."""

    default_site = "ledger.staff.site.StaffSite"
