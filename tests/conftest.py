"""People for every test: aziza lends, bobur owes, charos is the outsider."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from rest_framework.test import APIClient

from core import events
from ledger.models import Session, User
from ledger.tokens import issue_pair

PASSWORD = "olma-anor-2026"

SignedIn = Callable[[User], APIClient]


@cache
def hashed_password() -> str:
    """Argon2 is slow on purpose: once a run is enough."""
    return make_password(PASSWORD)


def make_person(name: str, phone_number: str, **fields: object) -> User:
    return User.objects.create(
        full_name=name, phone_number=phone_number, password=hashed_password(), **fields
    )


@pytest.fixture
def aziza(db: None) -> User:
    return make_person("Aziza Karimova", "+998901110001")


@pytest.fixture
def bobur(db: None) -> User:
    return make_person("Bobur Aliyev", "+998901110002")


@pytest.fixture
def charos(db: None) -> User:
    return make_person("Charos Yusupova", "+998901110003")


def open_session(person: User, opened_by: str = Session.OpenedBy.PASSWORD) -> Session:
    now = timezone.now()
    return Session.objects.create(
        user=person,
        opened_by=opened_by,
        expires_at=now + settings.SESSION_LIFETIME,
        created_at=now - timedelta(hours=1),
    )


@pytest.fixture
def api() -> SignedIn:
    """`api(aziza)`: a client that carries a real access token of a session of hers."""

    def signed_in(person: User) -> APIClient:
        client = APIClient()
        access = issue_pair(open_session(person)).access
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
        return client

    return signed_in


@pytest.fixture
def anyone() -> APIClient:
    """A client that has not signed in."""
    return APIClient()


_published: list[events.Published] = []
_notified: list[events.Notice] = []


def keep_published(items: list[events.Published]) -> None:
    _published.extend(items)


def keep_notified(items: list[events.Notice]) -> None:
    _notified.extend(items)


@pytest.fixture
def published(settings: object) -> Iterator[list[events.Published]]:
    """What actions published, in order."""
    _published.clear()
    settings.EVENT_BACKEND = f"{__name__}.keep_published"
    yield _published
    _published.clear()


@pytest.fixture
def notified(settings: object) -> Iterator[list[events.Notice]]:
    """What actions put into notification lists, in order."""
    _notified.clear()
    settings.NOTIFICATION_BACKEND = f"{__name__}.keep_notified"
    yield _notified
    _notified.clear()
