"""`python -m benchmarks.chat_talks SELLER BUYER …`: a talk for each pair, ids as JSON."""

import json
import os
import sys
from datetime import timedelta

import django


def main(people: list[int]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()
    from django.utils import timezone

    from marketplace.models import B2BPost
    from messaging.actions.threads import start_thread

    now = timezone.now()
    threads = []
    for seller, buyer in zip(people[::2], people[1::2], strict=True):
        post = B2BPost.objects.create(
            author_id=seller, kind="offer", title="Filtr", expires_at=now + timedelta(days=1)
        )
        begun = start_thread(account_id=buyer, post_id=post.pk, text=None, now=now)
        threads.append(begun.thread["id"])
    json.dump(threads, sys.stdout)


if __name__ == "__main__":
    main([int(person) for person in sys.argv[1:]])
