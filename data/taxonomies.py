"""Names of codes in both languages, and codes of names as people write them.

The codes are those of ``matcher/taxonomy.py``; their names stand in ``taxonomy/<vocabulary>.csv``.
Names of countries and languages come from Babel (Unicode CLDR) where our file gives none. Markets
are countries, blocs and "any country" together.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel import Locale

from data.currencies import rates
from data.folding import nfc, words
from matcher.errors import UnknownCode, UnknownName
from matcher.taxonomy import VOCABULARIES

LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its name in each language and the other ways in which people write it."""

    code: str
    en: str
    vi: str
    aliases: tuple[str, ...] = ()


@cache
def terms(vocabulary: str) -> dict[str, Term]:
    """Return every term of a vocabulary by code, in reading order; countries by code.

    Raises UnknownName for a vocabulary that is not known.
    """
    if vocabulary not in VOCABULARIES:
        raise UnknownName(what="vocabulary", value=vocabulary, known=tuple(VOCABULARIES))
    if vocabulary == "market":
        return _read("market") | terms("bloc") | terms("country")
    if vocabulary == "currency":
        return {rate.code: Term(rate.code, rate.en, rate.vi) for rate in rates().values()}
    if vocabulary in ("country", "language"):
        return _named_by_babel(vocabulary)
    return _read(vocabulary)


def name_of(vocabulary: str, code: str, lang: str) -> str:
    """Return a code's name in ``vi`` or ``en``.

    Raises UnknownCode for a code that the vocabulary does not list, UnknownName for a language.
    """
    if lang not in LANGUAGES:
        raise UnknownName(what="language", value=lang, known=LANGUAGES)
    term = _term(vocabulary, code)
    return term.vi if lang == "vi" else term.en


def names_of(vocabulary: str, code: str) -> tuple[str, str]:
    """Return a code's name in Vietnamese and in English."""
    term = _term(vocabulary, code)
    return term.vi, term.en


def code_of(vocabulary: str, text: str) -> str | None:
    """Return the code that a text means: a code, a name in either language or an alias.

    Case, diacritics, punctuation and blanks do not matter, unless only they tell two codes apart:
    ``Mỹ`` is the United States, ``MY`` Malaysia, and ``my`` could be either. ``None`` if nothing,
    or no one thing, is meant.
    """
    exact = text.strip()
    if exact in terms(vocabulary):
        return exact
    spelt, folded = _codes(vocabulary)
    return spelt.get(nfc(text).casefold()) or folded.get(words(text))


def _term(vocabulary: str, code: str) -> Term:
    known = terms(vocabulary)
    if code not in known:
        raise UnknownCode(field=vocabulary, value=code, known=tuple(known))
    return known[code]


@cache
def _codes(vocabulary: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return code by name as it is spelt, and code by folded name where that means one code."""
    spelt: dict[str, str] = {}
    folded: dict[str, set[str]] = {}
    for term in terms(vocabulary).values():
        for name in (term.vi, term.en, *term.aliases):
            spelt.setdefault(nfc(name).casefold(), term.code)
        for name in (term.code, term.vi, term.en, *term.aliases):
            folded.setdefault(words(name), set()).add(term.code)
    return spelt, {name: codes.pop() for name, codes in folded.items() if name and len(codes) == 1}


@cache
def _read(vocabulary: str) -> dict[str, Term]:
    path = resources.files("data") / "taxonomy" / f"{vocabulary}.csv"
    with path.open("r", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {
        row["code"]: Term(row["code"], row["en"], row["vi"], _split(row["aliases"])) for row in rows
    }


def _named_by_babel(vocabulary: str) -> dict[str, Term]:
    ours = _read(vocabulary)
    return {code: _completed(vocabulary, code, ours.get(code)) for code in _sorted(vocabulary)}


def _completed(vocabulary: str, code: str, ours: Term | None) -> Term:
    """Fill our names from Babel's; where ours differ, Babel's become aliases."""
    en, vi = (_babel_name(vocabulary, code, lang) for lang in ("en", "vi"))
    if ours is None:
        return Term(code, en, vi)
    return Term(code, ours.en or en, ours.vi or vi, (*ours.aliases, en, vi))


def _babel_name(vocabulary: str, code: str, lang: str) -> str:
    locale = Locale(lang)
    names = locale.territories if vocabulary == "country" else locale.languages
    return str(names[code])


def _sorted(vocabulary: str) -> list[str]:
    return sorted(VOCABULARIES[vocabulary])


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(filter(None, aliases.split(";")))
