"""Talks between a buyer and a seller about a post."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.models import B2BPost

MAX_TEXT = 4000


class ThreadQuery(models.QuerySet["ChatThread"]):
    def visible_to(self, account_id: int) -> "ThreadQuery":
        """Its two participants see a thread, and nobody else."""
        return self.filter(Q(buyer_id=account_id) | Q(seller_id=account_id))


class ChatThread(models.Model):
    """One talk. It is the lock of its messages: their number, what is unread, who blocked whom.

    Both sides stand in the row, so that a message changes one row and no more.
    """

    post = models.ForeignKey(
        B2BPost, models.PROTECT, related_name="threads", db_index=False, verbose_name=_("post")
    )
    # As it was when the talk began: what they agreed on is not renamed under them.
    post_title = models.CharField(_("title"), max_length=200)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="threads_as_buyer",
        db_index=False,
        verbose_name=_("buyer"),
    )
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="threads_as_seller",
        db_index=False,
        verbose_name=_("seller"),
    )
    # The number of the last message: the next one gets one more, under the row's lock.
    last_number = models.PositiveIntegerField(_("messages"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    # When the last message was sent. Lists are ordered by it.
    updated_at = models.DateTimeField(_("last message"), default=timezone.now)

    buyer_read_up_to = models.PositiveIntegerField(default=0)
    seller_read_up_to = models.PositiveIntegerField(default=0)
    # The other side's messages after one's own pointer.
    buyer_unread_count = models.PositiveIntegerField(default=0)
    seller_unread_count = models.PositiveIntegerField(default=0)
    buyer_has_blocked = models.BooleanField(default=False)
    seller_has_blocked = models.BooleanField(default=False)
    # The account was deleted.
    buyer_has_left = models.BooleanField(default=False)
    seller_has_left = models.BooleanField(default=False)
    # Until when the messages sent so far use up the pace (`actions.pace`).
    buyer_paced_at = models.DateTimeField(null=True, blank=True)
    seller_paced_at = models.DateTimeField(null=True, blank=True)

    objects = ThreadQuery.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = (
            models.UniqueConstraint(fields=("post", "buyer"), name="one_thread_per_buyer_and_post"),
            models.CheckConstraint(
                name="thread_is_between_two_people", condition=~Q(buyer=F("seller"))
            ),
            models.CheckConstraint(
                name="nobody_read_what_was_not_written",
                condition=Q(
                    buyer_read_up_to__lte=F("last_number"),
                    seller_read_up_to__lte=F("last_number"),
                ),
            ),
            models.CheckConstraint(
                name="unread_messages_are_after_the_pointer",
                condition=Q(
                    buyer_unread_count__lte=F("last_number") - F("buyer_read_up_to"),
                    seller_unread_count__lte=F("last_number") - F("seller_read_up_to"),
                ),
            ),
        )
        indexes = (
            models.Index(F("buyer"), F("updated_at").desc(), F("id").desc(), name="talks_of_buyer"),
            models.Index(
                F("seller"), F("updated_at").desc(), F("id").desc(), name="talks_of_seller"
            ),
        )

    def __str__(self) -> str:
        return f"#{self.pk} {self.post_title}"


class ChatMessage(models.Model):
    """What one side wrote. A deleted one keeps its number, and none of its words."""

    thread = models.ForeignKey(
        ChatThread,
        models.PROTECT,
        related_name="messages",
        db_index=False,
        verbose_name=_("thread"),
    )
    number = models.PositiveIntegerField(_("number"))
    # No key of its own: the action takes it from the thread's row, whose keys hold it.
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("sender"),
    )
    text = models.TextField(_("text"), null=True)
    # `core.folding.fold_name` of the text: what searches look into.
    text_folded = models.TextField(null=True, editable=False)
    client_id = models.UUIDField(null=True, editable=False)
    # SHA-256 of the text as it was first sent, once it was edited: tells a retry from a misuse.
    first_text_digest = models.BinaryField(max_length=32, null=True, editable=False)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        constraints = (
            models.UniqueConstraint(fields=("thread", "number"), name="message_number_once"),
            # Many rows without one: nulls are no equals.
            models.UniqueConstraint(fields=("sender", "client_id"), name="client_id_once_a_sender"),
            models.CheckConstraint(
                name="deleted_message_keeps_no_words",
                condition=Q(deleted_at__isnull=True, text__isnull=False, text_folded__isnull=False)
                | Q(
                    deleted_at__isnull=False,
                    text__isnull=True,
                    text_folded__isnull=True,
                    first_text_digest__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="message_is_not_too_long",
                condition=LessThanOrEqual(Length("text"), MAX_TEXT),
            ),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"
