"""When a post gives its slot back: once at most, and only for three reasons.

Deleted within 15 minutes before anybody wrote about it; rejected by a moderator; a duplicate.
"""

from datetime import datetime, timedelta

from marketplace.actions.usage import give_back_slot
from marketplace.contacts import has_contact
from marketplace.models import B2BPost

SECOND_THOUGHTS = timedelta(minutes=15)


def return_slot(post: B2BPost, *, now: datetime) -> None:
    """Give the post's slot back to the month that it was taken from; a second time does
    nothing. Inside the transaction that deletes or rejects it."""
    taken = B2BPost.objects.filter(
        pk=post.pk, usage_period__isnull=False, slot_returned_at__isnull=True
    )
    # One conditional write decides who gives it back, whoever comes at once.
    if taken.update(slot_returned_at=now):
        assert post.usage_period
        give_back_slot(account_id=post.author_id, period=post.usage_period)


def return_slot_of_deleted(post: B2BPost, *, now: datetime) -> None:
    """Likewise, if the owner thought better of it in time. The post is locked FOR UPDATE, so
    that nobody starts to write about it meanwhile."""
    if now < post.created_at + SECOND_THOUGHTS and not has_contact(post.pk):
        return_slot(post, now=now)
