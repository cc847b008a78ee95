from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """People and sign-in; books, debtors, debts, payments and the journal."""

    name = "ledger"
    verbose_name = _("Ledger")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ledger.sms import checks  # noqa: F401  (registers its system check)


class StaffAdminConfig(AdminConfig):
    """Django's admin behind our door."""

    default_site = "ledger.staff.site.StaffSite"
