"""Searches that people keep, to be told of new posts."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SavedSearch(models.Model):
    """The filters of a list of posts, under a name.

    `filters` are as their owner wrote them; the other columns say the same as a new post is
    compared with. Null, or empty: not filtered by.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="saved_searches",
        db_index=False,  # one of ours begins with it
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=100)
    filters = models.JSONField(_("filters"), default=dict)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    kind = models.CharField(max_length=8, null=True, editable=False)
    region = models.CharField(max_length=8, null=True, editable=False)
    brand_folded = models.TextField(null=True, editable=False)
    author = models.BigIntegerField(null=True, editable=False)
    currency = models.CharField(max_length=3, null=True, editable=False)
    price_min = models.DecimalField(max_digits=14, decimal_places=2, null=True, editable=False)
    price_max = models.DecimalField(max_digits=14, decimal_places=2, null=True, editable=False)
    # A LIKE pattern, or the whole number.
    part_pattern = models.TextField(null=True, editable=False)
    # LIKE patterns of each word, one array in the text's place and one in the part number's.
    # Null there: not looked for.
    text_patterns = ArrayField(models.TextField(null=True), default=list, editable=False)
    part_patterns = ArrayField(models.TextField(null=True), default=list, editable=False)
    whole_pattern = models.TextField(null=True, editable=False)
    # A post that fits has one of these codes: what the search is found by.
    hooks = ArrayField(models.TextField(), default=list, editable=False)

    # At most one notice an hour: posts that fit meanwhile are counted in the next one.
    notified_at = models.DateTimeField(_("told last"), null=True, blank=True, editable=False)
    held_back = models.PositiveIntegerField(_("posts not told of"), default=0, editable=False)
    last_post_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        indexes = (
            models.Index(fields=("owner", "-created_at", "-id"), name="own_searches_newest_first"),
            # Without the list of what is not sorted in yet: each new post would read all of it.
            GinIndex(fields=("hooks",), name="searches_by_hook", fastupdate=False),
        )

    def __str__(self) -> str:
        return self.name
