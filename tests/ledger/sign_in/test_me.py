import pytest

from core import account
from ledger.models import User
from tests.ledger.sign_in.conftest import has_problem

pytestmark = pytest.mark.django_db

URL = "/api/auth/me/"


class TestMe:
    def test_says_who_is_signed_in(self, aziza, api):
        assert api(aziza).get(URL).json() == {
            "id": aziza.pk,
            "phone_number": "+998901110001",
            "full_name": "Aziza Karimova",
            "language": "uz",
            "is_staff": False,
            "b2b_enabled": False,
            "plan": None,
            "unread_notifications": 0,
        }

    def test_shows_what_other_apps_know(self, aziza, api, monkeypatch):
        monkeypatch.setattr(account, "_me_fields", {})
        account.register_me_field("plan", lambda account_id: f"plan-of-{account_id}")
        assert api(aziza).get(URL).json()["plan"] == f"plan-of-{aziza.pk}"

    def test_wants_a_token(self, anyone):
        refused = anyone.get(URL)
        assert has_problem(refused, 401, "not_authenticated")
        assert refused["WWW-Authenticate"] == 'Bearer realm="api"'

    def test_takes_one_query_and_one_for_each_field_of_other_apps(
        self, aziza, api, django_assert_num_queries
    ):
        client = api(aziza)
        with django_assert_num_queries(1 + len(account._me_fields)):
            client.get(URL)

    @pytest.mark.parametrize("url", ["/api/auth/me", "/api/auth/me/"])
    def test_answers_both_spellings(self, aziza, api, url):
        assert api(aziza).get(url).status_code == 200


class TestChangingMe:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ({"full_name": "  Aziza K. "}, {"full_name": "Aziza K."}),
            ({"language": "ru"}, {"language": "ru"}),
            ({"full_name": "", "language": "en"}, {"full_name": "", "language": "en"}),
            ({}, {}),
        ],
    )
    def test_writes_name_and_language(self, aziza, api, sent, kept):
        response = api(aziza).patch(URL, sent)
        assert response.status_code == 200
        assert response.json().items() >= kept.items()
        assert User.objects.filter(pk=aziza.pk, **kept).exists()

    @pytest.mark.parametrize(
        "sent",
        [
            {"language": "de"},
            {"language": None},
            {"full_name": None},
            {"full_name": "x" * 151},
            {"full_name": ["Aziza"]},
            {"full_name": 7},
        ],
    )
    def test_refuses_a_bad_value(self, aziza, api, sent):
        assert has_problem(api(aziza).patch(URL, sent), 400, "invalid")

    def test_changes_no_other_field(self, aziza, api):
        before = User.objects.filter(pk=aziza.pk).values().get()
        sent = {name: "7" for name in before if name not in {"full_name", "language"}}
        sent |= {"is_staff": True, "is_superuser": True, "plan": "pro", "id": 99}
        assert api(aziza).patch(URL, sent).status_code == 200
        assert User.objects.filter(pk=aziza.pk).values().get() == before

    def test_leaves_charos_alone(self, aziza, charos, api):
        api(charos).patch(URL, {"full_name": "Nobody", "id": aziza.pk})
        aziza.refresh_from_db()
        assert aziza.full_name == "Aziza Karimova"

    def test_is_refused_when_the_account_ends_meanwhile(self, aziza):
        from ledger.actions.account import change_profile
        from ledger.tokens import SessionEnded

        User.objects.update(is_active=False)
        with pytest.raises(SessionEnded):
            change_profile(user_id=aziza.pk, changes={"full_name": "x"})
