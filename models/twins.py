"""How alike a profile is read in two languages, or in two ways of writing one: twins and measures.

The same startup is written in English alone, in Vietnamese alone, in both, without marks, and as a
telephone is typed on: shorthand and English terms in between. An engine that reads what is meant
gives all of these the same programmes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from matcher.profile import Startup
from matcher.weights import LIKENESSES
from models.accents import bare

Floats = NDArray[np.floating]

SHORTHAND: tuple[tuple[str, str], ...] = (
    ("trí tuệ nhân tạo", "AI"),
    ("thương mại điện tử", "e-commerce"),
    ("doanh nghiệp", "DN"),
    ("khách hàng", "KH"),
    ("người dùng", "user"),
    ("nhà đầu tư", "investor"),
    ("phần mềm", "software"),
    ("ứng dụng", "app"),
    ("nền tảng", "platform"),
    ("giải pháp", "solution"),
    ("thị trường", "market"),
    ("dữ liệu", "data"),
    ("sản phẩm", "sp"),
    ("công ty", "cty"),
    ("không", "ko"),
    ("được", "đc"),
    ("những", "nhg"),
    ("người", "ng"),
    ("trong", "trog"),
    ("với", "vs"),
    ("này", "nì"),
    ("quá", "wa"),
    ("gì", "j"),
    ("và", "&"),
)
"""What is typed instead, the longest first: teencode, and the English terms that offices mix in."""

TOP = 10
"""Length of the lists that are compared."""


def in_shorthand(text: str) -> str:
    """A Vietnamese text with all that :data:`SHORTHAND` knows replaced, whatever its case."""
    for full, short in SHORTHAND:
        text = re.sub(rf"\b{full}\b", short, text, flags=re.IGNORECASE)
    return text


def in_english(startup: Startup) -> Startup:
    """The startup with its English text alone."""
    return replace(startup, product_vi=None, description_vi=None)


def in_vietnamese(startup: Startup, change: Callable[[str], str] = str) -> Startup:
    """The startup with its Vietnamese text alone, changed."""
    texts = [t if t is None else change(t) for t in (startup.product_vi, startup.description_vi)]
    alone = replace(startup, product_en=None, description_en=None)
    return replace(alone, product_vi=texts[0], description_vi=texts[1])


WRITINGS: Mapping[str, Callable[[Startup], Startup]] = {
    "en": in_english,
    "vi": in_vietnamese,
    "both": lambda startup: startup,
    "bare": lambda startup: in_vietnamese(startup, bare),
    "mixed": lambda startup: in_vietnamese(startup, in_shorthand),
    "bare_mixed": lambda startup: in_vietnamese(startup, lambda t: bare(in_shorthand(t))),
}
"""The ways of writing by name; ``bare`` is without marks, ``mixed`` with shorthand."""

DIRECTIONS: tuple[tuple[str, str], ...] = (
    ("vi", "en"),
    ("en", "vi"),
    ("vi", "both"),
    ("en", "both"),
    ("bare", "vi"),
    ("mixed", "vi"),
    ("bare_mixed", "vi"),
    ("bare", "en"),
    ("mixed", "en"),
    ("bare_mixed", "en"),
)
"""From a way of writing to the one that it is compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Startups, all written in one way, as an engine sees them.

    Attributes
    ----------
    vectors
        Of unit length, (startups, dimension).
    cosines
        Of each likeness, (startups, programmes), NaN where unknown.
    tops
        Ids of the best :data:`TOP` programmes of each.
    """

    vectors: Floats
    cosines: Mapping[str, Floats]
    tops: Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far one way of writing agrees with another, each between 0 and 1 at best.

    Attributes
    ----------
    n
        Startups that were compared.
    found_first
        Share whose twin is nearer than any other startup's text in the second way.
    text, portfolio
        Mean rank correlation (Spearman) of each likeness over the programmes.
    top10
        Mean share of the first list that is in the second; startups with none open are left out.
    """

    source: str
    target: str
    n: int
    found_first: float
    text: float
    portfolio: float
    top10: float


def is_twin(startup: Startup) -> bool:
    """Whether a startup is described in both languages."""
    return bool(startup.description_en and startup.description_vi)


def compare(one: Seen, other: Seen, places: Sequence[int]) -> Floats:
    """Measures of startups at these places, (places, 4): found first, text, portfolio, top 10.

    ``other`` holds every startup that a twin is looked for among, ``one`` may hold but those at
    the places, in their order.
    """
    found = np.argmax(one.vectors @ other.vectors.T, axis=1) == np.asarray(places)
    ranks = [
        rank_correlation(one.cosines[name], other.cosines[name][list(places)])
        for name in LIKENESSES
    ]
    lists = [overlap(top, other.tops[place]) for top, place in zip(one.tops, places, strict=True)]
    return np.column_stack([found, *ranks, lists])


def rank_correlation(one: Floats, other: Floats) -> Floats:
    """Spearman's, row by row; columns that are not known in every row are left out."""
    known = ~(np.isnan(one).any(axis=0) | np.isnan(other).any(axis=0))
    if known.sum() < 2:
        return np.full(len(one), np.nan)
    ranks = [rankdata(side[:, known], axis=1) for side in (one, other)]
    left, right = (side - side.mean(axis=1, keepdims=True) for side in ranks)
    spread = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    products: Floats = (left * right).sum(axis=1)
    return np.where(spread > 0, products / np.where(spread > 0, spread, 1.0), np.nan)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of a list that is in another; NaN where there is nothing to share."""
    return len(one & other) / len(one) if one else float("nan")


def agreement_of(source: str, target: str, rows: Floats) -> Agreement:
    """The means of measures as :func:`compare` gives them; what is not known is left out."""
    means = [fmean(known) if len(known := c[~np.isnan(c)]) else float("nan") for c in rows.T]
    return Agreement(source, target, len(rows), *means)
