from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from core import account
from core.errors import DomainError
from ledger.actions.code_limits import lift_limits
from ledger.actions.erasure import erase_account
from ledger.models import NumberHandover, NumberLimit, OneTimeCode, Session, Ticket, User
from tests.conftest import PASSWORD
from tests.ledger.sign_in.conftest import bearer, has_problem

pytestmark = pytest.mark.django_db

URL = "/api/auth/me/"


@pytest.fixture(autouse=True)
def _no_other_app(monkeypatch):
    monkeypatch.setattr(account, "_obstacles", [])
    monkeypatch.setattr(account, "_erasers", [])


def quoted(staff, row, words):
    """What staff did to a row, in the admin's own log."""
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=words,
        action_flag=CHANGE,
    )


def tables_with(words):
    """Models of which a row has these words anywhere."""
    return {
        model
        for model in apps.get_models()
        if any(words in str(row) for row in model._base_manager.values_list())
    }


class BookHasBalances(DomainError):
    status, code = 409, "book_has_balances"


class TestDeletingAnAccount:
    def test_erases_the_person(self, aziza, api):
        client = api(aziza)
        response = client.delete(URL, {"password": PASSWORD})
        assert (response.status_code, response.content) == (204, b"")
        aziza.refresh_from_db()
        assert (aziza.phone_number, aziza.full_name, aziza.is_active) == (None, "", False)
        assert not aziza.has_usable_password()
        assert aziza.deleted_at is not None
        assert client.get(URL).status_code == 401

    def test_frees_the_number_for_a_new_account(self, aziza, api, sign_in):
        api(aziza).delete(URL, {"password": PASSWORD})
        body = sign_in("+998901110001")
        assert body["is_new"] is True
        assert User.objects.get(phone_number="+998901110001").pk != aziza.pk

    def test_erases_what_sign_in_and_staff_know(self, aziza, charos, api, sign_in):
        sign_in(aziza.phone_number)
        TOTPDevice.objects.create(user=aziza, name="app")
        NumberHandover.objects.create(phone_number="+998901110008", from_user=aziza, to_user=charos)
        LogEntry.objects.create(
            user=charos,
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(aziza.pk),
            object_repr="Aziza Karimova",
            action_flag=CHANGE,
        )
        api(aziza).delete(URL, {"password": PASSWORD})
        assert not OneTimeCode.objects.exists()
        assert not TOTPDevice.objects.exists()
        assert not NumberHandover.objects.exists()
        assert LogEntry.objects.get().object_repr == ""
        for session in Session.objects.filter(user=aziza):
            assert (session.device, session.ip, session.network) == ("", None, "")
            assert session.end_reason == "deleted"

    def test_leaves_name_number_and_device_nowhere(self, aziza, charos, sign_in):
        client = bearer(sign_in(aziza.phone_number)["tokens"]["access"])
        Session.objects.update(device="Aziza’s phone")
        NumberHandover.objects.create(
            phone_number=aziza.phone_number,
            from_user=charos,
            to_user=aziza,
            returned_at=timezone.now(),
        )
        quoted(charos, NumberLimit.objects.get(), "lifted")
        quoted(charos, Session.objects.get(), "Aziza’s phone")
        quoted(charos, aziza, aziza.phone_number)
        assert tables_with("+998901110001") >= {User, NumberLimit, NumberHandover, LogEntry}
        assert client.delete(URL).status_code == 204
        assert tables_with("+998901110001") == tables_with("Aziza") == set()

    def test_leaves_a_number_it_took_to_its_former_account_alone(self, aziza, charos, api):
        User.objects.filter(pk=charos.pk).update(phone_number=None)
        NumberHandover.objects.create(
            phone_number=aziza.phone_number, from_user=charos, to_user=aziza
        )
        api(aziza).delete(URL, {"password": PASSWORD})
        left = NumberHandover.objects.get()
        assert (left.from_user, left.to_user) == (charos, None)
        api(charos).delete(URL, {"password": PASSWORD})
        assert not NumberHandover.objects.exists()

    def test_lifts_no_limit_of_the_number(self, aziza, anyone, code_for, sign_in):
        for _code in range(3):
            body = sign_in(aziza.phone_number)
            assert bearer(body["tokens"]["access"]).delete(URL).status_code == 204
        refused = anyone.post("/api/auth/request-otp/", {"phone_number": aziza.phone_number})
        assert has_problem(refused, 429, "otp_throttled")
        lift_limits(phone_number=aziza.phone_number)
        assert code_for(aziza.phone_number)

    def test_asks_other_apps_to_erase_in_the_same_transaction(self, aziza, api):
        erased = []
        account.register_eraser(erased.append)
        api(aziza).delete(URL, {"password": PASSWORD})
        assert erased == [aziza.pk]

    def test_takes_the_ticket_of_a_code(self, aziza, sign_in):
        body = sign_in(aziza.phone_number)
        Session.objects.update(created_at=timezone.now() - timedelta(hours=1))
        client = bearer(body["tokens"]["access"])
        assert client.delete(URL, {"ticket": body["ticket"]}).status_code == 204
        assert Ticket.objects.get().used_at is not None

    def test_takes_a_session_that_a_code_just_opened(self, aziza, sign_in):
        client = bearer(sign_in(aziza.phone_number)["tokens"]["access"])
        assert client.delete(URL).status_code == 204


