"""What the end of an account means for its company."""

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from marketplace.actions.image_files import remove_images
from marketplace.actions.posts import empty_posts
from marketplace.models import B2BPost, B2BProfile


def erase_company(account_id: int) -> None:
    """The eraser: the profile says nothing any more and may do nothing, every post is deleted
    with its pictures. Nobody is told: whoever looks gets a 404."""
    profiles = B2BProfile.objects.filter(user_id=account_id)
    profiles.update(company_name="", about="", region=None, is_enabled=False, is_verified=False)
    own = B2BPost.objects.of(account_id).select_for_update().order_by("pk")
    posts = list(own.values_list("pk", flat=True))
    remove_images(posts)
    empty_posts(posts, now=timezone.now())
    _forget_in_log(B2BProfile, profiles.values_list("pk", flat=True))
    _forget_in_log(B2BPost, posts)


def _forget_in_log(model: type[Model], keys: Iterable[int]) -> None:
    """The admin's own log quotes companies and posts."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    entries.filter(object_id__in=[str(key) for key in keys]).update(
        object_repr="", change_message=""
    )
