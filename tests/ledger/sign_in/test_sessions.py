from datetime import timedelta

import pytest
from django.utils import timezone

from ledger.models import Session
from tests.conftest import PASSWORD, open_session
from tests.ledger.sign_in.conftest import bearer, has_problem

pytestmark = pytest.mark.django_db

URL = "/api/auth/sessions/"


class TestLogout:
    def test_ends_this_session_at_once(self, aziza, log_in):
        client = bearer(log_in(aziza.phone_number, PASSWORD).json()["tokens"]["access"])
        response = client.post("/api/auth/logout/", {})
        assert (response.status_code, response.content) == (204, b"")
        assert client.get("/api/auth/me/").status_code == 401
        assert Session.objects.get().end_reason == "logout"

    def test_takes_a_post_without_body(self, aziza, api):
        assert api(aziza).post("/api/auth/logout").status_code == 204

    def test_leaves_other_devices_signed_in(self, aziza, api):
        phone, tablet = api(aziza), api(aziza)
        phone.post("/api/auth/logout/", {})
        assert tablet.get("/api/auth/me/").status_code == 200

    def test_kills_the_refresh_token_too(self, aziza, anyone, log_in):
        tokens = log_in(aziza.phone_number, PASSWORD).json()["tokens"]
        bearer(tokens["access"]).post("/api/auth/logout/", {})
        response = anyone.post("/api/auth/refresh/", {"refresh": tokens["refresh"]})
        assert has_problem(response, 401, "token_invalid")

    def test_wants_a_token(self, anyone):
        assert has_problem(anyone.post("/api/auth/logout/", {}), 401, "not_authenticated")


class TestSessionList:
    def test_shows_ones_devices_newest_first(self, anyone, aziza):
        open_session(aziza)
        body = {"phone_number": aziza.phone_number, "password": PASSWORD}
        login = anyone.post(
            "/api/v1/login/", body, HTTP_USER_AGENT="Daftar Android", REMOTE_ADDR="203.0.113.7"
        )
        rows = bearer(login.json()["tokens"]["access"]).get(URL).json()
        assert [row["is_current"] for row in rows] == [True, False]
        assert set(rows[0]) == {
            "id",
            "device",
            "ip",
            "created_at",
            "last_seen_at",
            "is_current",
        }
        assert (rows[0]["device"], rows[0]["ip"]) == ("Daftar Android", "203.0.113.7")
        assert rows[0]["created_at"].endswith("+05:00")

    def test_hides_ended_and_expired_ones(self, aziza, api):
        client = api(aziza)
        ended, expired = open_session(aziza), open_session(aziza)
        Session.objects.filter(pk=ended.pk).update(ended_at=timezone.now(), end_reason="logout")
        Session.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
        assert len(client.get(URL).json()) == 1

    def test_shows_charos_nothing_of_azizas(self, aziza, charos, api):
        hers = open_session(aziza)
        assert hers.pk not in [row["id"] for row in api(charos).get(URL).json()]

    def test_pages_with_a_cursor(self, aziza, api):
        client = api(aziza)
        for _device in range(4):
            open_session(aziza)
        seen, url = [], f"{URL}?limit=2&count=1"
        while url:
            response = client.get(url)
            seen += [row["id"] for row in response.json()]
            assert response["X-Total-Count"] == "5"
            link = response.get("Link")
            url = link.split(">")[0].removeprefix("<") if link else None
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == 5

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=x", "count=5"])
    def test_refuses_a_bad_parameter(self, aziza, api, query):
        assert has_problem(api(aziza).get(f"{URL}?{query}"), 400, "invalid")

    def test_takes_two_queries(self, aziza, api, django_assert_num_queries):
        client = api(aziza)
        for _device in range(5):
            open_session(aziza)
        with django_assert_num_queries(2):
            client.get(URL)


class TestEndingASession:
    def test_signs_that_device_out(self, aziza, api):
        phone, tablet = api(aziza), api(aziza)
        (session,) = [row["id"] for row in tablet.get(URL).json() if row["is_current"]]
        assert phone.delete(f"{URL}{session}/").status_code == 204
        assert tablet.get("/api/auth/me/").status_code == 401
        assert phone.get("/api/auth/me/").status_code == 200

    def test_of_aziza_is_not_found_by_charos(self, aziza, charos, api):
        hers = open_session(aziza)
        absent = api(charos).delete(f"{URL}999999/")
        refused = api(charos).delete(f"{URL}{hers.pk}/")
        assert has_problem(refused, 404, "not_found")
        assert refused.json() | {"request_id": ""} == absent.json() | {"request_id": ""}
        assert Session.objects.get(pk=hers.pk).ended_at is None

    def test_works_once(self, aziza, api):
        client, other = api(aziza), open_session(aziza)
        assert client.delete(f"{URL}{other.pk}/").status_code == 204
        assert client.delete(f"{URL}{other.pk}/").status_code == 404

    @pytest.mark.parametrize("session_id", ["0", "x", "-1", "9" * 18, "9" * 30])
    def test_refuses_an_id_that_is_none(self, aziza, api, session_id):
        assert api(aziza).delete(f"{URL}{session_id}/").status_code == 404


class TestLastSeen:
    def test_moves_at_most_once_a_minute(self, aziza, api, django_assert_num_queries):
        client = api(aziza)
        with django_assert_num_queries(1):
            client.get("/api/b2b/regions/")
        before = timezone.now() - timedelta(seconds=61)
        Session.objects.update(last_seen_at=before)
        with django_assert_num_queries(2):
            client.get("/api/b2b/regions/")
        assert Session.objects.get().last_seen_at > before
        with django_assert_num_queries(1):
            client.get("/api/b2b/regions/")
