"""What `verify_ledger` found, kept for the health page and the metrics."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerCheck(models.Model):
    """One run. `drift` maps each invariant that did not hold to its number of rows."""

    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    drift = models.JSONField(_("drift"), default=dict)

    class Meta:
        verbose_name = _("ledger check")
        verbose_name_plural = _("ledger checks")

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M} {self.drift or 'clean'}"

    @property
    def is_clean(self) -> bool:
        return not self.drift
