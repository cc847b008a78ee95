"""Companies, regions, what `me` says of them, and their end."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from core.account import erase
from ledger.actions.erasure import erase_account
from marketplace.models import B2BPost, B2BProfile, PostImage
from tests.marketplace.posts.dealer import Dealer
from tests.marketplace.posts.drawing import make_picture

pytestmark = pytest.mark.django_db


class TestProfile:
    def test_is_made_when_it_is_first_asked_for(self, outsider, charos):
        profile = outsider.get("profile/")
        assert profile == {
            "id": profile["id"],
            "company_name": "",
            "about": "",
            "region": None,
            "is_enabled": False,
            "is_verified": False,
        }
        assert outsider.get("profile/") == profile
        assert B2BProfile.objects.get().user == charos

    def test_is_the_callers_own(self, dealer, outsider):
        dealer.patch("profile/", {"about": "Ehtiyot qismlar"})
        assert outsider.get("profile/")["about"] == ""
        outsider.patch("profile/", {"about": "Boshqa"})
        assert dealer.get("profile/")["about"] == "Ehtiyot qismlar"

    def test_changes_what_is_sent(self, outsider):
        words = {"company_name": " Charos Servis ", "about": "Moy", "region": "UZ-AN"}
        outsider.patch("profile/", words)
        profile = outsider.patch("profile/", {"about": ""})
        assert (profile["company_name"], profile["about"]) == ("Charos Servis", "")
        assert profile["region"] == "UZ-AN"
        assert outsider.patch("profile/", {"region": None})["region"] is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("company_name", "a" * 151),
            ("company_name", None),
            ("about", "a" * 2001),
            ("region", "UZ"),
            ("region", ""),
        ],
    )
    def test_refuses_what_does_not_fit(self, outsider, field, value):
        response = outsider.call("patch", "profile/", {field: value})
        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]

    @pytest.mark.parametrize("flag", ["is_enabled", "is_verified"])
    def test_leaves_the_flags_to_operators(self, outsider, flag):
        body = {flag: True, "about": "x"}
        response = outsider.call("patch", "profile/", body)
        assert (response.status_code, response.json()["code"]) == (400, "immutable_field")
        assert [error["field"] for error in response.json()["errors"]] == [flag]
        assert outsider.get("profile/")["about"] == ""

    def test_takes_the_whole_profile_back(self, dealer):
        profile = dealer.get("profile/")
        assert profile["is_enabled"] is True
        changed = profile | {"about": "Moy"}
        assert dealer.patch("profile/", changed) == changed

    @pytest.mark.parametrize("value", [None, "false", 0])
    def test_takes_no_flag_that_only_looks_like_its_own(self, outsider, value):
        assert outsider.get("profile/")["is_verified"] is False
        response = outsider.call("patch", "profile/", {"is_verified": value})
        assert (response.status_code, response.json()["code"]) == (400, "immutable_field")

    def test_leaves_every_other_column_alone(self, outsider, charos, aziza):
        outsider.get("profile/")
        before = B2BProfile.objects.values().get()
        protected = {
            "id": 99,
            "user": aziza.pk,
            "user_id": aziza.pk,
            "created_at": "2020-01-01T00:00:00Z",
        }
        outsider.patch("profile/", protected)
        assert B2BProfile.objects.values().get() == before

    def test_stands_in_the_companys_posts(self, dealer):
        post = dealer.publish()["id"]
        dealer.patch("profile/", {"company_name": "Yangi nom"})
        assert dealer.get(f"posts/{post}/")["author"]["company_name"] == "Yangi nom"

    def test_shows_in_me_whether_it_may_post(self, dealer, outsider):
        enabled = [
            who.client.get("/api/auth/me/").json()["b2b_enabled"] for who in (dealer, outsider)
        ]
        assert enabled == [True, False]


class TestRegions:
    @pytest.mark.parametrize(
        ("language", "name"),
        [("uz", "Toshkent shahri"), ("ru", "город Ташкент"), ("en", "Tashkent City")],
    )
    def test_are_fourteen_named_in_the_readers_language(self, outsider, language, name):
        regions = outsider.call("get", "regions/", **{"Accept-Language": language}).json()
        assert len(regions) == len({region["name"] for region in regions}) == 14
        assert {"code": "UZ-TK", "name": name} in regions


class TestErasure:
    @pytest.fixture
    def erased(self, dealer, aziza, django_capture_on_commit_callbacks):
        dealer.patch("profile/", {"about": "Mening so‘zim", "region": "UZ-TK"})
        for title in ("Disk", "Moy"):
            post = dealer.publish(title=title, body="Mening so‘zim")["id"]
            dealer.add_image(post, make_picture())
        with django_capture_on_commit_callbacks(execute=True):
            erase_account(user_id=aziza.pk, proof=None, now=timezone.now())

    def test_empties_profile_and_posts(self, erased, aziza, media):
        profile = B2BProfile.objects.get(user=aziza)
        words = (profile.company_name, profile.about, profile.region, profile.is_enabled)
        assert words == ("", "", None, False)
        posts = B2BPost.objects.values_list("body", "text_folded", "status")
        assert list(posts) == [("", "", "closed")] * 2
        assert not B2BPost.objects.kept().exists()
        assert not PostImage.objects.exists()
        assert not list(media.rglob("*.webp"))

    def test_leaves_nothing_to_read(self, erased, api, bobur):
        reader = Dealer(api(bobur))
        for post in B2BPost.objects.all():
            assert reader.refusal("get", f"posts/{post.pk}/") == (404, "not_found")

    def test_leaves_others_alone(self, erased, bobur, enable):
        enable(bobur, "Bobur Savdo")
        erase(0)
        assert B2BProfile.objects.get(user=bobur).company_name == "Bobur Savdo"

    def test_takes_the_name_out_of_the_admins_log(self, dealer, aziza, charos):
        profile = B2BProfile.objects.get(user=aziza)
        LogEntry.objects.log_actions(charos.pk, [profile], 2, "x", single_object=True)
        assert LogEntry.objects.get().object_repr == "Aziza Motors"
        erase_account(user_id=aziza.pk, proof=None, now=timezone.now())
        assert LogEntry.objects.get().object_repr == ""
