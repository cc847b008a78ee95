"""Companies, what they offer and look for, and the pictures of it."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCIES, DEFAULT_CURRENCY
from marketplace.regions import REGIONS

REGION_CODES = list(REGIONS)


class B2BProfile(models.Model):
    """Who an account is to other companies. Its two flags are an operator's."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="b2b_profile",
        verbose_name=_("person"),
    )
    company_name = models.CharField(_("company name"), max_length=150, blank=True)
    about = models.CharField(_("about"), max_length=2000, blank=True)
    region = models.CharField(_("region"), max_length=8, null=True, blank=True)
    is_enabled = models.BooleanField(_("may post"), default=False)
    is_verified = models.BooleanField(_("verified"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("company profile")
        verbose_name_plural = _("company profiles")
        constraints = (
            models.CheckConstraint(
                name="profile_region_is_known", condition=Q(region__in=REGION_CODES)
            ),
        )
        indexes = (
            models.Index(fields=("id",), name="profiles_to_enable", condition=Q(is_enabled=False)),
        )

    def __str__(self) -> str:
        return self.company_name or f"#{self.pk}"


class PostKind(models.TextChoices):
    OFFER = "offer", _("offer")
    REQUEST = "request", _("request")


class PostStatus(models.TextChoices):
    PUBLISHED = "published", _("published")
    CLOSED = "closed", _("closed")
    EXPIRED = "expired", _("expired")
    REJECTED = "rejected", _("rejected")


class PostQuery(models.QuerySet["B2BPost"]):
    def kept(self) -> "PostQuery":
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def of(self, account_id: int) -> "PostQuery":
        """The account's own, in any state."""
        return self.kept().filter(author_id=account_id)

    def on_show(self, *, now: datetime) -> "PostQuery":
        """What everybody may see: past its end a post is not, whether or not the job has run."""
        return self.filter(status=PostStatus.PUBLISHED, expires_at__gt=now)

    def visible_to(self, account_id: int, *, now: datetime) -> "PostQuery":
        own = Q(author_id=account_id, deleted_at__isnull=True)
        return self.filter(own | Q(status=PostStatus.PUBLISHED, expires_at__gt=now))


class B2BPost(models.Model):
    """What a company offers or looks for. A deleted one keeps its id and title for its talks.

    Only a kept post is published: whoever asks for published ones need not ask for kept ones.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="b2b_posts",
        db_index=False,
        verbose_name=_("author"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=PostKind.choices)
    title = models.CharField(_("title"), max_length=200)
    body = models.CharField(_("text"), max_length=4000, blank=True)
    part_number = models.CharField(_("part number"), max_length=64, null=True, blank=True)
    brand = models.CharField(_("brand"), max_length=100, null=True, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=DEFAULT_CURRENCY)
    region = models.CharField(_("region"), max_length=8, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=PostStatus.choices, default=PostStatus.PUBLISHED
    )
    reject_reason = models.CharField(_("why rejected"), max_length=500, blank=True)

    # What searches look into: `core.folding` of the part number, of the brand, and of title,
    # text and brand together.
    part_folded = models.TextField(blank=True, default="", editable=False)
    brand_folded = models.TextField(blank=True, default="", editable=False)
    text_folded = models.TextField(blank=True, default="", editable=False)

    # The month whose allowance the post used, and when it was given back: once at most.
    usage_period = models.CharField(_("month of use"), max_length=7, null=True, blank=True)
    slot_returned_at = models.DateTimeField(_("slot returned"), null=True, blank=True)

    # Null: a moderator has yet to look at it, or it was changed since.
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("reviewed by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = PostQuery.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = (
            models.CheckConstraint(
                name="post_kind_is_known", condition=Q(kind__in=PostKind.values)
            ),
            models.CheckConstraint(
                name="post_status_is_known", condition=Q(status__in=PostStatus.values)
            ),
            models.CheckConstraint(name="post_price_is_above_zero", condition=Q(price__gt=0)),
            models.CheckConstraint(
                name="post_currency_is_known", condition=Q(currency__in=CURRENCIES)
            ),
            models.CheckConstraint(
                name="post_region_is_known", condition=Q(region__in=REGION_CODES)
            ),
            models.CheckConstraint(
                name="rejected_post_has_a_reason",
                condition=~Q(status=PostStatus.REJECTED) | ~Q(reject_reason=""),
            ),
            models.CheckConstraint(
                name="deleted_post_keeps_no_text_but_its_title",
                condition=Q(deleted_at__isnull=True)
                | Q(
                    body="",
                    part_number__isnull=True,
                    brand__isnull=True,
                    part_folded="",
                    brand_folded="",
                    text_folded="",
                ),
            ),
            models.CheckConstraint(
                name="deleted_post_is_not_published",
                condition=Q(deleted_at__isnull=True) | ~Q(status=PostStatus.PUBLISHED),
            ),
            models.CheckConstraint(
                name="returned_slot_was_taken",
                condition=Q(slot_returned_at__isnull=True) | Q(usage_period__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                F("author"),
                F("created_at").desc(),
                F("id").desc(),
                name="own_posts_newest_first",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=("expires_at",),
                name="posts_to_expire",
                condition=Q(status=PostStatus.PUBLISHED),
            ),
            models.Index(
                F("id").desc(),
                name="posts_to_moderate",
                condition=Q(reviewed_at__isnull=True, status=PostStatus.PUBLISHED),
            ),
        )

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    def status_at(self, now: datetime) -> str:
        """As everybody sees it: past its end it is expired, before the schedule writes it."""
        is_over = self.status == PostStatus.PUBLISHED and self.expires_at <= now
        return PostStatus.EXPIRED if is_over else self.status


IMAGE_FOLDER = "posts"


def image_path(*_instance_and_name: object) -> str:
    """A path that nobody guesses: whoever has the address may see the picture."""
    return f"{IMAGE_FOLDER}/{secrets.token_urlsafe(24)}.webp"


class PostImage(models.Model):
    """A picture as we encoded it. `small` and `medium` are made by the worker soon after."""

    post = models.ForeignKey(
        B2BPost, models.PROTECT, related_name="images", db_index=False, verbose_name=_("post")
    )
    file = models.FileField(_("picture"), upload_to=image_path, max_length=100)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    small = models.FileField(upload_to=image_path, max_length=100, blank=True)
    medium = models.FileField(upload_to=image_path, max_length=100, blank=True)
    place = models.PositiveIntegerField(_("place"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = (
            models.UniqueConstraint(fields=("post", "place"), name="picture_place_once_in_a_post"),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"
