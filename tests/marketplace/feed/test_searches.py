"""Searches that are kept, and the new posts that fit them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.account import erase
from ledger.models import User
from marketplace.actions.posts import create_post
from marketplace.actions.searches import SearchLimitReached, save_search, tell_of_post
from marketplace.actions.subscriptions import grant_subscription
from marketplace.models import B2BPost, B2BProfile, Plan, SavedSearch
from marketplace.queries.matching import find_fitting
from tests.conftest import make_person
from tests.jobs.queue import empty, jobs, work_until_idle
from tests.marketplace.feed.market import Market, put_up
from tests.marketplace.feed.test_filters import ALONE
from tests.race import at_once

SEARCHES = "/api/b2b/searches/"
HOUR = timedelta(hours=1)


PLANS = {"basic": 3, "premium": 50}


def may_keep(person, plan="premium"):
    # What migrations put there is gone after a test with transactions of its own.
    features = {"images_per_post": 1, "saved_searches": PLANS[plan]}
    Plan.objects.get_or_create(code=plan, defaults={"name": plan, "features": features})
    grant_subscription(account_id=person.pk, plan=plan, by=None, reason="", now=timezone.now())


def keep(owner, name="Kolodka", **filters):
    return save_search(account_id=owner.pk, name=name, filters=filters, now=timezone.now())


@pytest.mark.django_db
class TestSavedSearches:
    def test_are_kept_listed_and_taken_back(self, api, aziza):
        may_keep(aziza)
        client = api(aziza)
        filters = {
            "q": "tormoz",
            "kind": "offer",
            "region": "UZ-TK",
            "brand": "Toyota",
            "part_number": "04465-02220",
            "price_min": 10,
            "price_max": "99.5",
            "currency": "USD",
            "author": 5,
        }
        body = {"name": "  Kolodka ", "filters": {**filters, "unknown": 1}}
        made = client.post(SEARCHES, body, format="json")
        assert made.status_code == 201, made.content
        search = made.json()
        assert search["name"] == "Kolodka"
        assert search["filters"] == {**filters, "price_min": "10.00", "price_max": "99.50"}
        other = client.post(SEARCHES, {"name": "all", "filters": {"q": None}}, format="json").json()
        assert other["filters"] == {}
        assert client.get(SEARCHES).json() == [other, search]
        assert client.get(f"{SEARCHES}{search['id']}/").json() == search
        assert client.delete(f"{SEARCHES}{search['id']}/").status_code == 204
        assert client.get(f"{SEARCHES}{search['id']}/").status_code == 404
        assert client.delete(f"{SEARCHES}{search['id']}/").status_code == 404

    def test_come_in_pages(self, api, aziza):
        may_keep(aziza)
        for place in range(5):
            keep(aziza, str(place))
        client = api(aziza)
        answer, seen = client.get(SEARCHES, {"limit": 2, "count": 1}), []
        assert answer["X-Total-Count"] == "5"
        while True:
            seen += [search["name"] for search in answer.json()]
            if "Link" not in answer:
                break
            answer = client.get(answer["Link"].split(">")[0].removeprefix("<"))
        assert seen == list("43210")

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"name": "x"}, {"filters": {}}, {"name": "", "filters": {}},
            {"name": "x" * 101, "filters": {}}, {"name": "x", "filters": []},
            {"name": "x", "filters": {"kind": "gift"}}, {"name": "x", "filters": {"q": 5}},
            {"name": "x", "filters": {"price_min": "1e3"}},
            {"name": "x", "filters": {"price_max": True}},
            {"name": "x", "filters": {"author": "me"}},
            {"name": "x", "filters": {"region": "Toshkent"}},
            {"name": "x", "filters": {"q": " ".join("abcdefghijk")}},
        ],
    )  # fmt: skip
    def test_refuse_what_the_list_refuses(self, api, aziza, body):
        answer = api(aziza).post(SEARCHES, body, format="json")
        assert answer.status_code == 400, answer.content
        assert SavedSearch.objects.count() == 0

    def test_of_another_are_not_there(self, api, aziza, charos):
        search = keep(aziza)
        outsider = api(charos)
        assert outsider.get(SEARCHES).json() == []
        assert outsider.get(f"{SEARCHES}{search.pk}/").status_code == 404
        assert outsider.delete(f"{SEARCHES}{search.pk}/").status_code == 404
        assert SavedSearch.objects.filter(pk=search.pk).exists()

    def test_are_as_many_as_the_plan_allows(self, api, aziza):
        client = api(aziza)
        body = {"name": "x", "filters": {}}
        for _search in range(3):
            assert client.post(SEARCHES, body, format="json").status_code == 201
        refused = client.post(SEARCHES, body, format="json")
        assert refused.status_code == 403
        told = refused.json()
        assert (told["code"], told["used"], told["limit"]) == ("search_limit_reached", 3, 3)
        may_keep(aziza, "premium")
        assert client.post(SEARCHES, body, format="json").status_code == 201

    def test_go_with_their_owner(self, aziza):
        keep(aziza)
        erase(aziza.pk)
        assert SavedSearch.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_at_once_no_more_are_kept_than_allowed(aziza):
    may_keep(aziza, "basic")

    def save():
        try:
            return keep(aziza)
        except SearchLimitReached:
            return None

    kept = at_once([save] * 12, threads=6)
    assert sum(search is not None for search in kept) == 3
    assert SavedSearch.objects.count() == 3


@pytest.mark.django_db
class TestFitting:
    """A search fits a post exactly when the list, filtered by it, shows the post."""

    @pytest.fixture
    def shelf(self, aziza, bobur):
        return [
            put_up(
                bobur,
                "Kolodka",
                kind="offer",
                region="UZ-NG",
                brand="Тойота",
                part_number="04465-02220",
                price="150000.00",
            ),
            put_up(aziza, "Disk", kind="request", region="UZ-TK", brand="Kia", price="40",
                   currency="USD"),
            put_up(bobur, "Qo‘qondan un", body="Oliy nav; 5w-40"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "filters",
        [
            *({name: value} for name, value, _titles in ALONE if name != "unknown"),
            {}, {"q": "қўқон"}, {"q": "un"}, {"q": "5w"}, {"q": "u oliy"}, {"q": "na"},
            {"q": "04465 02 220"}, {"q": "4465 022"}, {"q": "4465 disk"}, {"q": "disk kia"},
            {"q": "disk", "currency": "UZS"}, {"part_number": "04"}, {"q": "--"}, {"q": "ol%y"},
            {"q": "kolodka", "price_min": "1", "region": "UZ-NG", "brand": "toyota"},
            {"part_number": "---"}, {"q": "тойота авто"}, {"q": "0446502220 toyota"},
        ],
        ids=str,
    )  # fmt: skip
    def test_agrees_with_the_list(self, api, charos, shelf, filters):
        shown = {post["id"] for post in Market(api(charos)).posts(**filters)}
        answer = api(charos).post(SEARCHES, {"name": "x", "filters": filters}, format="json")
        assert answer.status_code == 201, answer.content
        now = timezone.now()
        fitting = {post.pk for post in shelf if find_fitting(post.pk, now=now)}
        assert fitting == shown

    def test_is_by_author_too(self, aziza, bobur, charos, shelf):
        search = keep(charos, author=bobur.pk)
        now = timezone.now()
        fitting = [find_fitting(post.pk, now=now) for post in shelf]
        assert fitting == [[search.pk], [], [search.pk]]

    def test_leaves_out_the_authors_own(self, aziza, bobur, shelf):
        his, hers = keep(bobur).pk, keep(aziza).pk
        now = timezone.now()
        assert [find_fitting(p.pk, now=now) for p in shelf] == [[hers], [his], [hers]]

    def test_is_of_posts_on_show(self, charos, shelf):
        keep(charos)
        B2BPost.objects.update(status="closed")
        assert find_fitting(shelf[0].pk, now=timezone.now()) == []


@pytest.mark.django_db
class TestNotices:
    def test_are_one_an_hour_and_count_what_was_held_back(self, aziza, bobur, notified):
        search = keep(aziza, "Pads", q="kolodka")
        now = timezone.now()
        for place in range(4):
            post = put_up(bobur, f"Kolodka {place}")
            tell_of_post(post.pk, now=now + place * timedelta(minutes=1))
        [notice] = notified
        assert (notice.kind, notice.to, notice.text) == ("post_match", (aziza.pk,), "post_match")
        assert notice.params["title"] == "Kolodka 0"
        assert notice.data["search"] == search.pk
        later = put_up(bobur, "Kolodka 4")
        tell_of_post(later.pk, now=now + HOUR)
        assert len(notified) == 2
        assert notified[1].text == "post_matches"
        assert notified[1].params == {"search": "Pads", "title": "Kolodka 4", "more": 3}
        assert notified[1].data["post"] == later.pk

    def test_are_of_each_search(self, aziza, charos, bobur, notified):
        may_keep(aziza)
        keep(aziza, "one", q="kolodka")
        keep(aziza, "other", kind="offer")
        keep(charos, "third", q="disk")
        notified.clear()
        tell_of_post(put_up(bobur, "Kolodka").pk, now=timezone.now())
        assert [(n.to, n.params["search"]) for n in notified] == [
            ((aziza.pk,), "one"),
            ((aziza.pk,), "other"),
        ]

    def test_tell_nobody_twice_when_the_worker_died(self, aziza, bobur, notified):
        search = keep(aziza)
        post = put_up(bobur, "Kolodka")
        now = timezone.now()
        tell_of_post(post.pk, now=now)
        tell_of_post(post.pk, now=now)
        assert len(notified) == 1
        search.refresh_from_db()
        assert search.held_back == 0

    def test_go_out_in_batches(self, bobur, notified):
        people = User.objects.bulk_create(
            [User(phone_number=f"+99890222{n:04}", full_name="x") for n in range(120)]
        )
        for person in people:
            keep(person)
        assert tell_of_post(put_up(bobur, "Kolodka").pk, now=timezone.now()) == 120
        assert {notice.to for notice in notified} == {(person.pk,) for person in people}


@pytest.mark.django_db(transaction=True)
class TestAtWork:
    @pytest.fixture(autouse=True)
    def clean_queue(self):
        yield
        empty()

    def test_a_new_post_reaches_those_who_look_for_it(self, bobur, notified):
        reader = make_person("Dilshod", "+998901110044")
        keep(reader, q="kolodka")
        may_keep(bobur)
        B2BProfile.objects.update_or_create(user=bobur, defaults={"is_enabled": True})
        content = {"kind": "offer", "title": "Kolodka"}
        data = create_post(account_id=bobur.pk, content=content, now=timezone.now())
        notified.clear()
        assert jobs("task_name", of="marketplace.match_post") == ["marketplace.match_post"]
        work_until_idle()
        assert [(notice.to, notice.data["post"]) for notice in notified] == [
            ((reader.pk,), data["id"])
        ]

    def test_of_two_posts_at_once_one_is_told_of(self, aziza, bobur, notified):
        keep(aziza)
        posts = [put_up(bobur, f"Kolodka {place}") for place in range(6)]
        now = timezone.now()
        calls = [lambda post=post: tell_of_post(post.pk, now=now) for post in posts]
        at_once(calls, threads=6)
        assert len(notified) == 1
        assert SavedSearch.objects.get().held_back == 5
