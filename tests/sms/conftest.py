from collections.abc import Iterator
from typing import TypeVar

import httpx
import pytest

from ledger import sms
from ledger.sms import CodeMessage
from ledger.sms.eskiz import Eskiz
from ledger.sms.playmobile import PlayMobile
from ledger.sms.telegram import Telegram
from tests.sms.fakes import FakeEskiz, FakeGateway, FakePlayMobile, FakeTelegram

IMPATIENT = httpx.Timeout(1.0)
Fake = TypeVar("Fake", bound=FakeGateway)
AZIZA = "+998901110001"


@pytest.fixture
def message() -> CodeMessage:
    return CodeMessage(phone_number=AZIZA, code="493817", language="uz", reference="code-7")


@pytest.fixture(autouse=True)
def _each_test_chooses_anew() -> Iterator[None]:
    sms.gateway.cache_clear()
    yield
    sms.gateway.cache_clear()


def served(fake: Fake) -> Iterator[Fake]:
    yield fake
    fake.close()


@pytest.fixture
def eskiz_server() -> Iterator[FakeEskiz]:
    yield from served(FakeEskiz())


@pytest.fixture
def playmobile_server() -> Iterator[FakePlayMobile]:
    yield from served(FakePlayMobile())


@pytest.fixture
def telegram_server() -> Iterator[FakeTelegram]:
    fake = FakeTelegram()
    fake.reachable.add(AZIZA)
    yield from served(fake)


@pytest.fixture
def eskiz(eskiz_server: FakeEskiz) -> Eskiz:
    return Eskiz(url=eskiz_server.url, sender="4546", timeout=IMPATIENT, **eskiz_server.credentials)


@pytest.fixture
def playmobile(playmobile_server: FakePlayMobile) -> PlayMobile:
    return PlayMobile(
        url=playmobile_server.url,
        login="shop",
        password="pm-secret",
        originator="3700",
        timeout=IMPATIENT,
    )


@pytest.fixture
def telegram(telegram_server: FakeTelegram) -> Telegram:
    return Telegram(url=telegram_server.url, token=telegram_server.token, timeout=IMPATIENT)
