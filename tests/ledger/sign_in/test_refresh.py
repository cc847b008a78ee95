from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from ledger.models import Session, User
from ledger.tokens import issue_pair
from tests.conftest import PASSWORD, open_session
from tests.ledger.sign_in.conftest import bearer, has_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def refresh(anyone):
    def post(token):
        return anyone.post("/api/auth/refresh/", {"refresh": token})

    return post


@pytest.fixture
def first(aziza, log_in):
    return log_in(aziza.phone_number, PASSWORD).json()["tokens"]


def rotated(seconds_ago):
    Session.objects.update(rotated_at=timezone.now() - timedelta(seconds=seconds_ago))


class TestRefresh:
    def test_gives_a_new_pair(self, refresh, first):
        response = refresh(first["refresh"])
        assert response.status_code == 200
        second = response.json()
        assert set(second) == {"access", "refresh"}
        assert second["refresh"] != first["refresh"]
        assert bearer(second["access"]).get("/api/auth/me/").status_code == 200
        assert refresh(second["refresh"]).status_code == 200

    def test_leaves_the_former_access_token_to_its_ten_minutes(self, refresh, first):
        refresh(first["refresh"])
        assert bearer(first["access"]).get("/api/auth/me/").status_code == 200

    def test_gives_the_same_pair_again_within_ten_seconds(self, refresh, first):
        second = refresh(first["refresh"])
        rotated(9)
        again = refresh(first["refresh"])
        assert again.status_code == 200
        row = Session.objects.select_related("user").get()
        assert (row.generation, again.json()) == (2, vars(issue_pair(row)))
        assert second.json().keys() == again.json().keys()

    def test_gives_equal_bytes_for_one_generation(self, refresh, first):
        assert refresh(first["refresh"]).content == refresh(first["refresh"]).content

    def test_ends_the_session_on_a_later_replay(self, refresh, first):
        second = refresh(first["refresh"]).json()
        rotated(11)
        assert has_problem(refresh(first["refresh"]), 401, "token_invalid")
        assert Session.objects.get().end_reason == "replay"
        assert refresh(second["refresh"]).status_code == 401
        assert bearer(second["access"]).get("/api/auth/me/").status_code == 401

    def test_ends_the_session_on_a_replay_two_generations_old(self, refresh, first):
        second = refresh(first["refresh"]).json()
        refresh(second["refresh"])
        assert has_problem(refresh(first["refresh"]), 401, "token_invalid")
        assert Session.objects.get().end_reason == "replay"

    def test_of_charos_is_untouched_by_a_replay(self, refresh, first, charos, api):
        hers = api(charos)
        second = refresh(first["refresh"]).json()
        refresh(second["refresh"])
        refresh(first["refresh"])
        assert hers.get("/api/auth/me/").status_code == 200

    def test_never_prolongs_the_sixty_days(self, refresh, first):
        ends_at = timezone.now() + timedelta(minutes=3)
        Session.objects.update(expires_at=ends_at)
        pair = refresh(first["refresh"]).json()
        from ledger.tokens import read_access, read_refresh

        whole = ends_at.replace(microsecond=0)
        assert read_refresh(pair["refresh"]).expires_at == whole
        assert read_access(pair["access"]).expires_at == whole
        Session.objects.update(expires_at=timezone.now())
        assert has_problem(refresh(pair["refresh"]), 401, "token_invalid")

    def test_notes_where_the_device_is_now(self, anyone, first):
        body = {"refresh": first["refresh"]}
        anyone.post("/api/auth/refresh/", body, REMOTE_ADDR="203.0.113.7")
        assert (Session.objects.get().ip, Session.objects.get().network) == (
            "203.0.113.7",
            "203.0.113.0/24",
        )


class TestRefusesARefreshToken:
    def refused(self, refresh, token):
        return has_problem(refresh(token), 401, "token_invalid")

    def test_that_is_an_access_token(self, refresh, first):
        assert self.refused(refresh, first["access"])

    def test_of_an_ended_session(self, refresh, first):
        Session.objects.update(ended_at=timezone.now(), end_reason="logout")
        assert self.refused(refresh, first["refresh"])

    def test_of_a_deactivated_account(self, refresh, first):
        User.objects.update(is_active=False)
        assert self.refused(refresh, first["refresh"])
        assert Session.objects.get().ended_at is None

    def test_of_a_deleted_session(self, refresh, first):
        Session.objects.all().delete()
        assert self.refused(refresh, first["refresh"])

    def test_of_another_token_version(self, refresh, first):
        User.objects.update(token_version=F("token_version") + 1)
        assert self.refused(refresh, first["refresh"])

    def test_from_before_a_password_change_without_ending_the_session(self, refresh, aziza):
        session = open_session(aziza)
        old = issue_pair(session)
        Session.objects.update(generation=2, valid_from_generation=2)
        assert self.refused(refresh, old.refresh)
        assert Session.objects.get().ended_at is None

    def test_of_a_generation_that_is_not_yet(self, refresh, aziza):
        session = open_session(aziza)
        session.generation = 7
        assert self.refused(refresh, issue_pair(session).refresh)
        assert Session.objects.get().ended_at is None

    @pytest.mark.parametrize("token", ["x", "a.b.c", "[" * 3000, "пароль", "." * 10, "e30.e30.e30"])
    def test_that_is_none(self, refresh, token):
        assert self.refused(refresh, token)

    @pytest.mark.parametrize("token", [None, "", ["x"], {"x": 1}, "x" * 5000])
    def test_that_is_no_text(self, refresh, token):
        assert has_problem(refresh(token), 400, "invalid")
