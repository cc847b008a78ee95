"""The end of posts, by the clock."""

from django.utils import timezone

from core.jobs import BACK_OFF, app
from marketplace.actions.posts import expire_post
from marketplace.models import B2BPost, PostStatus

AT_A_TIME = 500


@app.periodic(cron="*/5 * * * *")
@app.task(name="marketplace.expire_posts", queueing_lock="marketplace.expire_posts", retry=BACK_OFF)
def expire_posts(timestamp: int) -> None:
    """Write down which posts are over, and tell their owners. Nobody sees them since their
    last minute anyway: lists look at the clock."""
    now = timezone.now()
    over = B2BPost.objects.filter(status=PostStatus.PUBLISHED, expires_at__lte=now)
    # Each in a transaction of its own: its owner's stream is locked while it is told.
    while ids := list(over.order_by("expires_at").values_list("pk", flat=True)[:AT_A_TIME]):
        for post_id in ids:
            expire_post(post_id=post_id, now=now)
