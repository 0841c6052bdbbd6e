"""Languages and levels as people write them: ``English B2; tiếng Nhật N3 (JLPT), TOEIC 750``."""

from __future__ import annotations

import re

from data.folding import fold, nfc
from data.taxonomies import code_of, terms
from matcher.errors import UnknownCode
from matcher.profile import LanguageSkill
from matcher.taxonomy import TEST_SCORES_TO_LEVEL, level_of_score, level_rank

TEST_LANGUAGES = {
    "IELTS": "en",
    "TOEIC": "en",
    "CLB": "en",
    "TOPIK": "ko",
    "HSK": "zh",
    "JLPT": "ja",
}
JLPT_LEVELS = {"N1": "C1", "N2": "B2", "N3": "B1", "N4": "A2", "N5": "A1"}
"""The usual rough equivalence, to be confirmed by the programme."""

MOST_WORDS = 6
"""Words of a language's name; the rest of a piece is its level."""

_TEST = re.compile(rf"\b({'|'.join(TEST_SCORES_TO_LEVEL)})\b\s*:?\s*(\d+(?:[.,]\d+)?)", re.I)
_JLPT = re.compile(r"\b(N[1-5])\b|\bJLPT\b", re.I)
_CEFR = re.compile(r"\b([ABC][12])\b", re.I)


def skills_of(field: str, text: str) -> tuple[LanguageSkill, ...]:
    """Read every language of a text with its level where one is given, each language once.

    A test names its language. Of two levels of one language the higher counts. Raises UnknownCode
    for a piece that names no language.
    """
    found: dict[str, str | None] = {}
    for piece in re.split(r"[;,\n]|\s(?:và|and)\s", _without_decimal_commas(nfc(text))):
        if piece.strip():
            skill = _skill(field, piece.strip())
            found[skill.language] = _higher(found.get(skill.language), skill.level)
    return tuple(LanguageSkill(language, level) for language, level in found.items())


def skill_of_level(language: str, text: str) -> LanguageSkill:
    """Read a cell below the heading of one language: a level, a test score, or just a mark."""
    return LanguageSkill(language, _level(text)[0])


def _skill(field: str, piece: str) -> LanguageSkill:
    level, tested, rest = _level(piece)
    named = code_of("language", rest) if rest else None
    if named is None and rest:
        named, level = _with_word_for_level(rest, level)
    language = named or tested
    if language is None or (rest and named is None):
        raise UnknownCode(field=field, value=piece[:80], known=tuple(terms("language")))
    return LanguageSkill(language, level)


def _level(piece: str) -> tuple[str | None, str | None, str]:
    """Return the level of a piece, the language that its test is of, and what is left of it."""
    level: str | None = None
    tested: str | None = None
    for test, score in _TEST.findall(piece):
        tested = TEST_LANGUAGES[test.upper()]
        level = _higher(level, level_of_score(test.upper(), float(score.replace(",", "."))))
    rest = _TEST.sub(" ", piece)
    for grade in _JLPT.findall(rest):
        tested = "ja"
        level = _higher(level, JLPT_LEVELS.get(grade.upper()))
    rest = _JLPT.sub(" ", rest)
    for grade in _CEFR.findall(rest):
        level = _higher(level, grade.upper())
    rest = re.sub(r"[^\w\s]", " ", _CEFR.sub(" ", rest)).strip()
    if not rest or level is not None:
        return level, tested, rest
    word = code_of("level", rest)
    return (word, tested, "") if word else (level, tested, rest)


def _with_word_for_level(rest: str, level: str | None) -> tuple[str | None, str | None]:
    """Try a language followed by a word for its level: ``tiếng Anh thành thạo``."""
    parts = rest.split()
    for cut in range(min(len(parts) - 1, MOST_WORDS), 0, -1):
        language = code_of("language", " ".join(parts[:cut]))
        word = code_of("level", " ".join(parts[cut:]))
        if language and (word or fold(parts[cut]) in ("trinh", "level")):
            return language, level or word
    return None, level


def _without_decimal_commas(text: str) -> str:
    return re.sub(r"(?<=\b\d),(?=[05]\b)", ".", text)  # IELTS 6,5


def _higher(one: str | None, other: str | None) -> str | None:
    given = [level for level in (one, other) if level is not None]
    return max(given, key=level_rank, default=None)
