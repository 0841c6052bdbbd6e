"""Texts for people: a reason, an error or a screen word as a sentence of the reader's language.

The sentences stand in ``data/languages/<language>.toml``; their notation is told at the top of
those files. To add a language: write its file, and its code into :data:`LANGUAGES`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from data.folding import place_name
from data.page_texts import page_texts
from data.taxonomies import name_of
from matcher.errors import CauNoiError, UnknownName
from matcher.profile import Alumnus, FactSource, Founder, LanguageSkill, Money, form_of
from matcher.rules.base import Coded, InLanguages, Reason, Sum, money
from matcher.taxonomy import ANY_MARKET

LANGUAGES = ("vi", "en")
"""Languages of the product, the first one being the default."""

CITY = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where the reader's clock stands."""

MOST_LISTED = 30
"""Known names that an error lists; of more, only how many are left out."""

MOST_REMEMBERED = 20_000
"""Sentences of reasons kept, since the same few recur from pair to pair."""

_PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
_YEAR, _MONTHS = "founded_year", "intake_months"  # integers that are no quantities
_SEGMENT = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_RANGE = re.compile(r"\s*([A-Za-z0-9-]+|\*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error as a person reads it: what is wrong, the facts, and what to do next."""

    title: str
    detail: str
    next: str


@dataclass(frozen=True, slots=True)
class _NamedSum:
    """How sums of one currency are written from ``unit`` on, such as ``{amount} tỷ đồng``."""

    currency: str
    unit: float
    text: str


@dataclass(frozen=True, slots=True)
class _Language:
    """A language file: its sentences by dotted key, and how it writes facts."""

    locale: Locale
    date: str
    lowered: frozenset[str]
    capitals: tuple[str, ...]
    named_sums: tuple[_NamedSum, ...]
    texts: Mapping[str, str]


@cache
def _load(lang: str) -> _Language:
    if lang not in LANGUAGES:
        raise UnknownName(what="language", value=lang[:20], known=LANGUAGES)
    file = resources.files("data") / "languages" / f"{lang}.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    form = tables["language"]
    return _Language(
        locale=Locale.parse(form["locale"]),
        date=form["date"],
        lowered=frozenset(form["lowered"]),
        capitals=tuple(form["capitals"]),
        named_sums=tuple(_NamedSum(**named) for named in tables["sum"]["named"]),
        texts=_flat(tables) | {f"page.{key}": text for key, text in page_texts(lang).items()},
    )


def _flat(table: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """The texts of nested tables by their dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, str):
            flat[path + key] = value
        elif isinstance(value, Mapping):
            flat |= _flat(value, f"{path}{key}.")
    return flat


class Texts:
    """The texts of one language.

    Raises
    ------
    UnknownName
        When made for a language that is not listed. Every method raises KeyError for a key that
        the language file does not have, and for a fact that its sentence names but is not given.
    """

    def __init__(self, lang: str) -> None:
        self._language = _load(lang)
        self._locale = self._language.locale
        self.lang = lang
        self._reasons: dict[Reason, str] = {}

    @property
    def keys(self) -> frozenset[str]:
        """Dotted keys of all texts, such as ``reason.age.too_old``."""
        return frozenset(self._language.texts)

    def reason(self, reason: Reason) -> str:
        """Say why a verdict is as it is, or put the question that is open."""
        said = self._reasons.get(reason)
        if said is None:
            if len(self._reasons) >= MOST_REMEMBERED:
                self._reasons.clear()
            said = self._say(f"reason.{reason.code}", dict(reason.facts))
            self._reasons[reason] = said
        return said

    def error(self, error: CauNoiError) -> ErrorText:
        """Say what is wrong and what to do next."""
        facts = dict(error.facts)
        if isinstance(facts.get("field"), str):
            facts["field"] = self._field_path(str(facts["field"]))
        limits = facts.get("limits")
        if isinstance(limits, tuple):
            facts["limits"] = tuple(self.limit(name) for name in limits)
        key = f"error.{error.code}"
        parts = (self._say(f"{key}.{part}", facts) for part in ("title", "detail", "next"))
        return ErrorText(*parts)

    def limit(
        self, name: str, named: Callable[[str], str] = str, currency: str | None = None
    ) -> str:
        """Say a limit of a round by the name under which the officer knows it.

        Built-in limits are named ``kind:id`` or ``kind:startup:programme``; ``named`` gives the
        name of an id, ``currency`` is the budget's.
        """
        kind, _, ids = name.partition(":")
        key = f"limit.{kind}"
        if key not in self._language.texts or (ids == "") != (kind == "budget"):
            return name
        of = " – ".join(named(id) for id in ids.split(":"))
        return self._say(key, {"of": of, "currency": currency})

    def rule(self, name: str) -> str:
        """Short name of a rule or part of the score, for a heading."""
        return self._text(f"rule.{name}")

    def rule_about(self, name: str) -> str:
        """One line on what a rule or part of the score looks at."""
        return self._text(f"rule_about.{name}")

    def field(self, name: str) -> str:
        """Name of a field of a profile, for a heading."""
        return self._text(f"field.{name}")

    def screen(self, key: str, /, **facts: object) -> str:
        """A text of the command line or of a page, such as ``match.top_programmes``."""
        return self._say(f"screen.{key}", facts)

    @property
    def page_keys(self) -> frozenset[str]:
        """Dotted keys of all texts of the pages, such as ``home.title``."""
        return frozenset(page_texts(self.lang))

    def page(self, key: str, /, **facts: object) -> str:
        """A text of the pages, as it is written: not started with a capital."""
        return self._filled(f"page.{key}", facts)

    def report(self, key: str, /, **facts: object) -> str:
        """A heading or sentence of a report, such as ``column.startup``."""
        return self._say(f"report.{key}", facts)

    def content(self, kind: type, field: str, value: object) -> str:
        """Write what a field of a profile or value class holds, its codes by their names."""
        form = form_of(kind, field)
        codes = value if isinstance(value, tuple) else (value,)
        if value == ():
            return self._text("screen.none")
        if isinstance(value, str) and not form.vocabulary:
            return place_name(value, self.lang) if field == "city" else value
        if value is None or not (form.vocabulary or field in (_YEAR, _MONTHS)):
            return _capital(self.value(value))
        if field == _YEAR:
            return str(value)
        if field == _MONTHS:
            return _capital(self._joined([self.value(month, "month") for month in codes]))
        return _capital(self.value(Coded(str(form.vocabulary), tuple(map(str, codes)))))

    def value(self, value: object, form: str | None = None) -> str:
        """Write any fact as this language does; ``form`` as in ``{fact:form}``."""
        if form is not None and value is not None:
            return self._in_form(value, form)
        match value:
            case None:
                return self._text("words.unknown")
            case str():
                return value
            case bool():
                return self._text("words.yes" if value else "words.no")
            case int() | float():
                return _number(value or 0, self.lang)
            case datetime():
                there = value.astimezone(CITY)
                return f"{there:%H:%M}, {self.value(there.date())}"
            case date():
                return format_date(value, format=self._language.date, locale=self._locale)
            case Sum():
                return self._sum(value)
            case Coded(vocabulary, codes):
                return self._joined([self._name(vocabulary, code) for code in codes])
            case InLanguages():
                return str(getattr(value, self.lang))
            case tuple() | list():
                return self._listed([self.value(item) for item in value])
            case _:
                return self._of_profile(value)

    def _of_profile(self, value: object) -> str:
        """Write a value class of a profile."""
        match value:
            case Money():
                return self.value(money(value))
            case LanguageSkill(language, level):
                name = self._name("language", language)
                return f"{name} ({self._word('level', level)})" if level else name
            case Founder(name=name) | Alumnus(company=name) | FactSource(source=name):
                return name
            case _:
                raise TypeError(f"no way is known to write a {type(value).__name__}")

    def _in_form(self, value: Any, form: str) -> str:
        if form == "month":
            return str(get_month_names("wide", locale=self._locale)[value])
        if form == "percent":
            return format_percent(value, locale=self._locale)
        plural = self._language.texts.get(f"unit.{form}.{self._locale.plural_form(value)}")
        return (plural or self._text(f"unit.{form}.other")).format(amount=self.value(value))

    def _sum(self, value: Sum) -> str:
        """A sum in the largest unit that states it exactly to three decimals, else in full."""
        for named in self._language.named_sums:
            amount = value.amount / named.unit
            exact = amount >= 1 and round(amount, 3) * named.unit == value.amount
            if named.currency == value.currency and (exact or named.unit == 1):
                return named.text.format(amount=self.value(amount))
        amount_ = format_decimal(value.amount, format="#,##0.##", locale=self._locale)
        return self._text("sum.plain").format(amount=amount_, currency=value.currency)

    def _name(self, vocabulary: str, code: str) -> str:
        """Name of a code as it stands inside a sentence."""
        name = name_of(vocabulary, code, self.lang)
        lowered = vocabulary in self._language.lowered or code == ANY_MARKET
        kept = name.startswith(self._language.capitals) or name[1:2].isupper()
        return name[:1].lower() + name[1:] if lowered and not kept else name

    def _joined(self, names: list[str]) -> str:
        """``A, B và C``; with semicolons where a name holds a comma or an "and" itself."""
        glue = format_list(["", ""], locale=self._locale)
        mixed = len(names) > 1 and any("," in name or glue in name for name in names)
        return "; ".join(names) if mixed else format_list(names, locale=self._locale)

    def _listed(self, names: list[str]) -> str:
        more = len(names) - MOST_LISTED
        rest = [f"… (+{more})"] if more > 0 else []
        return ", ".join(names[:MOST_LISTED] + rest)

    def _field_path(self, path: str) -> str:
        """A dotted field as people and as programs name it: ``Nhu cầu (needs)``."""
        named = (
            self._language.texts.get(f"field.{part}") or self._word("field", part)
            for part in path.split(".")
        )
        names = " – ".join(named)
        return path if names == path else f"{names} ({path})"

    def _word(self, fact: str, value: str) -> str:
        return self._language.texts.get(f"words.{fact}.{value}", value)

    def _text(self, key: str) -> str:
        try:
            return self._language.texts[key]
        except KeyError:
            raise KeyError(f"no text {key!r} in {self.lang}.toml") from None

    def _say(self, key: str, facts: Mapping[str, object]) -> str:
        """Fill a sentence with its facts and start it with a capital."""
        return _capital(self._filled(key, facts))

    def _filled(self, key: str, facts: Mapping[str, object]) -> str:
        """Fill a text with its facts."""
        text = self._text(key)
        if "{" not in text and "[" not in text:
            return text
        absent = {name for name, value in facts.items() if value in (None, "", 0, ())}
        absent |= {n for n, v in facts.items() if isinstance(v, Coded) and not v.codes}

        def segment(found: re.Match[str]) -> str:
            names = {name for name, _ in _PLACEHOLDER.findall(found[1])}
            return "" if names & absent else found[1]

        def fact(found: re.Match[str]) -> str:
            name, form = found[1], found[2]
            if name not in facts:
                raise KeyError(f"text {key!r} names the fact {name!r}, which is not given")
            value = facts[name]
            return self._word(name, value) if isinstance(value, str) else self.value(value, form)

        return _PLACEHOLDER.sub(fact, _SEGMENT.sub(segment, text))


@lru_cache(maxsize=10_000, typed=True)
def _number(value: float, lang: str) -> str:
    """A number as a language writes it: a page has hundreds, mostly the same ones."""
    return str(format_decimal(value, locale=_load(lang).locale))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def choose(accept_language: str | None, lang: str | None = None) -> str:
    """Choose the language of an answer.

    Parameters
    ----------
    accept_language
        The header of that name (RFC 9110, section 12.5.4); what cannot be read in it is ignored.
    lang
        What the asker named outright; it wins over the header.

    Raises
    ------
    UnknownName
        When ``lang`` is no language of the product.
    """
    if lang:
        _load(lang.lower())
        return lang.lower()
    quality = _qualities(accept_language or "")
    ordered = sorted((range_ for range_, q in quality.items() if q), key=lambda r: -quality[r])
    welcome = [known for known in LANGUAGES if quality.get(known, 1)] or LANGUAGES
    return negotiate_locale(ordered, LANGUAGES, sep="-") or welcome[0]


def _qualities(header: str) -> dict[str, float]:
    """Quality (0 to 1) of each language range of a header; ``*`` becomes those not named."""
    quality: dict[str, float] = {}
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        if found:
            quality[found[1].lower()] = float(found[2] or 1)
    named = {range_.partition("-")[0] for range_ in quality}
    others = quality.pop("*", None)
    if others is not None:
        quality |= {lang: others for lang in LANGUAGES if lang not in named}
    return quality
