"""What a request says about the device behind it."""

from rest_framework.request import Request

from core.addresses import client_address
from ledger.actions.sessions import Client

DEVICE_CHARACTERS = 200


def client_of(request: Request) -> Client:
    """`device` is the User-Agent without what can't be shown, cut to 200 characters."""
    agent = request.headers.get("User-Agent", "")
    device = "".join(letter for letter in agent if letter.isprintable())[:DEVICE_CHARACTERS]
    return Client(device=device, address=client_address(request))
