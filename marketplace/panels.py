"""What waits for the marketplace's operators, on the admin's first page."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.dashboard import Figure, Panel, count_waiting, register_panel
from marketplace.models import B2BPost, B2BProfile, PostStatus, Subscription

DESK = "admin:marketplace_{}_changelist"


def subscriptions_to_activate() -> QuerySet[Subscription]:
    """Asked for; those that were activated and wait for another's end need nobody."""
    return Subscription.objects.waiting().filter(activated_at__isnull=True)


def profiles_to_enable() -> QuerySet[B2BProfile]:
    """Of people who are still there."""
    return B2BProfile.objects.filter(is_enabled=False, user__is_active=True)


def posts_to_moderate() -> QuerySet[B2BPost]:
    return B2BPost.objects.filter(reviewed_at__isnull=True, status=PostStatus.PUBLISHED)


def read_subscriptions(now: datetime) -> list[Figure]:
    url = reverse(DESK.format("subscription")) + "?status__exact=pending&activated_at__isempty=1"
    return [
        Figure(_("Subscriptions to activate"), count_waiting(subscriptions_to_activate()), url=url)
    ]


def read_profiles(now: datetime) -> list[Figure]:
    url = reverse(DESK.format("b2bprofile")) + "?is_enabled__exact=0&user__is_active__exact=1"
    return [Figure(_("Companies to enable"), count_waiting(profiles_to_enable()), url=url)]


def read_posts(now: datetime) -> list[Figure]:
    url = reverse(DESK.format("b2bpost")) + "?moderation=waiting"
    return [Figure(_("Posts to moderate"), count_waiting(posts_to_moderate()), url=url)]


def register() -> None:
    register_panel(Panel("waiting", "marketplace.view_subscription", read_subscriptions))
    register_panel(Panel("waiting", "marketplace.view_b2bprofile", read_profiles))
    register_panel(Panel("waiting", "marketplace.view_b2bpost", read_posts))
