"""Development's gateway: the code appears in the terminal."""

import sys

from core.phones import mask_phone
from ledger.sms.gateway import CodeMessage, Delivery


class Console:
    """Prints the message. The code itself only with `show_code`, never in production's log."""

    name = "console"

    def __init__(self, *, show_code: bool) -> None:
        self.show_code = show_code

    def send(self, message: CodeMessage) -> Delivery:
        text = message.text if self.show_code else "(a code, hidden)"
        sys.stdout.write(f"SMS to {mask_phone(message.phone_number)}: {text}\n")
        sys.stdout.flush()
        return Delivery(self.name, message.reference)
