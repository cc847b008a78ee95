import re

import pytest
from django.contrib.auth.models import Group
from django.core import signing

pytestmark = pytest.mark.usefixtures("small_api", "db")


def make_groups(count):
    Group.objects.bulk_create(Group(name=f"group {n}") for n in range(count))


def next_url(answer):
    match = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("Link", ""))
    return match and match[1]


class TestLists:
    def test_follow_link_to_the_end_without_gap_or_repeat(self, api, aziza):
        make_groups(7)
        client, url, seen = api(aziza), "/api/groups/?limit=3&colour=red", []
        while url:
            answer = client.get(url)
            seen.append([row["id"] for row in answer.json()])
            url = next_url(answer)
            assert url is None or ("limit=3" in url and "colour=red" in url)
        ids = [row for page in seen for row in page]
        assert [len(page) for page in seen] == [3, 3, 1]
        assert ids == sorted(ids, reverse=True)
        assert len(set(ids)) == 7

    def test_a_full_last_page_has_no_next(self, api, aziza):
        make_groups(3)
        assert next_url(api(aziza).get("/api/groups/?limit=3")) is None

    def test_count_only_when_asked(self, api, aziza):
        make_groups(4)
        client = api(aziza)
        assert client.get("/api/groups/?limit=1&count=1")["X-Total-Count"] == "4"
        assert "X-Total-Count" not in client.get("/api/groups/?limit=1")

    @pytest.mark.parametrize(
        "query",
        [
            "limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=٣",
            "limit=99999999999999999999", "cursor=", "cursor=x", "cursor=eyJhIjoxfQ:a:b", "count=2",
        ],
    )  # fmt: skip
    def test_refuse_a_bad_page(self, api, aziza, query):
        answer = api(aziza).get(f"/api/groups/?{query}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == query.split("=")[0]

    def test_refuse_the_cursor_of_another_release(self, api, aziza):
        cursor = signing.dumps(["1", "2", "3", "4", "5", "6"], salt="cursor:groups")
        assert api(aziza).get("/api/groups/", {"cursor": cursor}).status_code == 400

    def test_refuse_the_cursor_of_another_list(self, api, aziza):
        cursor = signing.dumps(["1"], salt="cursor:debts")
        assert api(aziza).get("/api/groups/", {"cursor": cursor}).status_code == 400
