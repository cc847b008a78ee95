"""What people type into a search: words of a text, and parts of part numbers."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.folding import fold_name, fold_part_number
from core.listing import Where

# Shorter ones are no infix: a word of one or two letters is looked for where words begin.
LEAST_INFIX = 3


@dataclass(frozen=True)
class Word:
    """One word: `text` as folded texts have it, `part` as folded part numbers have it ("": it
    is no piece of one)."""

    text: str
    part: str

    @property
    def is_short(self) -> bool:
        return len(self.text) < LEAST_INFIX


@dataclass(frozen=True)
class Words:
    """All of `words` are wanted, each in the text or in the part number; or else the `whole`
    is a piece of the part number, where it has words too short to be looked for in one."""

    words: Sequence[Word]
    whole: str

    @property
    def is_whole_wanted(self) -> bool:
        """Else each word is looked for in the part number by itself."""
        return bool(self.whole) and any(not word.part for word in self.words)

    @property
    def parts(self) -> list[str]:
        """What may be a part number or a piece of it, the whole first."""
        return [part for part in (self.whole, *(word.part for word in self.words)) if part]

    def in_texts(self) -> "Words":
        """Looked for in texts alone."""
        if not all(word.text for word in self.words):
            return Words((), "")
        return Words([Word(word.text, "") for word in self.words], "")


def read_words(typed: str) -> Words | None:
    """None when nothing was typed. What folds away is looked for nowhere: no words, no posts.

    Among others, a word without digits is no part number: it is looked for in the text alone.
    """
    pieces = typed.split()
    if not pieces:
        return None
    alone = len(pieces) == 1
    words = [
        Word(_text(piece), _part(piece) if alone or _has_digit(piece) else "") for piece in pieces
    ]
    known = tuple(dict.fromkeys(word for word in words if word.text or word.part))
    whole = _part(typed) if not alone and _has_digit(typed) else ""
    return Words(known, whole)


def _text(piece: str) -> str:
    """Without the signs around it: `(toyota),` is `toyota`."""
    return re.sub(r"^\W+|\W+$", "", fold_name(piece))


def _has_digit(typed: str) -> bool:
    return any(c.isdigit() for c in typed)


def _part(typed: str) -> str:
    """ "" for what is too short, or has a letter that stands in no part number."""
    part = fold_part_number(typed)
    letters = [c for c in unicodedata.normalize("NFKD", typed) if c.isalnum()]
    return part if LEAST_INFIX <= len(part) == len(letters) else ""


def containing(text: str) -> str:
    """A LIKE pattern: `text` anywhere."""
    return f"%{beginning(text)}"


def beginning(text: str) -> str:
    """A LIKE pattern: `text` at the start."""
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"


@dataclass(frozen=True)
class Like:
    """A pattern of a column, as the parameter `name`."""

    column: str
    name: str
    pattern: str

    @property
    def sql(self) -> str:
        return f"{self.column} LIKE %({self.name})s"


def matching(where: Where, words: Words) -> Where:
    """Posts that have all the words."""
    if not words.words:
        return where.plus("false")
    ways = [places_of(word, str(place)) for place, word in enumerate(words.words)]
    all_of_them = [f"({' OR '.join(like.sql for like in likes)})" for likes in ways]
    params = {like.name: like.pattern for likes in ways for like in likes}
    where = Where(where.conditions, {**where.params, **params})
    if words.is_whole_wanted:
        either = f"(({' AND '.join(all_of_them)}) OR part_folded LIKE %(whole)s)"
        return where.plus(either, whole=containing(words.whole))
    return Where((*where.conditions, *all_of_them), where.params)


def places_of(word: Word, place: str) -> list[Like]:
    """Where a post may have the word: in any of these."""
    likes = []
    if word.text and word.is_short:
        likes.append(Like("text_folded", f"first_{place}", beginning(word.text)))
        likes.append(Like("text_folded", f"later_{place}", containing(f" {word.text}")))
    elif word.text:
        likes.append(Like("text_folded", f"word_{place}", containing(word.text)))
    if word.part:
        likes.append(Like("part_folded", f"part_{place}", containing(word.part)))
    return likes
