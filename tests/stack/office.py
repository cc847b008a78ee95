"""`python -m tests.stack.office operator PHONE PASSWORD | dealer ID`: who has to be there first."""

import os
import sys

import django


def operator(phone_number: str, password: str) -> None:
    """As `createsuperuser` makes one: without a second factor yet."""
    from ledger.models import User

    User.objects.create_superuser(phone_number, password, full_name="Sevara")


def dealer(account_id: str) -> None:
    """An account that may post."""
    from django.utils import timezone

    from marketplace.actions.profiles import open_profile, set_flag
    from marketplace.actions.subscriptions import grant_subscription

    profile = open_profile(account_id=int(account_id))
    set_flag(profile_ids=[profile.pk], flag="is_enabled", value=True)
    grant_subscription(
        account_id=int(account_id), plan="pro", by=None, reason="", now=timezone.now()
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()
    {"operator": operator, "dealer": dealer}[sys.argv[1]](*sys.argv[2:])
