"""Codes through Telegram Gateway (https://core.telegram.org/gateway/api).

Every method answers `{"ok": true, "result": RequestStatus}` or `{"ok": false, "error": NAME}`.
`checkSendAbility` refuses numbers without Telegram and charges for the others; the one
`sendVerificationMessage` with its `request_id` is then free. What is not delivered within `ttl`
seconds (30 to 3600) is taken back and refunded.

Delivery reports are asked for (`checkVerificationStatus`), not received: a public address for
signed callbacks would tell nothing more.
"""

import logging
from dataclasses import replace
from typing import Any

import httpx

from ledger.sms.gateway import (
    CodeMessage,
    Delivery,
    GatewayFailure,
    PermanentFailure,
    SmsGateway,
)
from ledger.sms.http import TIMEOUT, json_object, post

# A phone that is on shows it at once; longer only keeps its owner from an SMS.
DELIVERED_WITHIN_SECONDS = 60
ARRIVED = {"delivered", "read"}

logger = logging.getLogger(__name__)


class Telegram:
    """Sends our own code in Telegram's words: the message's text and language are not used."""

    name = "telegram"

    def __init__(self, *, url: str, token: str, timeout: httpx.Timeout = TIMEOUT) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=timeout)

    def send(self, message: CodeMessage) -> Delivery:
        able = self._call("checkSendAbility", phone_number=message.phone_number)
        sent = self._call(
            "sendVerificationMessage",
            phone_number=message.phone_number,
            request_id=able.get("request_id"),
            code=message.code,
            ttl=DELIVERED_WITHIN_SECONDS,
            payload=message.reference,
        )
        return Delivery(self.name, str(sent.get("request_id")))

    def arrived(self, reference: str) -> bool:
        """Whether the message reached a device."""
        status = self._call("checkVerificationStatus", request_id=reference).get("delivery_status")
        return isinstance(status, dict) and status.get("status") in ARRIVED

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        response = post(self._client, f"/{method}", gateway=self.name, json=parameters)
        body = json_object(response, gateway=self.name)
        result = body.get("result")
        if body.get("ok") is not True or not isinstance(result, dict):
            raise PermanentFailure(self.name, f"{method} {body.get('error')}")
        return result


class TelegramFirst:
    """Telegram where it reaches the person (cheaper, harder to intercept), SMS where not."""

    name = Telegram.name

    def __init__(self, telegram: Telegram, sms: SmsGateway) -> None:
        self.telegram = telegram
        self.sms = sms

    def send(self, message: CodeMessage) -> Delivery:
        """Any failure of Telegram falls to SMS at once: the person is waiting for the code."""
        try:
            delivery = self.telegram.send(message)
        except GatewayFailure as failure:
            logger.warning("%s, sending by %s", failure, self.sms.name)
            return self.sms.send(message)
        return replace(delivery, confirm_after_seconds=DELIVERED_WITHIN_SECONDS + 1)

    def make_sure(self, message: CodeMessage, *, reference: str) -> Delivery | None:
        """Send by SMS what Telegram took over as `reference` and did not deliver."""
        try:
            if self.telegram.arrived(reference):
                return None
        except GatewayFailure as failure:
            logger.warning("%s, sending by %s", failure, self.sms.name)
        return self.sms.send(message)
