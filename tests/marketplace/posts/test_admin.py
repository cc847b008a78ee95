"""Companies and posts on the operators' desk."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.models import B2BPost, B2BProfile, PostImage
from tests.conftest import make_person
from tests.ledger.sign_in.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(db):
    return signed_in(make_staff(is_superuser=True))


def address(model, what="changelist", *args):
    return reverse(f"admin:marketplace_{model._meta.model_name}_{what}", args=args)


def act(browser, model, action, rows, **form):
    form |= {"action": action, "_selected_action": [row.pk for row in rows]}
    return browser.post(address(model), form)


def listed(browser, model, query=""):
    response = browser.get(address(model) + query)
    assert response.status_code == 200
    return [row.pk for row in response.context["cl"].result_list]


def make_posts(number, start=0):
    """Posts of as many companies, with a picture each."""
    for place in range(start, start + number):
        person = make_person(f"Diler {place}", f"+99890222{place:04}")
        B2BProfile.objects.create(user=person, company_name=f"Firma {place}")
        post = B2BPost.objects.create(
            author=person, kind="offer", title="Disk", expires_at=timezone.now()
        )
        PostImage.objects.create(post=post, file="posts/a.webp", width=1, height=1, place=1)


class TestLists:
    @pytest.mark.parametrize("model", [B2BPost, B2BProfile])
    def test_run_as_many_statements_for_many_rows_as_for_few(self, browser, model):
        make_posts(1)
        browser.get(address(model))
        with CaptureQueriesContext(connection) as few:
            browser.get(address(model))
        make_posts(30, start=1)
        with CaptureQueriesContext(connection) as many:
            response = browser.get(address(model))
        assert len(response.context["cl"].result_list) == 31
        assert len(many) == len(few) <= 8
        assert not [s["sql"] for s in many if "DISTINCT" in s["sql"]]

    def test_find_a_post_by_text_part_and_id(self, browser, dealer):
        pads = dealer.publish()["id"]
        disk = dealer.publish(title="Tormoz diski", part_number=None)["id"]
        for query in ("04465 022", "колодка", str(pads)):
            assert listed(browser, B2BPost, f"?q={query}") == [pads]
        assert listed(browser, B2BPost, "?q=ТОРМОЗ") == [disk]
        assert listed(browser, B2BPost, "?q=" + "9" * 5000) == []
        assert listed(browser, B2BPost, "?q=%00") == [disk, pads]

    def test_show_what_waits_for_a_moderator(self, browser, dealer):
        seen, waiting = dealer.publish()["id"], dealer.publish()["id"]
        act(browser, B2BPost, "approve", [B2BPost(pk=seen)])
        assert listed(browser, B2BPost, "?moderation=waiting") == [waiting]
        assert listed(browser, B2BPost, "?moderation=seen") == [seen]

    def test_find_companies(self, browser, enable, aziza):
        profile = enable(aziza, region="UZ-TK")
        for query in ("?q=Motors", "?q=%2B998901110001", "?is_enabled__exact=1", "?region=UZ-TK"):
            assert listed(browser, B2BProfile, query) == [profile.pk]
        assert listed(browser, B2BProfile, "?region=UZ-XO") == []


class TestCompanies:
    def test_are_enabled_and_verified_in_bulk(self, browser, aziza, bobur):
        both = [B2BProfile.objects.create(user=person) for person in (aziza, bobur)]
        for action, flag, value in [
            ("enable", "is_enabled", True),
            ("verify", "is_verified", True),
            ("disable", "is_enabled", False),
            ("unverify", "is_verified", False),
        ]:
            act(browser, B2BProfile, action, both)
            assert set(B2BProfile.objects.values_list(flag, flat=True)) == {value}
        assert LogEntry.objects.count() == 8

    def test_are_enabled_on_their_page_and_their_words_stay(self, browser, enable, aziza):
        profile = enable(aziza, is_enabled=False)
        form = {"is_enabled": "on", "company_name": "x", "about": "x", "user": 1}
        browser.post(address(B2BProfile, "change", profile.pk), form)
        profile.refresh_from_db()
        assert (profile.is_enabled, profile.is_verified) == (True, False)
        assert (profile.company_name, profile.user) == ("Aziza Motors", aziza)

    def test_are_made_for_who_has_none(self, browser, bobur):
        browser.post(address(B2BProfile, "add"), {"user": bobur.pk, "is_enabled": "on"})
        assert B2BProfile.objects.get(user=bobur).is_enabled

    def test_are_not_deleted(self, browser, enable, aziza):
        page = address(B2BProfile, "delete", enable(aziza).pk)
        assert browser.post(page, {"post": "yes"}).status_code == 403


class TestPosts:
    def test_are_rejected_with_a_reason(self, browser, dealer, notified):
        posts = [B2BPost(pk=dealer.publish()["id"]) for _post in range(2)]
        page = act(browser, B2BPost, "reject", posts)
        assert page.status_code == 200
        assert set(B2BPost.objects.values_list("status", flat=True)) == {"published"}
        assert 'name="reason"' in page.content.decode()
        assert act(browser, B2BPost, "reject", posts, reason=" ").status_code == 200
        act(browser, B2BPost, "reject", posts, reason="Narxi <noto‘g‘ri>")
        rows = B2BPost.objects.values_list("status", "reject_reason", "reviewed_by__full_name")
        assert set(rows) == {("rejected", "Narxi <noto‘g‘ri>", "Sevara Staff")}
        assert [notice.text for notice in notified] == ["post_rejected"] * 2

    def test_are_ticked_off_as_they_were_on_the_page(self, browser, dealer):
        posts = [B2BPost(pk=dealer.publish()["id"]) for _post in range(2)]
        form = browser.get(address(B2BPost)).context["action_form"]
        dealer.patch(f"posts/{posts[0].pk}/", {"title": "Boshqa"})
        act(browser, B2BPost, "approve", posts, seen_at=form["seen_at"].value())
        assert B2BPost.objects.get(reviewed_at__isnull=False) == posts[1]

    def test_are_rejected_as_duplicates_where_they_are(self, browser, dealer):
        posts = [B2BPost(pk=dealer.publish()["id"]) for _post in range(2)]
        act(browser, B2BPost, "reject_as_duplicate", posts)
        states = B2BPost.objects.order_by("pk").values_list("status", flat=True)
        assert list(states) == ["rejected", "published"]

    def test_show_their_pictures(self, browser, dealer, picture):
        post = dealer.publish(title="<b>Disk</b>")["id"]
        url = dealer.add_image(post, picture())["url"]
        page = browser.get(address(B2BPost, "change", post)).content.decode()
        assert f'src="{url}"' in page
        assert "<b>Disk" not in page
        assert url in browser.get(address(B2BPost)).content.decode()

    def test_are_changed_by_actions_only(self, browser, dealer):
        post = dealer.publish()["id"]
        for what, pk in [("add", []), ("change", [post]), ("delete", [post])]:
            response = browser.post(address(B2BPost, what, *pk), {"post": "yes", "title": "x"})
            assert response.status_code == 403
        assert B2BPost.objects.get().title == "Kolodka"


@pytest.mark.parametrize(("model", "action"), [(B2BPost, "approve"), (B2BProfile, "disable")])
def test_actions_take_no_more_than_a_page(browser, dealer, model, action):
    dealer.publish()
    act(browser, model, action, model.objects.all(), select_across="1")
    assert B2BPost.objects.get().reviewed_at is None
    assert B2BProfile.objects.get().is_enabled


def test_who_may_only_look_changes_nothing(dealer):
    looker = make_staff()
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_b2b"))
    browser, post = signed_in(looker), B2BPost(pk=dealer.publish()["id"])
    profile = B2BProfile.objects.get()
    assert listed(browser, B2BPost) == [post.pk]
    for action in ("approve", "reject", "reject_as_duplicate"):
        act(browser, B2BPost, action, [post], reason="x")
    act(browser, B2BProfile, "disable", [profile])
    assert B2BPost.objects.get().reviewed_at is None
    assert B2BProfile.objects.get().is_enabled
