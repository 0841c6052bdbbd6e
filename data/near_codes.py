"""Codes that a text which names none may have meant."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cache

from data.folding import words
from data.taxonomies import code_of, terms

NEAR = 0.62
"""Likeness from which a name is offered."""
_FARTHEST = 0.2
"""How much less alike than the best one a name may be."""
_FEWEST_LETTERS = 3
"""Shorter words that two names share prove nothing."""


def near_codes(vocabulary: str, text: str, most: int = 4) -> tuple[str, ...]:
    """The codes whose names are spelt most like a text, or share most of its words; best first.

    Case, diacritics and punctuation do not matter. Raises UnknownName for an unknown vocabulary.
    """
    meant = code_of(vocabulary, text)
    if meant is not None:
        return (meant,)
    folded = words(text[:80])
    best: dict[str, float] = {}
    for name, code in _names(vocabulary):
        best[code] = max(best.get(code, 0.0), _likeness(folded, name))
    least = max(NEAR, max(best.values(), default=0.0) - _FARTHEST)
    near = sorted((code for code in best if best[code] >= least), key=lambda code: -best[code])
    return tuple(near[:most])


def _likeness(one: str, other: str) -> float:
    """1 for equal texts: the better of likeness by letters and by shared words."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    by_letters = matcher.ratio() if matcher.quick_ratio() >= NEAR else 0.0
    mine, theirs = set(one.split()), set(other.split())
    shared = {word for word in mine & theirs if len(word) >= _FEWEST_LETTERS}
    by_words = len(shared) / max(min(len(mine), len(theirs)), 1) if len(shared) > 1 else 0.0
    return max(by_letters, 0.9 * by_words)


@cache
def _names(vocabulary: str) -> tuple[tuple[str, str], ...]:
    listed = terms(vocabulary).values()
    return tuple((words(n), t.code) for t in listed for n in (t.vi, t.en, *t.aliases, t.code))
