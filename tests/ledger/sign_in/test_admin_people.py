import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from core import account
from core.errors import DomainError
from ledger.actions.erasure import erase_account
from ledger.models import NumberHandover, NumberLimit, OneTimeCode, Session, User
from tests.conftest import make_person, open_session
from tests.ledger.sign_in.staff import make_staff, signed_in, with_device

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/ledger/user/"


@pytest.fixture
def boss(db):
    return signed_in(make_staff(is_superuser=True))


@pytest.fixture
def clerk(db):
    """Staff that may see and change people, and no more."""
    user = make_staff()
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_user", "change_user", "change_session"])
    )
    return signed_in(user)


def run(browser, page, action, *rows):
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = browser.post(page, form, follow=True)
    assert response.status_code == 200
    return response


def person_form(person, **changes):
    form = {
        "phone_number": person.phone_number,
        "full_name": person.full_name,
        "language": person.language,
        "is_active": "on" if person.is_active else "",
    }
    return {name: value for name, value in (form | changes).items() if value}


class TestPages:
    @pytest.mark.parametrize(
        "model", ["user", "session", "onetimecode", "numberlimit", "numberhandover"]
    )
    def test_are_listed_and_searched(self, boss, aziza, charos, model):
        open_session(aziza)
        NumberLimit.objects.create(pk=aziza.phone_number)
        OneTimeCode.objects.create(phone_number=aziza.phone_number, expires_at=timezone.now())
        NumberHandover.objects.create(phone_number="+998901110001", from_user=aziza, to_user=charos)
        for query in ("", "?q=90111"):
            response = boss.get(f"/admin/ledger/{model}/{query}")
            assert response.status_code == 200
            assert "+998901110001" in response.text or "Aziza" in response.text

    def test_take_as_many_queries_for_fifty_sessions_as_for_two(
        self, boss, aziza, bobur, django_assert_max_num_queries
    ):
        for person in (aziza, bobur) * 25:
            open_session(person)
        with django_assert_max_num_queries(14):
            boss.get("/admin/ledger/session/")

    def test_never_show_a_code_nor_what_makes_it(self, boss, aziza):
        code = OneTimeCode.objects.create(
            phone_number=aziza.phone_number, expires_at=timezone.now()
        )
        for page in ("", f"{code.pk}/change/"):
            text = boss.get(f"/admin/ledger/onetimecode/{page}").text
            assert "+998901110001" in text
            assert code.reveal() not in text
            assert "nonce" not in text.lower()

    @pytest.mark.parametrize("model", ["session", "onetimecode", "numberlimit", "numberhandover"])
    def test_of_rows_that_actions_change_are_read_only(self, boss, aziza, model):
        assert boss.get(f"/admin/ledger/{model}/add/").status_code == 403
        session = open_session(aziza)
        boss.post(f"/admin/ledger/session/{session.pk}/delete/", {"post": "yes"})
        assert Session.objects.filter(pk=session.pk).exists()

    def test_are_shut_for_charos(self, charos, client):
        client.force_login(charos)
        assert client.get(PEOPLE).status_code == 302


