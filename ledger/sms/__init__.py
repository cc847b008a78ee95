"""One-time codes leave through here: `gateway().send(CodeMessage(...))`."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ledger.sms.console import Console
from ledger.sms.eskiz import Eskiz
from ledger.sms.gateway import (
    CodeMessage,
    Delivery,
    GatewayFailure,
    PermanentFailure,
    SmsGateway,
    TemporaryFailure,
)
from ledger.sms.playmobile import PlayMobile
from ledger.sms.telegram import Telegram, TelegramFirst

__all__ = [
    "CodeMessage",
    "Delivery",
    "GatewayFailure",
    "PermanentFailure",
    "SmsGateway",
    "TelegramFirst",
    "TemporaryFailure",
    "gateway",
]


@cache
def gateway() -> SmsGateway:
    """The gateway of `settings.SMS_GATEWAY`, one for the process: it keeps connections and token.

    Raises ImproperlyConfigured for an unknown name or an empty credential.
    """
    return _build(settings.SMS_GATEWAY)


def _build(name: str) -> SmsGateway:
    if name not in BUILDERS:
        known = ", ".join(sorted(BUILDERS))
        raise ImproperlyConfigured(f"There is no SMS gateway {name!r}; there are: {known}.")
    return BUILDERS[name]()


def _console() -> SmsGateway:
    return Console(show_code=settings.DEBUG)


def _eskiz() -> SmsGateway:
    return Eskiz(
        url=settings.ESKIZ_URL,
        email=_required("ESKIZ_EMAIL"),
        password=_required("ESKIZ_PASSWORD"),
        sender=settings.ESKIZ_SENDER,
    )


def _playmobile() -> SmsGateway:
    return PlayMobile(
        url=settings.PLAYMOBILE_URL,
        login=_required("PLAYMOBILE_LOGIN"),
        password=_required("PLAYMOBILE_PASSWORD"),
        originator=_required("PLAYMOBILE_ORIGINATOR"),
    )


def _telegram() -> SmsGateway:
    telegram = Telegram(
        url=settings.TELEGRAM_GATEWAY_URL, token=_required("TELEGRAM_GATEWAY_TOKEN")
    )
    fallback = settings.SMS_FALLBACK_GATEWAY
    return TelegramFirst(telegram, _build(fallback)) if fallback else telegram


BUILDERS: dict[str, Callable[[], SmsGateway]] = {
    "console": _console,
    "eskiz": _eskiz,
    "playmobile": _playmobile,
    "telegram": _telegram,
}


def _required(name: str) -> str:
    value: str = getattr(settings, name)
    if not value:
        raise ImproperlyConfigured(f"SMS_GATEWAY={settings.SMS_GATEWAY} needs {name}.")
    return value
