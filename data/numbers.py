"""Numbers and sums of money as people write them, in Vietnamese and English.

Which mark is the decimal one? A number tells it itself when it holds both marks (the last is
decimal), one mark more than once (thousands), or one mark not followed by exactly three digits
(decimal). ``1.234`` and ``1,234`` tell nothing: then the other cells of the column decide, and if
they tell nothing either or disagree, the mark is taken for thousands, as in a Vietnamese form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.currencies import in_usd
from data.folding import fold
from data.taxonomies import code_of
from matcher.profile import Money

LONGEST = 120
"""A longer text is neither a number nor a sum."""

_NUMBER = r"\d+(?:[ .,']\d+)*"
_SCALES = {
    "nghin ty": 1e12, "trillion": 1e12,
    "ty": 1e9, "ti": 1e9, "billion": 1e9, "bn": 1e9, "b": 1e9,
    "trieu": 1e6, "tr": 1e6, "million": 1e6, "mn": 1e6, "mio": 1e6, "mil": 1e6, "m": 1e6,
    "nghin": 1e3, "ngan": 1e3, "thousand": 1e3, "k": 1e3,
}  # fmt: skip
_VIETNAMESE_SCALES = frozenset(("nghin ty", "ty", "ti", "trieu", "tr", "nghin", "ngan"))
_MINUS = re.compile("[-\u2212\u2013]")
_SCALED = re.compile(rf"({_NUMBER})(?:\s*({'|'.join(_SCALES)})(?![a-z]))?")
_ABOUT = re.compile(r"khoang|approximately|approx\.?|about|circa|~|≈")
_SIGNS = {
    "us$": "USD", "$": "USD", "usd$": "USD", "do": "USD", "do la": "USD", "dollar": "USD",
    "dollars": "USD", "do my": "USD", "s$": "SGD", "sg$": "SGD", "a$": "AUD", "au$": "AUD",
    "c$": "CAD", "hk$": "HKD", "nt$": "TWD", "nz$": "NZD", "€": "EUR", "euros": "EUR",
    "£": "GBP", "₩": "KRW", "won": "KRW", "₫": "VND", "d": "VND", "dong": "VND", "vnđ": "VND",
    "yen": "JPY", "baht": "THB", "te": "CNY", "rmb": "CNY", "₹": "INR", "rupee": "INR",
    "ringgit": "MYR", "rm": "MYR", "do sing": "SGD", "do uc": "AUD",
}  # fmt: skip
"""Signs and words for currencies, folded. ``¥`` is left out: it may be yen or yuan."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a heading says of the amounts below it: ``(triệu đồng)`` is 1e6 and VND."""

    factor: float = 1.0
    currency: str | None = None


PLAIN = Unit()


def decimal_mark(texts: Iterable[str]) -> str | None:
    """Return the decimal mark that the numbers of a column prove, if they prove exactly one."""
    proofs = {_proof(token) for text in texts for token in re.findall(_NUMBER, text)} - {None}
    return proofs.pop() if len(proofs) == 1 else None


def number_of(text: str, decimal: str | None = None) -> float | None:
    """Read a plain number; ``None`` if the text is none. ``decimal`` is the column's mark."""
    if len(text) > LONGEST:
        return None
    bare = text.strip().lstrip("+")
    if re.fullmatch(r"-?\d+(\.\d+)?e[+-]?\d+", bare, re.IGNORECASE):
        return float(bare)
    negative = bare[:1] in ("-", "−")
    bare = bare[1:].strip() if negative else bare
    if not re.fullmatch(_NUMBER, bare):
        return None
    value = _value(bare, decimal)
    return -value if negative and value is not None else value


def money_of(text: str, unit: Unit = PLAIN, decimal: str | None = None) -> Money | None:
    """Read a sum with its currency; ``None`` if the text is none or names no one currency.

    A sum without a currency takes that of the heading, or dong where it is scaled in Vietnamese.
    """
    if len(text) > LONGEST:
        return None
    bare = _ABOUT.sub(" ", fold(text))
    pieces = _SCALED.findall(bare)
    scales = [scale for _, scale in pieces]
    amounts = [_value(number, decimal) for number, _ in pieces]
    if not pieces or None in amounts or (len(pieces) > 1 and "" in scales):
        return None  # a range such as 50-100 triệu is no sum
    rest = " ".join(_SCALED.sub(" ", bare).split())
    if _MINUS.search(rest):
        return None  # no sum of ours is negative, and a minus must not be lost
    currency = currency_of(rest) if rest else None
    if rest and currency is None:
        return None
    factor = unit.factor if not currency and scales == [""] else 1.0
    currency = currency or unit.currency or ("VND" if scales[0] in _VIETNAMESE_SCALES else None)
    if currency is None:
        return None
    total = sum((a or 0) * _SCALES.get(s, 1.0) for a, s in zip(amounts, scales, strict=True))
    return in_usd(Money(round(total * factor, 6), currency))


def unit_of(text: str) -> Unit:
    """Read the unit that a heading gives in brackets or after a comma; plain if it gives none."""
    bare = fold(" ".join(re.findall(r"\(([^)]*)\)", text)) or text.rpartition(",")[2])
    found = re.match(rf"({'|'.join(_SCALES)})?(?![a-z])\s*(.*)", bare)
    scale, rest = (found.group(1), found.group(2)) if found else (None, bare)
    currency = currency_of(rest)
    if currency is None and scale in _VIETNAMESE_SCALES and not rest:
        currency = "VND"
    return Unit(_SCALES[scale] if scale and currency else 1.0, currency)


def currency_of(text: str) -> str | None:
    """Return the ISO code that a sign, a word, a name or a code means."""
    bare = fold(text).strip(" .()")
    return _SIGNS.get(bare) or code_of("currency", bare.upper()) or code_of("currency", bare)


def _proof(token: str) -> str | None:
    dots, commas = token.count("."), token.count(",")
    if dots and commas:
        return "." if token.rfind(".") > token.rfind(",") else ","
    if dots + commas == 0:
        return None
    mark, other = (".", ",") if dots else (",", ".")
    if dots + commas > 1:
        return other
    head, _, tail = token.partition(mark)
    plain = len(tail) != 3 or len(head) > 3 or head == "0"
    return mark if plain else None


def _value(token: str, decimal: str | None) -> float | None:
    """Read a token by its own proof, else by the column's mark; None if its groups are not of 3."""
    own = _proof(token)
    marks = own or decimal or ("," if "." in token else ".")
    whole, _, fraction = token.partition(marks)
    groups = re.split(r"[ .,']", whole)
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(g) != 3 for g in groups[1:])):
        return None
    if not re.fullmatch(r"\d*", fraction):
        return None
    return float("".join(groups) + "." + (fraction or "0"))
