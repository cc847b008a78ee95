"""The staff's second factor."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.action import action
from core.errors import DomainError
from ledger.actions.sessions import lock_account


class AlreadyEnrolled(DomainError):
    status, code = HTTPStatus.CONFLICT, "already_enrolled"
    title = _("This account has a second factor already.")


@action
def enrol(*, device: TOTPDevice) -> None:
    """Keep a confirmed device, an account's first. Raises AlreadyEnrolled."""
    lock_account(device.user_id)
    if TOTPDevice.objects.filter(user_id=device.user_id, confirmed=True).exists():
        raise AlreadyEnrolled
    device.save()


@action
def forget_second_factor(*, user_id: int) -> None:
    """For a lost phone: the next sign-in to the admin sets up a new one."""
    TOTPDevice.objects.filter(user_id=user_id).delete()
