"""One form for names that are written in several alphabets.

Uzbek is written in Cyrillic, in the Latin of 1995 (`oʻ gʻ sh ch`) and in the newer Latin
(`ö ğ ş ç`), with half a dozen apostrophes. Folded forms are compared, never shown.
"""

import re
import unicodedata

APOSTROPHES = "'`´ʻʼʽˈ‘’‛′＇"
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j",
    "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "s",
    "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "ў": "o", "қ": "q", "ғ": "g", "ҳ": "h",
}  # fmt: skip
_LATIN = {"ş": "sh", "ç": "ch", "ı": "i", "ñ": "ng"}
_TABLE = str.maketrans(_CYRILLIC | _LATIN | dict.fromkeys(APOSTROPHES, ""))
_LOOK_ALIKES = str.maketrans("АВЕЅІЈКМНОРСТУҮХ", "ABESIJKMHOPCTYYX")
_SPACE = re.compile(r"\s+")


def fold_name(text: str) -> str:
    """`Қўқон`, `Qoʻqon`, `qo'qon` and `Qöqon` all become `qoqon`.

    Composed letters are mapped first, then accents fall off, so that `ö` meets `o'` in `o`.
    `x` and `h` meet in `h`: speakers mix them, and Russian spelling knows one letter.
    """
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    plain = "".join(
        c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c)
    )
    return _SPACE.sub(" ", plain.replace("x", "h").replace("ts", "s").replace("ye", "e")).strip()


def digits_of(text: str) -> str:
    """The ASCII digits of a text, in order."""
    return "".join(c for c in text if c.isascii() and c.isdigit())


def fold_part_number(text: str) -> str:
    """`04465-02220`, `04465 02220` and `0446502220` become one; so do Latin and Cyrillic `AB`.

    Only A-Z and 0-9 remain: Cyrillic letters that look like Latin ones are read as those, for
    nobody sees on a sticker which alphabet it was typed in; all others fall away.
    """
    upper = unicodedata.normalize("NFKD", text).upper().translate(_LOOK_ALIKES)
    return "".join(c for c in upper if c.isascii() and c.isalnum())
