from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from ledger.models import CodeCounter, NumberLimit, Session, User

DILNOZA = "+998935550101"  # has no account yet


def wrong(code: str) -> str:
    """Another code of six digits."""
    return f"{(int(code) + 1) % 10**6:06d}"


def bearer(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def has_problem(response: Response, status: int, code: str) -> bool:
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert response["Content-Type"] == "application/problem+json"
    return True


def forget_cooldown(phone_number: str) -> None:
    """As if the number had never asked for a code: for tests of something else."""
    NumberLimit.objects.filter(pk=phone_number).delete()
    CodeCounter.objects.all().delete()


def silent_for(person: User, **age: float) -> None:
    User.objects.filter(pk=person.pk).update(phone_used_at=timezone.now() - timedelta(**age))


@pytest.fixture(autouse=True)
def _codes_are_shown(settings: Any) -> None:
    settings.DEV_OTP = True


@pytest.fixture
def code_for(anyone: APIClient) -> Callable[[str], str]:
    """`code_for(number)`: the code that was just sent to it."""

    def ask(phone_number: str) -> str:
        response = anyone.post("/api/auth/request-otp/", {"phone_number": phone_number})
        assert response.status_code == 202, response.content
        return response.json()["dev_code"]

    return ask


@pytest.fixture
def enter(anyone: APIClient) -> Callable[..., Response]:
    """`enter(number, code, **more)`: the answer of verify-otp."""

    def post(phone_number: str, code: str, **more: object) -> Response:
        body = {"phone_number": phone_number, "code": code, **more}
        return anyone.post("/api/auth/verify-otp/", body)

    return post


@pytest.fixture
def sign_in(code_for: Callable[[str], str], enter: Callable[..., Response]) -> Callable[..., Any]:
    """`sign_in(number)`: the body of a sign-in by code."""

    def by_code(phone_number: str) -> dict[str, Any]:
        response = enter(phone_number, code_for(phone_number))
        assert response.status_code == 200, response.content
        return response.json()

    return by_code


@pytest.fixture
def log_in(anyone: APIClient) -> Callable[[str, str], Response]:
    def post(phone_number: str, password: str) -> Response:
        return anyone.post("/api/v1/login/", {"phone_number": phone_number, "password": password})

    return post


def session_of(body: dict[str, Any]) -> Session:
    """The newest session of the number that a sign-in answer names."""
    return Session.objects.filter(user__phone_number=body["phone_number"]).latest("pk")
