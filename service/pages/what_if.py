"""What if a programme or an incubator had other conditions: its list before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from data.texts import Texts
from service.comparing import Compared, FellOut, Standing, compared
from service.matchmaking import Answer, Wish
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit, SignedIn
from service.pages.frame import render
from service.pages.posted import Posted
from service.pages.trail_words import named
from service.pages.turning import Knob, Turn, Turned, knobs, turned
from service.security import may_read

EVERYTHING = Wish(1000, {}, 1000)
"""Both lists in full, so that whoever moved is seen."""
SHOWN = 20
"""Places of the list that the page shows."""
MOST_NAMED = 15
"""Of those who come in or fall out, how many the page names."""
BLOCS = ("*", "ASEAN", "APEC", "CPTPP", "RCEP", "EU", "VN")

Groups = Mapping[str, tuple[Turn, ...]]

PROGRAMME_TURNS: Groups = MappingProxyType(
    {
        "who": (
            Turn("stages"),
            Turn("sectors"),
            Turn("allowed_countries", codes=BLOCS),
            Turn("home_country_only"),
            Turn("min_age_years", most=15),
            Turn("max_age_years", most=20),
        ),
        "team": (
            Turn("min_team", most=30),
            Turn("min_full_time", most=30),
            Turn("min_founder_share", most=100),
            Turn("min_revenue"),
            Turn("max_revenue"),
            Turn("max_raised"),
        ),
        "money": (
            Turn("equity_percent", most=25, step=0.5),
            Turn("fee"),
            Turn("funding"),
            Turn("funding_kind"),
        ),
        "language": (
            Turn("languages", codes=("en", "vi", "ja", "ko", "zh", "fr", "de", "th", "id")),
            Turn("min_language_level"),
        ),
        "gives": (Turn("services"), Turn("markets", codes=BLOCS)),
        "place": (
            Turn("capacity", most=50),
            Turn("on_site"),
            Turn("on_site_weeks", most=52),
            Turn("duration_weeks", most=104),
            Turn("incorporation_required"),
        ),
        "time": (
            Turn("status"),
            Turn("application_open"),
            Turn("application_close"),
            Turn("rolling"),
            Turn("intake_months"),
        ),
    }
)
"""What of a programme can be turned: what rules read, and its places."""

INCUBATOR_TURNS: Groups = MappingProxyType(
    {
        "seeks": (Turn("wants"),),
        "offers": (Turn("services"),),
        "field": (Turn("sectors"),),
        "links": (
            Turn(
                "linked_countries",
                codes=("SG", "KR", "JP", "TW", "AU", "US", "GB", "DE", "FR", "IL", "TH", "MY"),
            ),
            Turn("languages", codes=("vi", "en", "ja", "ko", "zh", "fr", "de")),
        ),
    }
)
"""What of an incubator can be turned: what the rules over partners read."""


@dataclass(frozen=True, slots=True)
class Group:
    """Some controls under one heading; ``is_open`` where one was turned or cannot be read."""

    key: str
    knobs: tuple[Knob, ...]

    @property
    def changed(self) -> int:
        """How many controls differ from what is kept."""
        return sum(knob.changed for knob in self.knobs)

    @property
    def is_open(self) -> bool:
        """Whether there is something to see."""
        return any(knob.changed or knob.fault for knob in self.knobs)


@dataclass(frozen=True, slots=True)
class Moved:
    """One profile of the list: ``way`` it went, and why, in sentences."""

    rank: int
    was: int | None
    name: str
    href: str | None
    score: float
    gain: float | None
    way: str
    whys: tuple[str, ...]
    within: bool | None


@dataclass(frozen=True, slots=True)
class Out:
    """One profile that fell out of the list, with its rank before and the reason."""

    was: int
    name: str
    href: str | None
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The page: the form, and both lists held against each other."""

    kind: str
    id: str
    name: str
    groups: tuple[Group, ...]
    told: Turned
    compared: Compared
    moved: tuple[Moved, ...]
    opened: tuple[Moved, ...]
    out: tuple[Out, ...]
    places: int | None
    counts: tuple[tuple[str, int], ...]
    most_named: int = MOST_NAMED

    @property
    def changed(self) -> tuple[Knob, ...]:
        """The controls that differ from what is kept."""
        return tuple(knob for group in self.groups for knob in group.knobs if knob.changed)


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    both = ["GET", "POST"]
    pages.add_api_route("/programmes/{id}/what-if", programme_what_if, methods=both)
    pages.add_api_route("/incubators/{id}/what-if", incubator_what_if, methods=both)
    return pages


