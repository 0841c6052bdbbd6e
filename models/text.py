"""A profile as the texts that are embedded: one for each language that it is written in.

A profile's vector is the mean of the vectors of its texts, so that a profile written in two
languages stands between them and is no nearer to readers of the one than of the other; a text's is
the mean over its sentences, which says the same in two languages more nearly than the text read in
one go. Only what tells what somebody does goes in: names of people, sums and conditions are for
the rules.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from matcher.profile import Alumnus, Incubator, Programme, Startup

Kind = Literal["startup", "programme", "alumnus", "incubator"]

LOCAL = "local"
"""Language of a text in the organiser's own language, whichever that is."""

MOST_SENTENCES = 40
"""Sentences of a text that are read; what comes after tells little that is new."""

ABBREVIATIONS = "TP Q P GS PGS TS ThS KS BS Mr Mrs Ms Dr Prof St vs Co Ltd Inc Corp".split()
"""Words whose full stop ends no sentence, beside those with stops within, as U.S. and v.v. have.

A sentence too long by half says much the same; ``Hồ Chí Minh.`` cut from its ``TP.`` would count as
much as a whole sentence.
"""

_SHORTENED = "".join(rf"(?<!\b{word}\.)" for word in ABBREVIATIONS)
_SENTENCE_END = re.compile(
    rf"(?<=[.;!?])(?<!\.\w\.){_SHORTENED}\s+|(?<=[。！？；])(?![」』）])|\n", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Written:
    """A text with the kind of profile that it describes and the language of its field."""

    kind: Kind
    language: str
    text: str


def startup_texts(startup: Startup) -> tuple[Written, ...]:
    """What the startup makes and for whom; empty where nothing is written."""
    return _written(
        "startup",
        en=_joined(startup.product_en, startup.description_en),
        vi=_joined(startup.product_vi, startup.description_vi),
    )


def programme_texts(programme: Programme) -> tuple[Written, ...]:
    """What the programme does and for whom, under its name; the name alone where that is all."""
    described = {
        "en": programme.description_en,
        "vi": programme.description_vi,
        LOCAL: programme.description_local,
    }
    named = {
        lang: _joined(programme.name, text) for lang, text in described.items() if _joined(text)
    }
    return _written("programme", **named) or _written("programme", en=programme.name)


def alumnus_texts(alumnus: Alumnus) -> tuple[Written, ...]:
    """What an alumnus does."""
    return _written("alumnus", en=alumnus.what_en, vi=alumnus.what_vi)


def incubator_texts(incubator: Incubator) -> tuple[Written, ...]:
    """What the incubator does and for whom."""
    return _written("incubator", en=incubator.description_en, vi=incubator.description_vi)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences, clauses and lines of a text, at most :data:`MOST_SENTENCES`; never none."""
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return tuple(part for part in parts if part)[:MOST_SENTENCES] or (text,)


def _written(kind: Kind, **texts: str | None) -> tuple[Written, ...]:
    clean = {
        language: unicodedata.normalize("NFC", text).strip()
        for language, text in texts.items()
        if text
    }
    return tuple(Written(kind, language, text) for language, text in clean.items() if text)


def _joined(*texts: str | None) -> str | None:
    return "\n".join(text.strip() for text in texts if text and text.strip()) or None
