"""Words as the index of words is asked for them: for all posts that fit, and perhaps some more.

The index intersects what is joined by AND; an OR inside of that is read from the posts. So the OR
stands outside. And the index is asked for less than is wanted, as reading all it has of every
three letters costs more than looking at a few posts too many.
"""

from dataclasses import replace
from itertools import product

from core.listing import Where
from marketplace.queries.words import (
    LEAST_INFIX,
    Like,
    Word,
    Words,
    beginning,
    containing,
    places_of,
)

# Words looked for in each of two places: every one doubles the questions.
MOST_DOUBLED = 2
# What is in part numbers is rare: so many patterns, the part's own among them, tell enough.
PATTERNS_WITH_A_PART = 2


def indexed(where: Where, words: Words) -> Where:
    arms = _arms(words)
    either = " OR ".join(f"({' AND '.join(like.sql for like in arm)})" for arm in arms)
    params = {like.name: like.pattern for arm in arms for like in arm}
    return where.plus(f"({either})" if arms else "false", **params)


def _arms(words: Words) -> list[list[Like]]:
    """What fits has all of one arm. Numbers stand first, as few posts have them."""
    if not words.words:
        return []
    placed = sorted(enumerate(words.words), key=_rarity)
    ways = [_indexed_places(word, str(place)) for place, word in placed]
    doubled = [likes for likes in ways if len(likes) > 1][:MOST_DOUBLED]
    single = [likes[0] for likes in ways if len(likes) == 1]
    arms = []
    for likes in product(*doubled):
        has_part = any(like.column == "part_folded" for like in likes)
        arms.append([*likes, *single][: PATTERNS_WITH_A_PART if has_part else None])
    if words.is_whole_wanted:
        arms.append([Like("part_folded", "whole", containing(words.whole))])
    return arms


def _rarity(placed: tuple[int, Word]) -> tuple[bool, int]:
    """Numbers, then the longest words."""
    _place, word = placed
    return not word.part, -len(word.text)


def _indexed_places(word: Word, place: str) -> list[Like]:
    likes = places_of(word, place)
    if word.text and not word.is_short:
        likes[0] = replace(likes[0], name=f"threes_{place}", pattern=_threes(word.text))
    return likes


def _threes(text: str) -> str:
    """A pattern of three letters after three, the last ones with what is left: these are a third
    of the threes that the index knows of the word, and tell nearly as much as all of them."""
    last = max(len(text) // LEAST_INFIX - 1, 0) * LEAST_INFIX
    pieces = [text[place : place + LEAST_INFIX] for place in range(0, last, LEAST_INFIX)]
    return "%" + "".join(beginning(piece) for piece in (*pieces, text[last:]))