def programme_what_if(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """The startups of a programme as its conditions are turned; raises ProfileNotFound."""
    matchmaker = visit.parts.matchmaker
    before = matchmaker.top_startups(id, EVERYTHING)
    told = _turned(request, visit, "programme", before.asker, PROGRAMME_TURNS, form)
    after = matchmaker.top_startups(told.profile, EVERYTHING) if told.asked else before
    visit.note("what if", "programme", id)
    visit.write_lines()
    return _render(request, visit, "programme", told, before, after, PROGRAMME_TURNS, form)


def incubator_what_if(request: Request, visit: SignedIn, id: str, form: Form) -> Response:
    """The partners of an incubator as it offers or seeks something else; raises ProfileNotFound."""
    with visit.reading() as conn:
        may_read(visit, conn, "incubator", id)
        visit.note("what if", "incubator", id)
    matchmaker = visit.parts.matchmaker
    before = matchmaker.top_partners(id, EVERYTHING)
    told = _turned(request, visit, "incubator", before.asker, INCUBATOR_TURNS, form)
    after = matchmaker.top_partners(told.profile, EVERYTHING) if told.asked else before
    return _render(request, visit, "incubator", told, before, after, INCUBATOR_TURNS, form)


def sent_of(request: Request, form: Posted) -> Posted:
    """What was sent: the form, or the query of an address that can be kept and passed on."""
    if request.method == "POST":
        return form
    return Posted(tuple(request.query_params.multi_items()))


def _turned(
    request: Request, visit: PageVisit, kind: str, kept: Any, groups: Groups, form: Posted
) -> Turned:
    turns = tuple(turn for group in groups.values() for turn in group)
    return turned(kind, kept, turns, sent_of(request, form), visit.texts)


def _render(
    request: Request,
    visit: PageVisit,
    kind: str,
    told: Turned,
    before: Answer,
    after: Answer,
    turns: Groups,
    form: Posted,
) -> Response:
    texts, sent = visit.texts, sent_of(request, form)
    held = compared(before.ranking, after.ranking)
    places = getattr(told.profile, "capacity", None)
    moved = tuple(_moved(one, kind, places, visit) for one in held.standings)
    page = WhatIf(
        kind,
        before.asker.id,
        named(before.asker, texts.lang),
        tuple(
            Group(key, knobs(told.profile, before.asker, group, sent, told, texts))
            for key, group in turns.items()
        ),
        told,
        held,
        moved[:SHOWN],
        tuple(one for one in moved if one.way == "opened"),
        tuple(_out(one, kind, visit) for one in held.fell_out),
        places,
        _counts(held),
    )
    return render(request, "what_if.html", page, visit=visit)


def _counts(held: Compared) -> tuple[tuple[str, int], ...]:
    ways = [(way, held.count(way)) for way in ("opened", "rose", "fell", "same")]
    return (ways[0], ("out", len(held.fell_out)), *ways[1:])


def _moved(one: Standing, kind: str, places: int | None, visit: PageVisit) -> Moved:
    within = None if places is None else one.rank <= places
    was = one.before[0] if one.before else None
    href, whys = href_of(kind, one.match.id, visit), _whys(one, visit.texts)
    return Moved(
        one.rank, was, one.match.name, href, one.match.score, one.gain, one.way, whys, within
    )


def _whys(one: Standing, texts: Texts) -> tuple[str, ...]:
    """Why it moved: what shut it before, or each part whose points changed."""
    if one.refusal is not None:
        return (texts.page("what_if.was_shut", reason=texts.reason(one.refusal.reason)),)
    return tuple(
        texts.page(
            "what_if.part",
            part=texts.rule(change.rule),
            before=_points(change.before, texts),
            now=_points(change.now.points, texts),
            reason=texts.reason(change.now.verdict.reason),
        )
        for change in one.parts
    )


def _out(one: FellOut, kind: str, visit: PageVisit) -> Out:
    reason = visit.texts.reason(one.refusal.reason)
    href = href_of(kind, one.match.id, visit)
    return Out(one.rank, one.match.name, href, one.match.score, reason)


def _points(points: float, texts: Texts) -> str:
    return f"{points:.2f}".replace(".", ",") if texts.lang == "vi" else f"{points:.2f}"


def href_of(kind: str, id: str, visit: PageVisit) -> str | None:
    """The page of a profile of a list, for whoever may open it."""
    if kind == "programme":
        return f"/startups/{id}"
    own = id in visit.parts.matchmaker.incubators
    return None if own and not visit.is_officer else f"/partners/{id}"
