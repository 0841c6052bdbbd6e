"""A profile as the texts that are embedded: one for each language that it is written in.

A profile's vector is the mean of the vectors of its texts, so that a profile written in two
languages stands between them and is no nearer to readers of the one than of the other. Only what
tells what somebody does goes in: names of people, sums and conditions are for the rules.
"""

from __future__ import annotations

import unicodedata

from matcher.profile import Incubator, Programme, Startup


def startup_texts(startup: Startup) -> tuple[str, ...]:
    """What the startup makes and for whom; empty where nothing is written."""
    return _written(
        _joined(startup.product_en, startup.description_en),
        _joined(startup.product_vi, startup.description_vi),
    )


def programme_texts(programme: Programme) -> tuple[str, ...]:
    """What the programme does and for whom, under its name; empty where nothing is described."""
    described = (
        programme.description_en,
        programme.description_vi,
        programme.description_local,
    )
    return _written(*(text and _joined(programme.name, text) for text in described))


def portfolio_texts(programme: Programme) -> tuple[tuple[str, ...], ...]:
    """What each alumnus does, in each language, alumnus by alumnus; only those described."""
    texts = (_written(alumnus.what_en, alumnus.what_vi) for alumnus in programme.portfolio or ())
    return tuple(text for text in texts if text)


def incubator_texts(incubator: Incubator) -> tuple[str, ...]:
    """What the incubator does and for whom."""
    return _written(incubator.description_en, incubator.description_vi)


def _written(*texts: str | None) -> tuple[str, ...]:
    clean = (unicodedata.normalize("NFC", text).strip() for text in texts if text)
    return tuple(text for text in clean if text)


def _joined(*texts: str | None) -> str | None:
    return "\n".join(text.strip() for text in texts if text and text.strip()) or None