class TestRefusesToDelete:
    @pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": "wrong-guess-1"}])
    def test_without_proof(self, aziza, api, body):
        assert has_problem(api(aziza).delete(URL, body), 400, "proof_invalid")
        assert User.objects.filter(pk=aziza.pk, deleted_at=None).exists()

    def test_by_the_ticket_of_charos(self, aziza, charos, api, sign_in):
        ticket = sign_in(charos.phone_number)["ticket"]
        assert has_problem(api(aziza).delete(URL, {"ticket": ticket}), 400, "proof_invalid")
        assert User.objects.filter(deleted_at=None).count() == 2

    def test_by_a_used_ticket(self, aziza, sign_in):
        body = sign_in(aziza.phone_number)
        Ticket.objects.update(used_at=timezone.now())
        refused = bearer(body["tokens"]["access"]).delete(URL, {"ticket": body["ticket"]})
        assert has_problem(refused, 400, "proof_invalid")

    def test_while_another_app_objects(self, aziza, api):
        account.register_obstacle(lambda account_id: BookHasBalances())
        refused = api(aziza).delete(URL, {"password": PASSWORD})
        assert has_problem(refused, 409, "book_has_balances")
        assert User.objects.filter(pk=aziza.pk, deleted_at=None).exists()
        assert Session.objects.live().exists()

    def test_after_ten_guesses_of_the_password(self, aziza, api):
        client = api(aziza)
        for _guess in range(10):
            client.delete(URL, {"password": "wrong-guess-1"})
        refused = client.delete(URL, {"password": PASSWORD})
        assert has_problem(refused, 429, "login_throttled")

    def test_nobody(self, anyone):
        assert has_problem(anyone.delete(URL), 401, "not_authenticated")


class TestAnErasedRow:
    def test_keeps_no_personal_data_by_constraint(self, aziza):
        from django.db import IntegrityError

        with pytest.raises(IntegrityError, match="deleted_user_keeps_no_personal_data"):
            User.objects.filter(pk=aziza.pk).update(deleted_at=timezone.now())


class TestErasingByStaff:
    def test_takes_an_account_that_gave_its_number_up(self, aziza):
        User.objects.filter(pk=aziza.pk).update(phone_number=None)
        erase_account(user_id=aziza.pk, proof=None, now=timezone.now())
        aziza.refresh_from_db()
        assert (aziza.full_name, aziza.is_active) == ("", False)
