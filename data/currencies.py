"""Dated planning rates of currencies, and sums of money in US dollars."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources

from matcher.profile import Money


@dataclass(frozen=True, slots=True)
class Rate:
    """Dollars for one unit of a currency, on a day, from a source; ``None`` if not known."""

    code: str
    en: str
    vi: str
    usd_per_unit: float | None
    as_of: date | None
    source: str


@cache
def rates() -> dict[str, Rate]:
    """Return the rate of every currency by its ISO 4217 code."""
    path = resources.files("data") / "taxonomy" / "currencies.csv"
    with path.open("r", encoding="utf-8") as lines:
        return {row["code"]: _rate(row) for row in csv.DictReader(lines)}


def in_usd(money: Money) -> Money:
    """Return the same sum with ``usd`` at the dated rate, or ``None`` where none is known."""
    rate = rates().get(money.currency)
    if rate is None or rate.usd_per_unit is None:
        return replace(money, usd=None)
    return replace(money, usd=round(money.amount * rate.usd_per_unit, 2))


def _rate(row: dict[str, str]) -> Rate:
    return Rate(
        code=row["code"],
        en=row["en"],
        vi=row["vi"],
        usd_per_unit=float(row["usd_per_unit"]) if row["usd_per_unit"] else None,
        as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
        source=row["source"],
    )
