"""Every sentence that a reader sees is in the reader's language: Uzbek, Russian or English."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import translation

from core.errors import TITLES, DomainError

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "messages.py"


@pytest.fixture(scope="module")
def messages():
    """`scripts/messages.py`, which is no module of the product."""
    spec = importlib.util.spec_from_file_location("messages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refusals(parent: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from refusals(child)


def sentences_of_refusals() -> list:
    """What every refusal of the product can say, as lazy sentences."""
    assert get_resolver().url_patterns  # brings in every view, and with it every action
    ours = [error for error in refusals() if not error.__module__.startswith("tests.")]
    assert len(ours) > 30
    spoken = [text for error in ours for text in (error.title, error.detail) if text]
    return spoken + [title for _code, title in TITLES.values()]


class TestCatalogues:
    def test_are_in_step_with_the_code(self, messages):
        assert messages.problems() == []

    def test_find_what_python_and_templates_say(self, messages):
        found = messages.sentences()
        assert found["Not found.", ""] == ["core/errors.py", "core/framework_messages.py"]
        assert found["Switch on", ""] == ["templates/admin/enrol.html"]
        assert ("Please correct the error below.", "Please correct the errors below.") in found

    def test_notice_a_lost_placeholder(self, messages):
        kept = polib.POEntry(msgid="At most {limit}.", msgstr="Ko‘pi bilan {limit}.")
        lost = polib.POEntry(msgid="At most {limit}.", msgstr="Ko‘pi bilan {chegara}.")
        assert messages.same_slots(kept)
        assert not messages.same_slots(lost)

    def test_spell_uzbek_letters_one_way(self, messages):
        entries = polib.pofile(str(messages.catalogue("uz")))
        words = [text for entry in entries for text in messages.spoken(entry)]
        assert [text for text in words if re.search(r"['`´ʻʼ]|[oOgG]’|[^oOgG]‘", text)] == []

    def test_spell_russian_in_cyrillic(self, messages):
        entries = polib.pofile(str(messages.catalogue("ru")))
        words = [text for entry in entries for text in messages.spoken(entry)]
        assert [text for text in words if not re.search("[а-яё]", text.lower())] == []


class TestRefusals:
    @pytest.mark.parametrize("language", ["uz", "ru"])
    def test_are_said_in_the_reader_s_language(self, language):
        spoken = sentences_of_refusals()
        with translation.override("en"):
            english = [str(text) for text in spoken]
        with translation.override(language):
            theirs = [str(text) for text in spoken]
        same = {text for text, own in zip(english, theirs, strict=True) if text == own}
        assert same == set()

    def test_are_english_for_english_readers(self):
        with translation.override("en"):
            assert not [text for text in sentences_of_refusals() if re.search("[а-я‘]", str(text))]


class TestFrameworkWords:
    """Sentences of Django and Django REST Framework."""

    @pytest.fixture
    def refused(self, aziza, api):
        """The sentence about one wrong field of the own account."""

        def sentence(body, language=None):
            headers = {"HTTP_ACCEPT_LANGUAGE": language} if language else {}
            answer = api(aziza).patch("/api/auth/me/", body, **headers)
            assert answer.status_code == 400
            [error] = answer.json()["errors"]
            return error["detail"]

        return sentence

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            ({"full_name": None}, "Bu maydon null bo‘lmasin."),
            ({"full_name": "a" * 151}, "Ko‘pi bilan 150 ta belgi kiriting."),
            ({"full_name": 7}, "Matn kiriting."),
            ({"language": "fr"}, "«fr» mumkin bo‘lgan qiymatlardan emas."),
            ([1], "Obyekt kutilgan, list keldi."),
        ],
    )
    def test_are_uzbek_when_no_language_is_named(self, refused, body, sentence):
        assert refused(body) == sentence

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            ("uz", "Ko‘pi bilan 150 ta belgi kiriting."),
            ("ru-RU,ru;q=0.9,en;q=0.8", "Максимальная длина — 150 симв."),
            ("en", "Ensure this field has no more than 150 characters."),
            ("fr", "Ko‘pi bilan 150 ta belgi kiriting."),
        ],
    )
    def test_follow_accept_language(self, refused, language, sentence):
        assert refused({"full_name": "a" * 151}, language) == sentence

    def test_name_a_missing_field(self, anyone):
        answer = anyone.post("/api/v1/login/", {"phone_number": "+998901110001"})
        assert answer.json()["errors"] == [
            {"field": "password", "code": "required", "detail": "Bu maydonni to‘ldirish shart."}
        ]

    @pytest.mark.parametrize(
        ("language", "sentence"), [("uz", "Tizimga kirilmagan."), ("ru", "Вход не выполнен.")]
    )
    def test_ask_to_sign_in(self, anyone, language, sentence):
        answer = anyone.get("/api/auth/me/", HTTP_ACCEPT_LANGUAGE=language)
        assert answer.json()["detail"] == sentence

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [("uz", "Topilmadi."), ("ru", "Не найдено."), ("en", "Not found.")],
    )
    def test_say_that_nothing_is_there(self, anyone, language, sentence):
        answer = anyone.get("/api/nothing-here/", HTTP_ACCEPT_LANGUAGE=language)
        assert answer.json()["title"] == sentence

    def test_name_a_wrong_method(self, aziza, api):
        answer = api(aziza).put("/api/auth/sessions/", {})
        assert answer.json()["detail"] == "«PUT» usulidan bu yerda foydalanib bo‘lmaydi."

    def test_name_a_wrong_content_type(self, aziza, api):
        answer = api(aziza).patch("/api/auth/me/", "a,b", content_type="text/csv")
        assert answer.json()["detail"] == "So‘rovdagi «text/csv» turi qabul qilinmaydi."


class TestStaffPages:
    def test_open_in_uzbek(self, db):
        page = Client().get("/admin/login/").content.decode()
        assert "Telefon raqami" in page
        assert "Asosiy qismga o‘tish" in page
        assert not re.search("Log in|Skip to|Toggle theme|Error:", page)
