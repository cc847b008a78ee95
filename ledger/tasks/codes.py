"""Codes on their way to their owners."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.jobs import BACK_OFF, BackOff, app, enqueue
from ledger.actions.housekeeping import forget_expired_sign_ins
from ledger.models import OneTimeCode
from ledger.sms import CodeMessage, Delivery, PermanentFailure, TelegramFirst, gateway

# Seven tries in 126 seconds, of the 180 that a code lives. Ahead of everything else.
TRIES = BackOff(attempts=7, never=(PermanentFailure,))
URGENT = 10


@app.task(name="ledger.send_code", queue="codes", priority=URGENT, retry=TRIES)
def send_code(*, code_id: int) -> None:
    """Send a one-time code to its number; nothing once it was sent, used, replaced or is over.

    A worker that dies, or a gateway that answers too late, can make it two equal messages.
    Raises what the gateway raises: a temporary failure is tried again, a permanent one is kept
    as a failed job.
    """
    code = _waited_for(code_id)
    if code is None or code.sent_at:
        return
    delivery = gateway().send(_message(code))
    with transaction.atomic():
        _note(code, delivery)
        if delivery.confirm_after_seconds is not None:
            enqueue(
                "ledger.confirm_code",
                schedule_in=timedelta(seconds=delivery.confirm_after_seconds),
                code_id=code_id,
                reference=delivery.reference,
            )


@app.task(name="ledger.confirm_code", queue="codes", priority=URGENT, retry=TRIES)
def confirm_code(*, code_id: int, reference: str) -> None:
    """Send by SMS a code that Telegram took over as `reference` but did not deliver.

    Nothing once the code is used, replaced or over.
    """
    code = _waited_for(code_id)
    telegram_first = gateway()
    if code is None or not isinstance(telegram_first, TelegramFirst):
        return
    delivery = telegram_first.make_sure(_message(code), reference=reference)
    if delivery is not None:
        _note(code, delivery)


@app.periodic(cron="40 22 * * *")  # UTC: 03:40 in Tashkent
@app.task(
    name="ledger.forget_expired_sign_ins",
    queueing_lock="ledger.forget_expired_sign_ins",
    retry=BACK_OFF,
)
def forget_expired(timestamp: int) -> None:
    """Delete codes, tickets, sessions and counters that nobody can need any more."""
    forget_expired_sign_ins(now=timezone.now())


def _waited_for(code_id: int) -> OneTimeCode | None:
    return OneTimeCode.objects.enterable(now=timezone.now()).filter(pk=code_id).first()


def _message(code: OneTimeCode) -> CodeMessage:
    return CodeMessage(
        phone_number=code.phone_number,
        code=code.reveal(),
        language=code.language,
        reference=f"code-{code.pk}",
    )


def _note(code: OneTimeCode, delivery: Delivery) -> None:
    code.sent_at, code.gateway = timezone.now(), delivery.gateway
    code.save(update_fields=["sent_at", "gateway"])
