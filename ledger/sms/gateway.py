"""What all the ways of delivering a one-time code have in common."""

import re
from dataclasses import dataclass, field
from typing import Protocol

from ledger.sms.text import code_text


@dataclass(frozen=True)
class CodeMessage:
    """A code on its way to its owner. Its repr shows neither the code nor the number."""

    phone_number: str = field(repr=False)  # E.164
    code: str = field(repr=False)
    language: str
    reference: str  # ours; the same for every try of the same code

    @property
    def text(self) -> str:
        return code_text(self.code, language=self.language)

    @property
    def digits(self) -> str:
        """The number as Uzbek gateways write it: without the plus."""
        return self.phone_number.removeprefix("+")


@dataclass(frozen=True)
class Delivery:
    """`gateway` took the message over and calls it `reference`.

    With `confirm_after_seconds` the gateway can tell by then whether it arrived.
    """

    gateway: str
    reference: str
    confirm_after_seconds: int | None = None


class SmsGateway(Protocol):
    """One way of delivering a code.

    `send` returns when the gateway has taken the message over, or raises one of the failures
    below. A gateway that answers too late may have taken it all the same: trying again then
    costs a second message with the same code, which harms nobody.
    """

    name: str

    def send(self, message: CodeMessage) -> Delivery: ...


class GatewayFailure(Exception):
    """The message was not taken over. The text holds no number, no code and no credentials."""

    def __init__(self, gateway: str, reason: object) -> None:
        super().__init__(f"{gateway}: {readable(reason)}")


class TemporaryFailure(GatewayFailure):
    """No answer, overload or a fault of theirs: the same message may pass later."""


class PermanentFailure(GatewayFailure):
    """A number they cannot reach, no money, wrong credentials: trying again cannot help."""


def readable(reason: object) -> str:
    """A gateway's own words, cut short. Runs of digits go: they may echo a number or a code."""
    return re.sub(r"\d{4,}", "…", str(reason))[:200]
