"""Does the ledger add up?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.queries.verify import INVARIANTS, Drift, find_drift, keep_check


class Command(BaseCommand):
    help = "Check every invariant of the ledger; print what drifted and exit with 1 if any did."

    def handle(self, *args: Any, **options: Any) -> None:
        started_at = timezone.now()
        drift = list(find_drift())
        keep_check(drift, started_at=started_at, now=timezone.now())
        for found in drift:
            self._print(found)
        if drift:
            raise CommandError(f"{len(drift)} of {len(INVARIANTS)} invariants do not hold.")
        self.stdout.write(f"{len(INVARIANTS)} invariants hold.")

    def _print(self, found: Drift) -> None:
        self.stdout.write(f"{found.invariant}: {found.broken} rows")
        for row in found.rows:
            self.stdout.write("  " + " ".join(f"{name}={value}" for name, value in row.items()))
