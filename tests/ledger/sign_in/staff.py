"""Staff for the tests of the admin, and their authenticator app."""

import time

from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.response import Response

from ledger.models import User
from tests.conftest import PASSWORD, make_person

LOGIN = "/admin/login/"


def make_staff(**fields: object) -> User:
    return make_person("Sevara Staff", "+998901110009", is_staff=True, **fields)


def with_device(user: User) -> User:
    TOTPDevice.objects.create(user=user, name="app")
    return user


def digits(user: User, step: int = 0) -> str:
    """What the app shows now, or `step` half minutes later."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * step
    return f"{totp.token():06d}"


def log_in(client: Client, user: User, **changes: str) -> Response:
    form = {"username": user.phone_number, "password": PASSWORD, "next": "/admin/"} | changes
    return client.post(LOGIN, form)


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def signed_in(user: User) -> Client:
    """A browser that passed the door."""
    client = Client()
    assert log_in(client, user, otp_token=digits(with_device(user))).status_code == 302
    assert is_in(client)
    return client
