"""Says at the start what would otherwise fail at the first code."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from ledger.sms import gateway


@register()
def check_gateway(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        chosen = gateway()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="sms.E001")]
    if chosen.name == "console" and not settings.DEBUG:
        hint = "Choose eskiz, playmobile or telegram with SMS_GATEWAY."
        return [Warning("One-time codes reach nobody.", hint=hint, id="sms.W001")]
    return []
