"""Jobs of posts that many people talk about."""

from django.utils import timezone

from core.jobs import BACK_OFF, app
from messaging.actions.post_readers import tell_older_talks


@app.task(name="messaging.tell_post", retry=BACK_OFF)
def tell_post(post_id: int, before: int) -> None:
    """How a post is now, for the buyers whom the write that changed it did not reach."""
    tell_older_talks(post_id=post_id, before=before, now=timezone.now())
