import re

import pytest
from pytest_django import Settings

from ledger.sms import CodeMessage
from ledger.sms.gateway import readable
from ledger.sms.text import TEXTS, code_text


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
class TestCodeText:
    def test_fits_one_cheap_sms(self, settings: Settings, language: str) -> None:
        settings.SMS_APP_HASH = "FA+9qCX9VSu"
        text = code_text("493817", language=language)
        assert text.isascii()
        assert len(text) <= 140  # what Google's SMS Retriever reads; an SMS holds 160

    def test_has_one_number_and_no_link(self, language: str) -> None:
        text = code_text("493817", language=language)
        assert re.findall(r"\d+", text) == ["493817"]
        assert not re.search(r"https?:|www|\.\w", text)


def test_language_we_do_not_write_gets_uzbek() -> None:
    assert code_text("493817", language="fr") == TEXTS["uz"].format(code="493817")


def test_hash_of_the_android_app_is_the_last_line(settings: Settings) -> None:
    settings.SMS_APP_HASH = "FA+9qCX9VSu"
    assert code_text("493817", language="en").splitlines()[-1] == "FA+9qCX9VSu"


def test_repr_of_a_message_shows_neither_number_nor_code(message: CodeMessage) -> None:
    assert repr(message) == "CodeMessage(language='uz', reference='code-7')"


def test_words_of_a_gateway_are_shown_short_and_without_long_numbers() -> None:
    assert readable("998901110001 is not 1 of ours") == "… is not 1 of ours"
    assert len(readable("x" * 1000)) == 200
