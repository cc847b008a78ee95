from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from ledger.models import CodeCounter, NumberLimit, OneTimeCode, Session, Ticket, User
from ledger.tasks.codes import forget_expired
from tests.conftest import open_session

pytestmark = pytest.mark.django_db


def ago(**age):
    return timezone.now() - timedelta(**age)


class TestForgetExpired:
    def test_deletes_codes_and_tickets_after_a_week(self, aziza):
        session = open_session(aziza)
        for age in (8, 6):
            OneTimeCode.objects.create(phone_number=f"+99890111000{age}", expires_at=ago(days=age))
            Ticket.objects.create(
                session=session, secret_hash=bytes([age]), expires_at=ago(days=age)
            )
        forget_expired(0)
        assert OneTimeCode.objects.get().phone_number == "+998901110006"
        assert bytes(Ticket.objects.get().secret_hash) == bytes([6])

    def test_deletes_sessions_a_month_after_their_end(self, aziza):
        kept = [open_session(aziza) for _session in range(3)]
        gone = [open_session(aziza) for _session in range(2)]
        changes = [
            (kept[1], {"ended_at": ago(days=29), "end_reason": "logout"}),
            (kept[2], {"expires_at": ago(days=29)}),
            (gone[0], {"ended_at": ago(days=31), "end_reason": "logout"}),
            (gone[1], {"expires_at": ago(days=31)}),
        ]
        for session, change in changes:
            Session.objects.filter(pk=session.pk).update(**change)
        forget_expired(0)
        assert set(Session.objects.values_list("pk", flat=True)) == {s.pk for s in kept}

    def test_deletes_counters_once_their_windows_are_over(self):
        NumberLimit.objects.create(pk="+998901110001", updated_at=ago(days=3))
        NumberLimit.objects.create(pk="+998901110002", updated_at=ago(days=1))
        NumberLimit.objects.create(
            pk="+998901110003", updated_at=ago(days=3), stopped_until=ago(days=-1)
        )
        CodeCounter.objects.create(key="old", updated_at=ago(days=3))
        CodeCounter.objects.create(key="new")
        forget_expired(0)
        assert set(NumberLimit.objects.values_list("pk", flat=True)) == {
            "+998901110002",
            "+998901110003",
        }
        assert CodeCounter.objects.get().key == "new"

    def test_runs_in_batches(self, aziza, monkeypatch):
        monkeypatch.setattr("ledger.actions.housekeeping.BATCH", 2)
        for n in range(5):
            OneTimeCode.objects.create(phone_number=f"+99890111000{n}", expires_at=ago(days=8))
        forget_expired(0)
        assert not OneTimeCode.objects.exists()


class TestCreateSuperuser:
    def make(self, **options):
        call_command("createsuperuser", interactive=False, stdout=StringIO(), **options)

    def test_takes_a_number_in_any_spelling(self, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "olma-anor-2026")
        self.make(phone_number="90 111 00 01")
        boss = User.objects.get(phone_number="+998901110001")
        assert (boss.is_staff, boss.is_superuser) == (True, True)
        assert boss.check_password("olma-anor-2026")

    def test_reads_the_number_from_the_environment(self, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_PHONE_NUMBER", "+998901110001")
        self.make()
        assert User.objects.get().phone_number == "+998901110001"

    @pytest.mark.parametrize("number", ["12", "sevara"])
    def test_refuses_what_is_no_number(self, number):
        with pytest.raises(CommandError):
            self.make(phone_number=number)

    def test_refuses_a_number_that_has_an_account(self, aziza):
        with pytest.raises(CommandError):
            self.make(phone_number="90 111 00 01")


class TestTheDatabaseHoldsTheRules:
    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            ({"phone_number": "901110001"}, "user_phone_number_is_e164"),
            ({"language": "de"}, "user_language_is_known"),
        ],
    )
    def test_of_people(self, aziza, change, rule):
        with pytest.raises(IntegrityError, match=rule):
            User.objects.filter(pk=aziza.pk).update(**change)

    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            ({"valid_from_generation": 2}, "session_valid_from_is_not_ahead"),
            ({"ended_at": timezone.now()}, "session_end_has_a_reason"),
            ({"end_reason": "logout"}, "session_end_has_a_reason"),
        ],
    )
    def test_of_sessions(self, aziza, change, rule):
        session = open_session(aziza)
        with pytest.raises(IntegrityError, match=rule):
            Session.objects.filter(pk=session.pk).update(**change)

    def test_of_codes(self):
        OneTimeCode.objects.create(phone_number="+998901110001", expires_at=timezone.now())
        with pytest.raises(IntegrityError, match="one_open_code_per_number"):
            OneTimeCode.objects.create(phone_number="+998901110001", expires_at=timezone.now())

    def test_of_tries(self):
        with pytest.raises(IntegrityError, match="code_has_at_most_five_tries"):
            OneTimeCode.objects.create(
                phone_number="+998901110001", expires_at=timezone.now(), tries=6
            )
