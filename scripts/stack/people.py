"""`python -m scripts.stack.people FIRST COUNT ENDS_IN`: accounts with open sessions, as JSON.

Straight into the stack's database: signing in by code or password is throttled on purpose.
"""

import json
import os
import sys
from dataclasses import asdict
from datetime import timedelta

import django


def main(first: int, count: int, ends_in: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()
    json.dump(signed_in(range(first, first + count), ends_in), sys.stdout)


def signed_in(numbers: range, ends_in: int) -> list[dict[str, object]]:
    from django.conf import settings
    from django.utils import timezone

    from ledger.models import Session, User
    from ledger.tokens import issue_pair

    now = timezone.now()
    User.objects.bulk_create(
        [User(phone_number=f"+99890{n:07}", full_name=f"Person {n}") for n in numbers],
        ignore_conflicts=True,
    )
    phones = [f"+99890{n:07}" for n in numbers]
    people = User.objects.filter(phone_number__in=phones).order_by("phone_number")
    sessions = Session.objects.bulk_create(
        [
            Session(
                user=person,
                opened_by=Session.OpenedBy.PASSWORD,
                created_at=now,
                rotated_at=now - settings.ACCESS_LIFETIME + timedelta(seconds=ends_in),
                expires_at=now + settings.SESSION_LIFETIME,
            )
            for person in people
        ]
    )
    return [
        {"id": session.user_id, "phone_number": session.user.phone_number}
        | asdict(issue_pair(session))
        for session in sessions
    ]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
