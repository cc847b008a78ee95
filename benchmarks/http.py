"""A token-checked call under WSGI and under ASGI, one core each, in turn: `make bench-http`.

Why the web role runs gunicorn: Django's ASGI handler pays thread hops on every request.
"""

import statistics
from datetime import timedelta

from benchmarks.load import measure
from benchmarks.scratch import scratch_database
from benchmarks.servers import command, free_port, serving

RUNS = 5
PATH = "/api/b2b/regions/"  # the session is looked up, and nothing else is
KINDS = ("gunicorn", "uvicorn", "daphne")


def sign_in() -> str:
    from django.utils import timezone

    from ledger.models import Session, User
    from ledger.tokens import issue_pair

    person = User.objects.create(phone_number="+998901110001", full_name="Aziza")
    session = Session.objects.create(
        user=person,
        opened_by=Session.OpenedBy.PASSWORD,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return issue_pair(session).access


def main() -> None:
    with scratch_database() as url:
        headers = {"Authorization": f"Bearer {sign_in()}"}
        environment = {"DATABASE_URL": url, "DEBUG": "0", "SECRET_KEY": _same_secret()}
        environment |= {"ALLOWED_HOSTS": "127.0.0.1", "DEV_OTP": "0", "LOG_LEVEL": "WARNING"}
        rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(RUNS):
            for kind in KINDS:
                port = free_port()
                with serving(command(kind, port), port, environment=environment) as base:
                    measure(base + PATH, headers=headers, seconds=1)
                    result = measure(base + PATH, headers=headers)
                if result.failures:
                    raise SystemExit(f"{kind}: {result.failures} answers were no success")
                rates[kind].append(result.per_second)
    report(rates)


def _same_secret() -> str:
    """The tokens were signed with it here and are checked by it there."""
    from django.conf import settings

    return str(settings.SECRET_KEY)


def report(rates: dict[str, list[float]]) -> None:
    print(f"GET {PATH}, token checked, one core, median of {RUNS} interleaved runs")
    for kind, each in rates.items():
        middle, least, most = statistics.median(each), min(each), max(each)
        print(f"  {kind:9} {middle:7.0f} requests/s  ({least:.0f}-{most:.0f})")
    for peer in KINDS[1:]:
        ratio = statistics.median(
            ours / theirs for ours, theirs in zip(rates["gunicorn"], rates[peer], strict=True)
        )
        print(f"  gunicorn / {peer}: {ratio:.2f}")


if __name__ == "__main__":
    main()
