import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from ledger.sms import CodeMessage, TelegramFirst, gateway
from ledger.sms.checks import check_gateway
from ledger.sms.telegram import Telegram

CREDENTIALS = {
    "eskiz": ["ESKIZ_EMAIL", "ESKIZ_PASSWORD"],
    "playmobile": ["PLAYMOBILE_LOGIN", "PLAYMOBILE_PASSWORD", "PLAYMOBILE_ORIGINATOR"],
    "telegram": ["TELEGRAM_GATEWAY_TOKEN"],
}
NEEDED = [(name, credential) for name, names in CREDENTIALS.items() for credential in names]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    for _, credential in NEEDED:
        setattr(settings, credential, "given")
    return settings


@pytest.mark.parametrize("name", ["console", *CREDENTIALS])
def test_setting_names_the_gateway(settings: Settings, name: str) -> None:
    settings.SMS_GATEWAY = name
    assert gateway().name == name


def test_one_gateway_serves_the_process(settings: Settings) -> None:
    settings.SMS_GATEWAY = "eskiz"
    assert gateway() is gateway()


def test_unknown_name_is_refused_with_the_known_ones(settings: Settings) -> None:
    settings.SMS_GATEWAY = "pigeon"
    with pytest.raises(ImproperlyConfigured, match="console, eskiz, playmobile, telegram"):
        gateway()


@pytest.mark.parametrize(("name", "credential"), NEEDED)
def test_empty_credential_is_refused(settings: Settings, name: str, credential: str) -> None:
    settings.SMS_GATEWAY = name
    setattr(settings, credential, "")
    with pytest.raises(ImproperlyConfigured, match=f"SMS_GATEWAY={name} needs {credential}"):
        gateway()


def test_telegram_falls_back_to_the_named_gateway(settings: Settings) -> None:
    settings.SMS_GATEWAY, settings.SMS_FALLBACK_GATEWAY = "telegram", "playmobile"
    chosen = gateway()
    assert isinstance(chosen, TelegramFirst)
    assert chosen.sms.name == "playmobile"


def test_telegram_stands_alone_without_a_fallback(settings: Settings) -> None:
    settings.SMS_GATEWAY, settings.SMS_FALLBACK_GATEWAY = "telegram", ""
    assert isinstance(gateway(), Telegram)


class TestCheckAtTheStart:
    def test_names_the_missing_credential(self, settings: Settings) -> None:
        settings.SMS_GATEWAY, settings.ESKIZ_EMAIL = "eskiz", ""
        (said,) = check_gateway(None)
        assert (said.id, said.msg) == ("sms.E001", "SMS_GATEWAY=eskiz needs ESKIZ_EMAIL.")

    def test_warns_of_the_console_in_production(self, settings: Settings) -> None:
        settings.DEBUG = False
        (said,) = check_gateway(None)
        assert (said.id, said.is_serious()) == ("sms.W001", False)

    def test_says_nothing_of_a_gateway_that_can_send(self, settings: Settings) -> None:
        settings.SMS_GATEWAY = "playmobile"
        assert check_gateway(None) == []


class TestConsole:
    def test_shows_the_code_in_development(
        self, settings: Settings, message: CodeMessage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings.DEBUG = True
        gateway().send(message)
        said = capsys.readouterr().out
        assert said.startswith("SMS to +99890*****01: Daftar: tasdiqlash kodi 493817.")

    def test_hides_the_code_in_production(
        self, settings: Settings, message: CodeMessage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings.DEBUG = False
        gateway().send(message)
        assert capsys.readouterr().out == "SMS to +99890*****01: (a code, hidden)\n"
