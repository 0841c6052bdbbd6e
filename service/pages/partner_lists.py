"""The partners of an incubator as pages show them, to officers and to the incubator itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from data.decisions import Decision
from data.taxonomies import name_of
from data.texts import Texts
from matcher.profile import Incubator
from service import matches_api
from service.answers import IncubatorPartners, PartnerMatch
from service.matchmaking import Matchmaker, Wish
from service.pages.doors import PageVisit
from service.pages.sides import (
    LENGTHS,
    Line,
    ShutGroup,
    Way,
    best_reasons,
    names_of,
    number_in,
    shut_groups,
)

WAYS: Mapping[str, tuple[str, ...]] = {
    "to_us": ("offers", "complement"),
    "from_us": ("wants",),
    "both": ("reciprocity", "links", "shared_sectors", "shared_language"),
}
"""The parts of a score that tell what goes which way in an exchange."""
FILTERS = ("k", "per_country", "country")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list, as the address tells it."""

    k: int
    per_country: int | None
    country: str

    @property
    def wish(self) -> Wish:
        """The same for the matchmaker."""
        limits = {} if self.per_country is None else {"country": self.per_country}
        return Wish(self.k, limits, 1000, keeps=self._keeps if self.country else None)

    @property
    def is_filtered(self) -> bool:
        """Whether the list is shortened by anything but its length."""
        return bool(self.country or self.per_country)

    @property
    def query(self) -> str:
        """The same as a query, for the way back."""
        given = {"k": "" if self.k == LENGTHS[0] else self.k}
        given |= {"per_country": self.per_country or "", "country": self.country}
        return urlencode({name: value for name, value in given.items() if value})

    def _keeps(self, partner: Incubator) -> bool:
        return partner.country == self.country


@dataclass(frozen=True, slots=True)
class PartnersList:
    """The partners of an incubator as a page shows them; ``words`` are the decisions on offer."""

    id: str
    name: str
    asked: Asked
    told: IncubatorPartners
    countries: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    groups: tuple[ShutGroup, ...]
    more: int | None
    refused: int
    lengths: tuple[int, ...] = LENGTHS
    words: tuple[str, ...] = ()


def asked_in(query: Iterable[tuple[str, str]]) -> Asked:
    """What an address asks of the list; what it does not know is passed over."""
    given = {name: value.strip()[:100] for name, value in query if name in FILTERS}
    return Asked(
        number_in(given.get("k", ""), 1, 100) or LENGTHS[0],
        number_in(given.get("per_country", ""), 1, 100),
        given.get("country", ""),
    )


def partners_list(
    visit: PageVisit, id: str, asked: Asked, on_record: Mapping[str, Decision]
) -> PartnersList:
    """The partners of an incubator, for whoever may read it; raises ProfileNotFound.

    Other incubators of the city are told to officers only.
    """
    told: IncubatorPartners = matches_api.read_partners(visit, id, asked.wish)
    matchmaker, texts = visit.parts.matchmaker, visit.texts
    hrefs = hrefs_for(visit)
    blocked = [one for one in told.blocked if visit.is_officer or hrefs(one.partner_id)]
    more = next((k for k in LENGTHS if k > asked.k and told.eligible > asked.k), None)
    return PartnersList(
        id,
        told.incubator.name,
        asked,
        told,
        _countries(matchmaker, texts),
        tuple(
            _line(rank, match, matchmaker, texts, on_record, hrefs)
            for rank, match in enumerate(told.matches, 1)
        ),
        shut_groups(blocked, "partner_id", texts, hrefs),
        more if len(told.matches) == asked.k else None,
        told.refused - (len(told.blocked) - len(blocked)),
    )


def hrefs_for(visit: PageVisit) -> Callable[[str], str | None]:
    """The page of a partner for a visitor; None of an incubator that is kept here, but for
    officers."""
    kept = visit.parts.matchmaker.incubators

    def href(partner_id: str) -> str | None:
        if partner_id not in kept:
            return f"/partners/{partner_id}"
        return f"/incubators/{partner_id}" if visit.is_officer else None

    return href


def ways_of(match: PartnerMatch) -> tuple[Way, ...]:
    """What goes which way in an exchange with a partner."""
    parts = {part.rule: part for part in match.parts}
    return tuple(
        Way(key, tuple(parts[rule] for rule in rules if rule in parts))
        for key, rules in WAYS.items()
    )


def about_partner(partner: Incubator, texts: Texts) -> str:
    """A partner in a few words: its kind and where it is."""
    kind = texts.content(Incubator, "org_type", partner.org_type) if partner.org_type else None
    country = name_of("country", partner.country, texts.lang)
    city = texts.content(Incubator, "city", partner.city) if partner.city else None
    return " · ".join(filter(None, (kind, city, country)))


def _line(
    rank: int,
    match: PartnerMatch,
    matchmaker: Matchmaker,
    texts: Texts,
    on_record: Mapping[str, Decision],
    hrefs: Callable[[str], str | None],
) -> Line:
    roster = matchmaker.partners.roster
    partner = roster.profiles[roster.place(match.partner_id)]
    names = {id: roster.profiles[roster.place(id)].name for id in match.near_tie_with}
    return Line(
        rank,
        match.partner_id,
        hrefs(match.partner_id),
        about_partner(partner, texts),
        match,
        best_reasons(match.parts),
        names_of(match.near_tie_with, names),
        on_record.get(match.partner_id),
        ways_of(match),
    )


def _countries(matchmaker: Matchmaker, texts: Texts) -> tuple[tuple[str, str], ...]:
    """The countries in which there are partners, by name."""
    codes = {partner.country for partner in matchmaker.partners.roster.profiles}
    return tuple(sorted(((c, name_of("country", c, texts.lang)) for c in codes), key=_by_name))


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1]
