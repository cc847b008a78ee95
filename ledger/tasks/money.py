"""The nightly look at whether the ledger still adds up."""

import logging
from datetime import timedelta

from django.utils import timezone

from core.jobs import BACK_OFF, app
from ledger.models import LedgerCheck
from ledger.queries.verify import find_drift, keep_check

logger = logging.getLogger(__name__)

KEEP_CHECKS = timedelta(days=90)


@app.periodic(cron="40 21 * * *")  # UTC: 02:40 in Tashkent
@app.task(name="ledger.verify", queueing_lock="ledger.verify", retry=BACK_OFF)
def verify(timestamp: int) -> None:
    """Check every invariant; the result stands in /readyz and in the metrics."""
    started_at = timezone.now()
    drift = list(find_drift())
    for found in drift:
        logger.error("the ledger does not add up: %s (%d rows)", found.invariant, found.broken)
    now = timezone.now()
    keep_check(drift, started_at=started_at, now=now)
    LedgerCheck.objects.filter(finished_at__lt=now - KEEP_CHECKS).delete()
