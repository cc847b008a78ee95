"""Jobs of talks."""

from django.utils import timezone

from core.jobs import BACK_OFF, app
from messaging.actions import talk_erasure


@app.task(name="messaging.forget_talks", retry=BACK_OFF)
def forget_talks(account_id: int) -> None:
    """A deleted account's words leave what others' devices replay."""
    talk_erasure.forget_talks(account_id=account_id, now=timezone.now())