class TestPeople:
    def test_are_added_by_number(self, boss):
        form = {
            "phone_number": "90 555 12 34",
            "full_name": "Dilnoza",
            "usable_password": "true",
            "password1": "olma-anor-2026",
            "password2": "olma-anor-2026",
        }
        response = boss.post(f"{PEOPLE}add/", form)
        assert response.status_code == 302, response.text
        assert User.objects.get(phone_number="+998905551234").check_password("olma-anor-2026")

    @pytest.mark.parametrize("number", ["12", "nobody", "+998901110001"])
    def test_are_not_added_twice_or_by_no_number(self, boss, aziza, number):
        form = {
            "phone_number": number,
            "password1": "olma-anor-2026",
            "password2": "olma-anor-2026",
        }
        before = User.objects.count()
        assert boss.post(f"{PEOPLE}add/", form).status_code == 200
        assert User.objects.count() == before

    def test_are_signed_out_when_switched_off(self, boss, aziza):
        open_session(aziza)
        form = person_form(aziza, is_active="")
        assert boss.post(f"{PEOPLE}{aziza.pk}/change/", form).status_code == 302
        aziza.refresh_from_db()
        assert not aziza.is_active
        assert Session.objects.get().end_reason == "admin"

    def test_are_signed_out_when_staff_set_their_password(self, boss, aziza):
        open_session(aziza)
        form = {
            "password1": "yangi-parol-77",
            "password2": "yangi-parol-77",
            "usable_password": "true",
            "set-password": "1",
        }
        assert boss.post(f"{PEOPLE}{aziza.pk}/password/", form).status_code == 302
        aziza.refresh_from_db()
        assert aziza.check_password("yangi-parol-77")
        assert Session.objects.get().end_reason == "password"

    def test_keep_counters_that_moved_while_a_form_was_open(self, boss, aziza):
        User.objects.update(token_version=5)
        boss.post(f"{PEOPLE}{aziza.pk}/change/", person_form(aziza, full_name="Aziza K."))
        aziza.refresh_from_db()
        assert (aziza.full_name, aziza.token_version) == ("Aziza K.", 5)

    def test_are_not_deleted_but_erased(self, boss, aziza, monkeypatch):
        monkeypatch.setattr(account, "_obstacles", [])
        assert boss.post(f"{PEOPLE}{aziza.pk}/delete/", {"post": "yes"}).status_code == 403
        run(boss, PEOPLE, "erase", aziza)
        aziza.refresh_from_db()
        assert (aziza.phone_number, aziza.full_name) == (None, "")
        entry = LogEntry.objects.get(change_message="erased")
        assert (entry.object_id, entry.object_repr) == (str(aziza.pk), f"#{aziza.pk}")
        assert boss.get(f"{PEOPLE}{aziza.pk}/change/").status_code == 200

    def test_are_changed_no_more_once_erased(self, boss, aziza):
        erase_account(user_id=aziza.pk, proof=None, now=timezone.now())
        aziza.refresh_from_db()
        page = f"{PEOPLE}{aziza.pk}/change/"
        for form in ({"language": "uz", "full_name": "Aziza"}, {"phone_number": "+998901110001"}):
            assert boss.post(page, form).status_code == 403
        assert boss.post(f"{PEOPLE}{aziza.pk}/password/", {}).status_code == 403
        assert boss.get(page).status_code == 200

    def test_are_not_erased_while_an_app_objects(self, boss, aziza, monkeypatch):
        class BookHasBalances(DomainError):
            title = "Balances are open"

        monkeypatch.setattr(account, "_obstacles", [lambda account_id: BookHasBalances()])
        assert "Balances are open" in run(boss, PEOPLE, "erase", aziza).text
        aziza.refresh_from_db()
        assert aziza.deleted_at is None

    def test_lose_all_sessions_at_once(self, boss, aziza, charos):
        open_session(aziza), open_session(aziza), open_session(charos)
        run(boss, PEOPLE, "end_all_sessions", aziza)
        assert Session.objects.live().get().user == charos

    def test_can_set_up_a_new_device_after_losing_one(self, boss, aziza):
        with_device(aziza)
        run(boss, PEOPLE, "remove_second_factor", aziza)
        assert not TOTPDevice.objects.filter(user=aziza).exists()


class TestAClerk:
    def test_changes_a_persons_name(self, clerk, aziza):
        clerk.post(f"{PEOPLE}{aziza.pk}/change/", person_form(aziza, full_name="Aziza K."))
        aziza.refresh_from_db()
        assert aziza.full_name == "Aziza K."

    def test_gives_nobody_powers(self, clerk, aziza):
        form = person_form(aziza, is_staff="on", is_superuser="on")
        clerk.post(f"{PEOPLE}{aziza.pk}/change/", form)
        aziza.refresh_from_db()
        assert (aziza.is_staff, aziza.is_superuser) == (False, False)

    def test_touches_no_staff(self, clerk):
        other = make_person("Olim", "+998901110010", is_staff=True)
        open_session(other)
        form = person_form(other, full_name="x")
        assert clerk.post(f"{PEOPLE}{other.pk}/change/", form).status_code == 403
        password = {"password1": "yangi-parol-77", "password2": "yangi-parol-77"}
        assert clerk.post(f"{PEOPLE}{other.pk}/password/", password).status_code == 403
        run(clerk, PEOPLE, "end_all_sessions", other)
        assert Session.objects.live().count() == 1

    @pytest.mark.parametrize("action", ["erase", "remove_second_factor"])
    def test_has_no_action_of_a_superuser(self, clerk, aziza, action):
        with_device(aziza)
        run(clerk, PEOPLE, action, aziza)
        aziza.refresh_from_db()
        assert aziza.deleted_at is None
        assert TOTPDevice.objects.filter(user=aziza).exists()


class TestSignInPages:
    def test_end_sessions(self, boss, aziza):
        hers, other = open_session(aziza), open_session(aziza)
        run(boss, "/admin/ledger/session/", "end", hers)
        assert Session.objects.live().get() == other
        assert Session.objects.get(pk=hers.pk).end_reason == "admin"
        assert LogEntry.objects.get(object_id=str(hers.pk)).change_message == "ended"

    def test_lift_the_limits_of_a_number(self, boss):
        number = NumberLimit.objects.create(pk="+998901110001", stopped_until=timezone.now())
        run(boss, "/admin/ledger/numberlimit/", "lift", number)
        assert not NumberLimit.objects.exists()

    def test_return_a_number_once(self, boss, aziza):
        taker = make_person("Taker", "+998901110005")
        User.objects.filter(pk=aziza.pk).update(phone_number=None)
        handover = NumberHandover.objects.create(
            phone_number="+998901110005", from_user=aziza, to_user=taker
        )
        page = "/admin/ledger/numberhandover/"
        run(boss, page, "give_back", handover)
        aziza.refresh_from_db()
        assert aziza.phone_number == "+998901110005"
        assert "errornote" in (again := run(boss, page, "give_back", handover)).text or (
            'class="error"' in again.text
        )
