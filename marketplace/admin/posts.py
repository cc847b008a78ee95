"""The moderation of posts: the queue, the pictures, what may stand and what may not."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.files.storage import default_storage
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.forms import CharField, Form, HiddenInput, Textarea
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.folding import fold_name, fold_part_number
from core.large_tables import BoundedPaginator, LookOnly, OnePageAtATime
from marketplace.actions.moderation import (
    LONGEST_REASON,
    approve_post,
    reject_duplicate,
    reject_post,
)
from marketplace.models import B2BPost, PostImage, PostStatus

ID_DIGITS = 18
PICTURE = '<img src="{}" alt="" class="picture-{}">'


class QueueFilter(admin.SimpleListFilter):
    """What nobody has looked at, or what was changed since."""

    title = _("moderation")
    parameter_name = "moderation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("to moderate")), ("seen", _("seen"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "waiting":
            return queryset.filter(reviewed_at__isnull=True, status=PostStatus.PUBLISHED)
        return queryset.filter(reviewed_at__isnull=False) if self.value() else queryset


class ReasonForm(Form):
    """Why: the owner reads it."""

    reason = CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=Textarea)


class SeenForm(ActionForm):
    """When the page was made: what was changed since, nobody has seen."""

    seen_at = CharField(
        label="", required=False, widget=HiddenInput, initial=lambda: timezone.now().isoformat()
    )


@admin.register(B2BPost)
class PostAdmin(OnePageAtATime, LookOnly):
    paginator = BoundedPaginator
    list_per_page = 50
    ordering = ("-pk",)
    list_display = (
        "id",
        "picture",
        "title",
        "kind",
        "author",
        "company",
        "status",
        "reviewed_at",
        "created_at",
    )
    list_display_links = ("id", "title")
    list_select_related = ("author", "author__b2b_profile")
    list_filter = (QueueFilter, "status", "kind", "created_at", "deleted_at")
    search_fields = ("pk",)
    search_help_text = _("Id, part number, or a part of the text")
    readonly_fields = ("pictures",)
    actions = ("approve", "reject", "reject_as_duplicate")
    action_form = SeenForm

    class Media:
        css = {"all": ["css/desk.css"]}  # noqa: RUF012  (as the framework wants it)

    def get_queryset(self, request: HttpRequest) -> QuerySet[B2BPost]:
        images = PostImage.objects.filter(post=OuterRef("pk")).order_by("place")
        posts: QuerySet[B2BPost] = super().get_queryset(request)
        return posts.annotate(
            first_small=Subquery(images.values("small")[:1]),
            first_file=Subquery(images.values("file")[:1]),
            company=F("author__b2b_profile__company_name"),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        found = Q(text_folded__contains=fold_name(term))
        if part := fold_part_number(term):
            found |= Q(part_folded__startswith=part)
        # The length first: Python reads no number of thousands of digits.
        if term.isascii() and term.isdigit() and len(term) <= ID_DIGITS:
            found |= Q(pk=int(term))
        return queryset.filter(found), False

    @admin.display(description=_("picture"))
    def picture(self, post: Any) -> SafeString | str:
        name = post.first_small or post.first_file
        return format_html(PICTURE, default_storage.url(name), "small") if name else ""

    @admin.display(description=_("company"))
    def company(self, post: Any) -> str:
        return post.company or ""

    @admin.display(description=_("pictures"))
    def pictures(self, post: B2BPost) -> SafeString:
        files = post.images.order_by("place").values_list("file", flat=True)
        shown = [(default_storage.url(name), "medium") for name in files]
        return format_html_join(" ", PICTURE, shown)

    @admin.action(description=_("Let it stand: seen"), permissions=["act"])
    def approve(self, request: HttpRequest, queryset: QuerySet[B2BPost]) -> None:
        seen_at = parse_datetime(request.POST.get("seen_at", "")) or timezone.now()
        self._each(request, queryset, approve_post, "seen", seen_at=seen_at)

    @admin.action(description=_("Reject, with a reason"), permissions=["act"])
    def reject(self, request: HttpRequest, queryset: QuerySet[B2BPost]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            self._each(request, queryset, reject_post, f"rejected: {reason}", reason=reason)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reject, with a reason"),
            "opts": self.opts,
            "posts": queryset,
            "form": form,
        }
        return TemplateResponse(request, "admin/marketplace/reject_posts.html", context)

    @admin.action(description=_("Reject as a duplicate"), permissions=["act"])
    def reject_as_duplicate(self, request: HttpRequest, queryset: QuerySet[B2BPost]) -> None:
        self._each(request, queryset, reject_duplicate, "rejected as a duplicate")

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[B2BPost],
        act: Callable[..., Any],
        said: str,
        **how: Any,
    ) -> None:
        """One transaction a post; what is refused is said, the rest is done."""
        done = 0
        for post in queryset.order_by("pk"):
            try:
                is_done = act(post_id=post.pk, by=request.user.pk, now=timezone.now(), **how)
            except DomainError as refusal:
                self.message_user(request, f"{post}: {refusal.sentence()}", messages.ERROR)
                continue
            if is_done is not False:
                self.log_change(request, post, said)
                done += 1
        self.message_user(request, _("Posts: %(count)s") % {"count": done})
