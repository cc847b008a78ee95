"""What the marketplace says in notifications."""

from django.utils.translation import gettext_lazy as _

from core.notices import Text

SUBSCRIPTIONS = {
    "subscription_activated": Text(
        _("Your plan is on: {plan}"), _("It is paid for until {until}.")
    ),
    "subscription_begins_later": Text(
        _("Your next plan is paid for: {plan}"), _("It begins on {until}, after the present one.")
    ),
    "subscription_started": Text(
        _("Your plan has begun: {plan}"), _("It is paid for until {until}.")
    ),
    "subscription_extended": Text(
        _("Your plan goes on: {plan}"), _("It is paid for until {until}.")
    ),
    "subscription_cancelled": Text(_("Your plan is cancelled: {plan}"), _("It ends on {until}.")),
    "subscription_withdrawn": Text(
        _("Your request is withdrawn: {plan}"), _("This plan will not begin.")
    ),
    "subscription_ends_soon": Text(_("Your plan ends on {until}"), _("{plan}: days left: {days}.")),
    "subscription_in_grace": Text(
        _("Your plan has ended: {plan}"), _("You may still post until {until}. Please pay for it.")
    ),
    "subscription_expired": Text(
        _("Your plan is over: {plan}"), _("Ask for a plan to post again.")
    ),
}

TEXTS: dict[str, Text] = {
    **SUBSCRIPTIONS,
    "post_expired": Text(
        _("A post has ended: {title}"), _("Its 30 days are over. Renewing it costs no post.")
    ),
    "post_rejected": Text(
        _("A post was taken down: {title}"),
        _("A moderator rejected it: {reason} The month's post is yours again."),
    ),
    "post_duplicate": Text(
        _("A post was taken down: {title}"),
        _("You have published the same already. The month's post is yours again."),
    ),
    "post_match": Text(_("New for “{search}”"), "{title}", about="author", personal=("title",)),
    "post_matches": Text(
        _("New for “{search}”"),
        _("{title}; and since the last notice: {more} more."),
        about="author",
        personal=("title",),
    ),
}
