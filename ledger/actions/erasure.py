"""Deleting one's account: personal data goes, the history of others stays without it."""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.account import erase, refuse_obstacles
from core.action import action
from core.errors import DomainError
from ledger.actions.account import Proof, prove
from ledger.actions.code_limits import hide_number, lock_number
from ledger.actions.codes import TicketInvalid, use_ticket
from ledger.actions.handover import forget_handovers
from ledger.actions.login_limits import forgive_login, spend_login
from ledger.actions.passwords import password_matches
from ledger.actions.sessions import Client, end_sessions, lock_account
from ledger.models import NumberLimit, OneTimeCode, Session, User
from ledger.tokens import SessionEnded


class ProofInvalid(DomainError):
    status, code = HTTPStatus.BAD_REQUEST, "proof_invalid"
    title = _("To delete the account, send its password or a fresh code's ticket.")


def delete_account(
    *, session: Session, password: str, ticket: str, client: Client, now: datetime
) -> None:
    """Erase the session's account. Its password, or what set-password takes, is the proof.

    Raises ProofInvalid, LoginThrottled, and what other apps put in the way
    (`core.account.register_obstacle`).
    """
    if password:
        _prove_password(session.user, password, client, now)
        proof = Proof(session)
    else:
        proof = _prove(session, ticket, now)
    erase_account(user_id=session.user_id, proof=proof, now=now)


def _prove_password(user: User, password: str, client: Client, now: datetime) -> None:
    number = user.phone_number or f"#{user.pk}"
    spend_login(phone_number=number, address=client.address, now=now)
    if not password_matches(user=user, password=password):
        raise ProofInvalid
    forgive_login(phone_number=number, address=client.address)


def _prove(session: Session, ticket: str, now: datetime) -> Proof:
    try:
        proof = prove(ticket=ticket, session=session, now=now)
    except TicketInvalid as error:
        raise ProofInvalid from error
    if proof.session.user_id != session.user_id:
        raise ProofInvalid
    return proof


@action
def erase_account(*, user_id: int, proof: Proof | None, now: datetime) -> None:
    """Free the number, blank the person, end the sessions; the row stays for the books
    of others. Raises TicketInvalid, SessionEnded, and what other apps put in the way."""
    phone_number = User.objects.get(pk=user_id).phone_number
    # Before the account, as sign-in does.
    number = lock_number(phone_number=phone_number, now=now) if phone_number else None
    user = lock_account(user_id)
    if proof:
        _use(proof, now)
    refuse_obstacles(user.pk)
    erase(user.pk)
    if number:
        _forget_number(number)
    forget_handovers(user=user)
    end_sessions(user_id=user.pk, reason="deleted", now=now)
    Session.objects.filter(user=user).update(device="", ip=None, network="")
    TOTPDevice.objects.filter(user=user).delete()
    _forget_in_log(User, [user.pk])
    _forget_in_log(Session, Session.objects.filter(user=user).values_list("pk", flat=True))
    _blank(user, now)


def _use(proof: Proof, now: datetime) -> None:
    """Under the account's lock: who was signed out since the request was let in, perhaps by
    a new password, deletes nothing."""
    living = Session.objects.live().filter(pk=proof.session.pk, expires_at__gt=now)
    if not living.select_for_update(no_key=True).first():
        raise SessionEnded
    if proof.ticket:
        use_ticket(ticket=proof.ticket, now=now)


def _forget_number(number: NumberLimit) -> None:
    OneTimeCode.objects.filter(phone_number=number.phone_number).delete()
    LogEntry.objects.filter(object_id=number.phone_number).update(object_id=None, object_repr="")
    LogEntry.objects.filter(object_repr=number.phone_number).update(object_repr="")
    hide_number(number=number)


def _forget_in_log(model: type[Model], keys: Iterable[Any]) -> None:
    """The admin's own log quotes people by name, number and device."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    entries.filter(object_id__in=[str(key) for key in keys]).update(object_repr="")


def _blank(user: User, now: datetime) -> None:
    user.groups.clear()
    user.user_permissions.clear()
    user.phone_number, user.full_name, user.deleted_at = None, "", now
    user.is_active = user.is_staff = user.is_superuser = False
    user.token_version += 1
    user.set_unusable_password()
    user.save()
