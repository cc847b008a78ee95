"""The sentences of notifications, by name; each app keeps its own in `<app>/notices.py`.

What is stored of a notice is the name and what fills the sentence in: it is written whenever
it is read, in the language of who reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from string import Formatter
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.money import spoken_money

KINDS = (
    "message",
    "debt",
    "payment",
    "dispute",
    "post",
    "post_match",
    "subscription",
    "system",
)


class UnknownText(RuntimeError):
    """A sentence that no app has registered, or one that lacks what fills it in."""


@dataclass(frozen=True)
class Text:
    """Title and body, lazy, with `{params}` of the notice.

    `{amount}` is said for people when the notice has a `currency` too. `about` is the member of
    the notice's `data` with the id of the account that the sentence speaks of; the params in
    `personal` are its name and words: they go when that account is deleted.
    """

    title: Any
    body: Any
    about: str = ""
    personal: tuple[str, ...] = ()


# A line may outlive its sentence: rows are kept longer than releases.
RETIRED = Text(_("Notification"), "")
_texts: dict[str, Text] = {}


def register_texts(texts: Mapping[str, Text]) -> None:
    """Called in `AppConfig.ready()`. Raises ValueError for a name that is taken."""
    if taken := texts.keys() & _texts.keys():
        raise ValueError(f"registered already: {sorted(taken)}")
    _texts.update(texts)


def find_text(name: str) -> Text:
    return _texts.get(name, RETIRED)


def personal_params() -> set[str]:
    """Names of the params that hold somebody's name or words, of all sentences."""
    return {param for text in _texts.values() for param in text.personal}


def refuse_unknown_text(
    kind: str, name: str, params: Mapping[str, Any], data: Mapping[str, Any]
) -> None:
    """Raises UnknownText for a kind or sentence that is not there, or that lacks a part."""
    if kind not in KINDS or name not in _texts:
        raise UnknownText(f"{kind}: {name}")
    text = _texts[name]
    if missing := _slots(name) - params.keys():
        raise UnknownText(f"{name} lacks {sorted(missing)}")
    if text.about and text.about not in data:
        raise UnknownText(f"{name} does not say in `data` which {text.about} it speaks of")


def render(name: str, params: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Title and body. What was erased of `params` is an ellipsis; a sentence that is no longer
    there has a title all the same."""
    text, words = find_text(name), _Words(_spoken(params))
    with translation.override(language):
        return str(text.title).format_map(words), str(text.body).format_map(words)


class _Words(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "…"


def _spoken(params: Mapping[str, Any]) -> dict[str, Any]:
    if "amount" not in params or "currency" not in params:
        return dict(params)
    amount = spoken_money(Decimal(params["amount"]), params["currency"])
    return {**params, "amount": amount}


@cache
def _slots(name: str) -> set[str]:
    text, formatter = _texts[name], Formatter()
    with translation.override(None):  # as the code has it
        parts = [*formatter.parse(str(text.title)), *formatter.parse(str(text.body))]
    return {slot for _literal, slot, _format, _conversion in parts if slot}
