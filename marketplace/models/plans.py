"""Tariff plans, who has which, and what of a plan was used in a month."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCIES, DEFAULT_CURRENCY

MAX_PERIOD_DAYS = 3660
# What everybody has; a plan's `features` say otherwise.
USUAL_FEATURES = {"images_per_post": 6, "saved_searches": 3}


def usual_features() -> dict[str, int]:
    return dict(USUAL_FEATURES)


def check_features(features: Any) -> None:
    """For forms: an object whose known members are whole numbers. Raises ValidationError."""
    for name in USUAL_FEATURES:
        if not isinstance(features, dict) or not is_count(features.get(name)):
            message = _("An object is wanted with a whole number for “%(name)s”.")
            raise ValidationError(message, params={"name": name})


def is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


class PlanQuery(models.QuerySet["Plan"]):
    def offered(self) -> "PlanQuery":
        """Those that can be asked for, cheapest first; currencies are not compared."""
        return self.filter(is_offered=True).order_by("-currency", "price", "pk")


class Plan(models.Model):
    """What is sold: so many posts in a calendar month, for so many days at a price."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, default=Decimal(0))
    currency = models.CharField(
        _("currency"),
        max_length=3,
        choices=[(currency, currency) for currency in CURRENCIES],
        default=DEFAULT_CURRENCY,
    )
    period_days = models.PositiveIntegerField(_("days of a period"), default=30)
    post_limit = models.PositiveIntegerField(
        _("posts a month"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    features = models.JSONField(
        _("features"), default=usual_features, blank=True, validators=[check_features]
    )
    is_offered = models.BooleanField(
        _("offered"), default=True, help_text=_("Who has a plan keeps it when it is withdrawn.")
    )

    objects = PlanQuery.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = (
            models.CheckConstraint(name="plan_price_is_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(
                name="plan_currency_is_known", condition=Q(currency__in=CURRENCIES)
            ),
            models.CheckConstraint(name="plan_lasts_a_day", condition=Q(period_days__gte=1)),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What a form's fields let pass: empty features, and periods without an end."""
        check_features(self.features)
        if self.period_days and self.period_days > MAX_PERIOD_DAYS:
            message = _("At most %(most)s days.")
            raise ValidationError(
                {"period_days": ValidationError(message, params={"most": MAX_PERIOD_DAYS})}
            )

    def is_dearer_than(self, other: "Plan") -> bool:
        """By the day. Another currency is never dearer: what was paid for runs out first."""
        return self.currency == other.currency and (
            self.price * other.period_days > other.price * self.period_days
        )


class SubscriptionQuery(models.QuerySet["Subscription"]):
    def waiting(self) -> "SubscriptionQuery":
        return self.filter(status=Subscription.Status.PENDING)

    def running(self) -> "SubscriptionQuery":
        """As far as the rows know: the clock may be ahead of them (see `queries.standing`)."""
        return self.filter(starts_at__isnull=False, ended_at__isnull=True)


class Subscription(models.Model):
    """One account's time on one plan. Another plan is another row.

    A row runs from `starts_at` until something sets `ended_at`: the schedule when grace or a
    cancelled period is over, or a dearer plan that takes its place.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        ACTIVE = "active", _("active")
        GRACE = "grace", _("grace")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="subscriptions",
        db_index=False,  # two of ours begin with it
        verbose_name=_("person"),
    )
    plan = models.ForeignKey(
        Plan, models.PROTECT, related_name="subscriptions", verbose_name=_("plan")
    )
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.PENDING
    )
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    # Paid for, and waits for the end of the plan that runs.
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # The owner knows of every notice that was due until then.
    noticed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SubscriptionQuery.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = (
            models.UniqueConstraint(
                fields=("user",),
                condition=Q(starts_at__isnull=False, ended_at__isnull=True),
                name="account_has_one_running_subscription",
            ),
            models.UniqueConstraint(
                fields=("user",),
                condition=Q(status="pending"),
                name="account_has_one_pending_subscription",
            ),
            models.CheckConstraint(
                name="subscription_status_and_dates_agree",
                condition=Q(
                    status="pending",
                    starts_at__isnull=True,
                    ends_at__isnull=True,
                    ended_at__isnull=True,
                )
                | Q(
                    status__in=("active", "grace"),
                    starts_at__isnull=False,
                    ends_at__isnull=False,
                    ended_at__isnull=True,
                )
                | Q(status="expired", ended_at__isnull=False)
                | Q(status="cancelled", ended_at__isnull=False)
                | Q(status="cancelled", starts_at__isnull=False, ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="subscription_ends_after_it_starts",
                condition=Q(starts_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        )
        indexes = (
            models.Index(fields=("user", "-id"), name="subscription_newest_of_user"),
            models.Index(
                fields=("ends_at",),
                name="subscription_running_by_end",
                condition=Q(starts_at__isnull=False, ended_at__isnull=True),
            ),
            models.Index(fields=("status", "-id"), name="subscription_newest_by_status"),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"


class SubscriptionChange(models.Model):
    """One step in the life of a subscription: who did it (nobody: the clock), and why.

    Lines are only added; the database refuses to change or delete one.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked for")
        ACTIVATED = "activated", _("activated")
        STARTED = "started", _("started")
        EXTENDED = "extended", _("extended")
        CANCELLED = "cancelled", _("cancelled")
        LAPSED = "lapsed", _("period over")
        EXPIRED = "expired", _("expired")
        REPLACED = "replaced", _("replaced by another plan")

    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="changes", verbose_name=_("subscription")
    )
    kind = models.CharField(_("change"), max_length=9, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    from_status = models.CharField(
        _("from"), max_length=9, blank=True, choices=Subscription.Status.choices
    )
    to_status = models.CharField(_("to"), max_length=9, choices=Subscription.Status.choices)
    from_ends_at = models.DateTimeField(_("end before"), null=True, blank=True)
    to_ends_at = models.DateTimeField(_("end after"), null=True, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("change of a subscription")
        verbose_name_plural = _("changes of subscriptions")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class MonthlyUsage(models.Model):
    """How many posts of a local calendar month took a slot, and the limit at the last of them.

    `used` can't pass `limit`, whoever comes at once: the row says no.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="usage",
        db_index=False,  # the constraint's index serves
        verbose_name=_("person"),
    )
    period = models.CharField(_("month"), max_length=7, help_text=_("As 2026-11, local time."))
    used = models.PositiveIntegerField(_("used"), default=0)
    limit = models.PositiveIntegerField(_("limit"), null=True, blank=True)

    class Meta:
        verbose_name = _("usage of a month")
        verbose_name_plural = _("usage by month")
        constraints = (
            models.UniqueConstraint(fields=("user", "period"), name="one_usage_a_month"),
            models.CheckConstraint(
                name="usage_period_is_a_month",
                condition=Q(period__regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$"),
            ),
            models.CheckConstraint(
                name="usage_is_within_its_limit",
                condition=Q(limit__isnull=True) | Q(used__lte=F("limit")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.period}: {self.used}"
