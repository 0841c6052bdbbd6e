"""How the startups of a programme are filtered: by sector, stage and place, with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from data.folding import place_name
from data.taxonomies import name_of
from data.texts import Texts
from matcher.profile import Startup
from service.matchmaking import Wish
from service.pages.sides import LENGTHS, number_in

UNKNOWN = "-"
"""The choice of startups of which a filter's fact is not known."""
FILTERS = ("k", "sector", "stage", "place")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the list: its choices with how many startups each has, and what is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list, as the address tells it; "" is no filter."""

    k: int
    sector: str
    stage: str
    place: str

    @property
    def wish(self) -> Wish:
        """The same for the matchmaker."""
        return Wish(self.k, {}, 1000, keeps=self._keeps if self.is_filtered else None)

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is in force."""
        return bool(self.sector or self.stage or self.place)

    @property
    def query(self) -> str:
        """The same as a query, for the way back."""
        given = {"sector": self.sector, "stage": self.stage, "place": self.place}
        kept = {name: value for name, value in given.items() if value}
        return urlencode(kept | ({} if self.k == LENGTHS[0] else {"k": self.k}))

    def _keeps(self, startup: Startup) -> bool:
        asked = {"sector": self.sector, "stage": self.stage, "place": self.place}
        return all(value in CODES[name](startup) for name, value in asked.items() if value)


def asked_in(query: Iterable[tuple[str, str]]) -> Asked:
    """What an address asks of the list; what it does not know is passed over."""
    given = {name: value.strip()[:100] for name, value in query if name in FILTERS}
    k = number_in(given.get("k", ""), 1, 100) or LENGTHS[0]
    return Asked(k, *(given.get(name, "") for name in FILTERS[1:]))


def _sectors(startup: Startup) -> tuple[str, ...]:
    return startup.sectors or (UNKNOWN,)


def _stage(startup: Startup) -> tuple[str, ...]:
    return (startup.stage or UNKNOWN,)


def _place(startup: Startup) -> tuple[str, ...]:
    return tuple(filter(None, (startup.ward, startup.city))) or (UNKNOWN,)


CODES: dict[str, Callable[[Startup], tuple[str, ...]]] = {
    "sector": _sectors,
    "stage": _stage,
    "place": _place,
}
"""What each filter looks at."""


def filters_of(startups: Iterable[Startup], asked: Asked, texts: Texts) -> tuple[Filter, ...]:
    """The filters with how many of all startups each of their choices has."""
    chosen = {"sector": asked.sector, "stage": asked.stage, "place": asked.place}
    every = list(startups)
    return tuple(_filter(name, every, chosen[name], texts) for name in CODES)


def _filter(name: str, startups: list[Startup], chosen: str, texts: Texts) -> Filter:
    counts = Counter(code for startup in startups for code in CODES[name](startup))
    named = [
        (_named(name, code, texts), code, count)
        for code, count in counts.items()
        if code != UNKNOWN
    ]
    options = [(code, f"{label} ({count})") for label, code, count in sorted(named)]
    if counts[UNKNOWN]:
        unknown = texts.page("programme.filter.unknown")
        options.append((UNKNOWN, f"{unknown} ({counts[UNKNOWN]})"))
    return Filter(name, texts.page(f"programme.filter.{name}"), tuple(options), chosen)


def _named(name: str, code: str, texts: Texts) -> str:
    return place_name(code, texts.lang) if name == "place" else name_of(name, code, texts.lang)
