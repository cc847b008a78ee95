"""Sentences by name, filled in for people."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core import notices
from core.notices import Text, find_text, personal_params, register_texts, render


@pytest.fixture(autouse=True)
def _texts(monkeypatch):
    monkeypatch.setattr(notices, "_texts", {})
    register_texts(
        {
            "gone": Text(_("Not found."), "{name}: {amount}", about="shop", personal=("name",)),
            "plain": Text("{amount}", ""),
        }
    )


class TestRegisterTexts:
    def test_takes_a_name_once(self):
        with pytest.raises(ValueError, match="plain"):
            register_texts({"new": Text("", ""), "plain": Text("", "")})
        assert "new" not in notices._texts

    def test_knows_which_params_are_somebodys_words(self):
        assert personal_params() == {"name"}


class TestRender:
    @pytest.mark.parametrize(
        ("language", "title"),
        [("uz", "Topilmadi."), ("ru", "Не найдено."), ("en", "Not found.")],
    )
    def test_speaks_the_language_asked_for_and_leaves_the_present_one(self, language, title):
        with translation.override("en"):
            assert render("gone", {"name": "Aziza", "amount": 3}, language) == (title, "Aziza: 3")
            assert translation.get_language() == "en"

    def test_says_an_amount_with_its_currency_for_people(self):
        money = {"amount": "1500.00", "currency": "UZS"}
        assert render("plain", money, "uz")[0] == "1\u00a0500\u00a0so‘m"
        assert render("plain", {"amount": "1500.00"}, "uz")[0] == "1500.00"

    def test_leaves_a_gap_for_what_was_erased(self):
        assert render("gone", {"amount": 3}, "en")[1] == "…: 3"

    def test_does_not_read_what_people_wrote_as_a_sentence(self):
        assert render("gone", {"name": "{amount} {0} {", "amount": 3}, "en")[1] == (
            "{amount} {0} {: 3"
        )

    def test_has_a_title_for_a_sentence_of_an_older_release(self):
        assert find_text("older") is notices.RETIRED
        assert render("older", {}, "en") == ("Notification", "")


class TestRefuseUnknownText:
    @pytest.mark.parametrize(
        ("kind", "name", "params", "data"),
        [
            ("gossip", "plain", {"amount": 1}, {}),
            ("debt", "older", {}, {}),
            ("debt", "plain", {}, {}),
            ("debt", "gone", {"name": "a", "amount": 1}, {}),
        ],
    )
    def test_stops_the_write(self, kind, name, params, data):
        with pytest.raises(notices.UnknownText):
            notices.refuse_unknown_text(kind, name, params, data)

    def test_lets_the_rest_through(self):
        notices._slots.cache_clear()
        params = {"name": "a", "amount": 1, "more": 2}
        notices.refuse_unknown_text("debt", "gone", params, {"shop": 5})
