"""Vietnamese that was typed without its marks, written with them again as far as can be told.

The encoder has hardly met Vietnamese without marks: such a text lands far from its own twin. How a
bare syllable is written is learned from reference texts: how often each spelling occurs, and after
which other. The likeliest row is found by dynamic programming (Viterbi 1967) over pairs of
syllables with absolute discounting (Ney, Essen and Kneser 1994). The same reference texts give the
same spelling, on any machine.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.encoder import Encoder, Progress, Role

DISCOUNT = 0.5
"""What every pair that was seen gives of one occurrence to the pairs that were not."""

LEAST_WORDS = 4
"""Shorter texts are left alone: too little to tell their language by."""

MOST_MARKED = 0.1
"""Share of the words that may carry a mark: a name, or a word put right by a telephone."""

_WORD = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"[.,;:!?()\n]")


def bare(text: str) -> str:
    """The text without marks: ``đường sắt`` becomes ``duong sat``."""
    parts = unicodedata.normalize("NFD", text)
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return plain.replace("đ", "d").replace("Đ", "D")


@dataclass(frozen=True, slots=True)
class Accents:
    """How bare syllables are written, and what follows what; see :func:`accents_of`.

    Attributes
    ----------
    spellings
        Spellings of each bare syllable, lower case, in the order of their letters.
    singles, pairs
        How often each spelling occurs, and each two in a row; the empty one begins a clause.
    firsts, followers
        How often a spelling is followed by any other, and by how many different ones.
    whole
        Syllables of the reference.
    favours
        Logarithm of how much likelier a bare word is in Vietnamese than in the other texts.
    """

    spellings: Mapping[str, tuple[str, ...]]
    singles: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    firsts: Mapping[str, int]
    followers: Mapping[str, int]
    whole: int
    favours: Mapping[str, float]

    def restored(self, text: str) -> str:
        """The text with its marks where it is Vietnamese without them, else as it is."""
        composed = unicodedata.normalize("NFC", text)
        found = list(_WORD.finditer(composed))
        words = [match.group() for match in found]
        if not self._lacks_marks([word.lower() for word in words]):
            return text
        ends = [0, *(match.end() for match in found)]
        gaps = [composed[end : m.start()] for end, m in zip(ends, found, strict=False)]
        chosen = self._likeliest([word.lower() for word in words], gaps)
        cased = [_cased_as(old, new) for old, new in zip(words, chosen, strict=True)]
        written = "".join(gap + word for gap, word in zip(gaps, cased, strict=True))
        return written + composed[ends[-1] :]

    def _lacks_marks(self, words: Sequence[str]) -> bool:
        """Whether words in lower case are Vietnamese without marks, rather than the others."""
        if len(words) < LEAST_WORDS or sum(self.favours.get(w, 0.0) for w in words) <= 0:
            return False
        marked = sum(not word.isascii() and word != bare(word) for word in words)
        return marked <= MOST_MARKED * len(words)

    def _likeliest(self, words: Sequence[str], gaps: Sequence[str]) -> list[str]:
        """The likeliest spellings of a row of words; after a break it begins anew."""
        best = {"": 0.0}
        steps: list[dict[str, str]] = []
        for word, gap in zip(words, gaps, strict=True):
            anew = bool(_BREAK.search(gap))
            reached: dict[str, float] = {}
            before: dict[str, str] = {}
            for new in self.spellings.get(word, (word,)):
                ways = (
                    (cost + self._cost("" if anew else old, new), old) for old, cost in best.items()
                )
                reached[new], before[new] = min(ways)
            best = reached
            steps.append(before)
        row = [min((cost, word) for word, cost in best.items())[1]]
        for before in reversed(steps):
            row.append(before[row[-1]])
        return row[-2::-1]

    def _cost(self, before: str, word: str) -> float:
        """Minus the logarithm of the chance that a spelling comes after another."""
        alone = (self.singles.get(word, 0) + 0.1) / (self.whole + 1)
        times = self.firsts.get(before, 0)
        if not times:
            return -math.log(alone)
        seen = max(self.pairs.get((before, word), 0) - DISCOUNT, 0.0)
        return -math.log((seen + DISCOUNT * self.followers[before] * alone) / times)


def accents_of(texts: Iterable[str], others: Iterable[str]) -> Accents:
    """Learn from Vietnamese texts, and from others which language is to be left alone.

    The order in which the texts come leaves no trace.
    """
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for clause in _clauses(texts):
        singles.update(clause)
        pairs.update(pairwise(("", *clause)))
    spellings: dict[str, tuple[str, ...]] = {}
    for word in sorted(singles):
        spellings[bare(word)] = (*spellings.get(bare(word), ()), word)
    firsts: Counter[str] = Counter()
    for (before, _), times in pairs.items():
        firsts[before] += times
    followers = Counter(before for before, _ in pairs)
    favours = _favours(singles, Counter(word for clause in _clauses(others) for word in clause))
    return Accents(spellings, singles, pairs, firsts, followers, singles.total(), favours)


def _favours(singles: Counter[str], others: Counter[str]) -> dict[str, float]:
    here: Counter[str] = Counter()
    for word, times in singles.items():
        here[bare(word)] += times
    lean = math.log(others.total() + 1) - math.log(here.total() + 1)
    return {
        word: lean + math.log(here[word] + 0.5) - math.log(others[word] + 0.5)
        for word in here | others
    }


def _clauses(texts: Iterable[str]) -> Iterator[list[str]]:
    for text in texts:
        for clause in _BREAK.split(unicodedata.normalize("NFC", text).lower()):
            yield _WORD.findall(clause)


def _cased_as(old: str, new: str) -> str:
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


class AccentingEncoder:
    """An :class:`~models.encoder.Encoder` that restores marks before it encodes."""

    def __init__(self, encoder: Encoder, accents: Accents) -> None:
        self.within = encoder
        self.accents = accents

    @property
    def model_id(self) -> str:
        """The id of the model within."""
        return self.within.model_id

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        return self.within.dimension

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Give an array (texts, dimension) of unit rows, in the order given."""
        restored = [self.accents.restored(text) for text in texts]
        return self.within.encode(restored, role, progress=progress)
