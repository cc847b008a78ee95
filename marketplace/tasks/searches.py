"""New posts meet the searches that people keep."""

from django.utils import timezone

from core.jobs import BACK_OFF, app
from marketplace.actions.searches import tell_of_post


@app.task(name="marketplace.match_post", retry=BACK_OFF)
def match_post(*, post_id: int) -> None:
    """Tell the owners of the searches that a post fits; nothing once it is not on show."""
    tell_of_post(post_id, now=timezone.now())
