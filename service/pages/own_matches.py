"""What a startup is recommended, with reasons and dates; what is shut, and what would open it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import questions, wishes
from data.questions import Question
from data.texts import Texts
from matcher.profile import Programme, Startup
from matcher.rules.base import Change
from service import matches_api
from service.answers import PartOut, ProgrammeMatch, StartupMatches
from service.effects import Effect, Opening, fields_of_rule, outlook
from service.matchmaking import Answer, Wish
from service.pages.doors import PageRoute, PageVisit, StartupVisit
from service.pages.frame import go_to, render
from service.pages.own_asks import ASKS
from service.pages.own_profile import next_questions
from service.pages.own_terms import Terms, terms_of
from service.pages.paging import pages_of
from service.pages.shut import shut_page_of
from service.pages.sides import (
    ShutGroup,
    best_reasons,
    number_in,
    shut_groups,
)

PER_PAGE = 10
MOST_PAGES = 5
"""The best fifty are recommended; beyond them a score says little."""

OPENINGS_SHOWN = 3
"""Changes told for each rule that shuts programmes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A programme that is open: why it fits, what is asked, when and at what price."""

    rank: int
    match: ProgrammeMatch
    programme: Programme
    reasons: tuple[PartOut, ...]
    ties: tuple[str, ...]
    terms: Terms
    wish: wishes.Wish | None

    @property
    def asks_me(self) -> int:
        """Questions that only the startup can answer."""
        return sum(check.ask == "startup" for check in self.match.checks)

    @property
    def asks_them(self) -> int:
        """Questions that go to the programme."""
        return len(self.match.checks) - self.asks_me


@dataclass(frozen=True, slots=True)
class Way:
    """A change of one field that opens programmes, proved; ``names`` are the first of them."""

    field: str
    label: str
    value: str
    count: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What one rule shuts, the field by which it reads the startup, and what would open it."""

    shut: ShutGroup
    field: str | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A programme of which the startup has said something."""

    programme: Programme
    wish: wishes.Wish


@dataclass(frozen=True, slots=True)
class Put:
    """A question that an officer has put to the startup."""

    question: Question
    programme: str
    label: str
    about: str
    field: str | None


@dataclass(frozen=True, slots=True)
class MyPage:
    """The first page of a startup."""

    name: str
    told: StartupMatches
    offers: tuple[Offer, ...]
    number: int
    pages: int
    groups: tuple[Group, ...]
    interested: tuple[Spoken, ...]
    folded: tuple[Spoken, ...]
    next: tuple[Effect, ...]
    put: tuple[Put, ...]


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/me", my_page, methods=["GET"])
    pages.add_api_route("/me/shut", shut_page, methods=["GET"])
    return pages


def my_page(request: Request, visit: StartupVisit, page: str = "") -> Response:
    """The programmes that suit the startup, and what is not open to it with what would open it."""
    if visit.account.profile_id is None:
        return go_to("/me/profile")
    with visit.reading() as conn:
        said = wishes.latest(conn, visit.profile_id)
        put = questions.of_startup(conn, visit.profile_id)
    number = number_in(page, 1, MOST_PAGES) or 1
    away = frozenset(one.programme_id for one in said if one.wish == "not_for_me")
    asked = Wish(k=number * PER_PAGE + len(away))
    answer = visit.parts.matchmaker.top_matches(visit.profile_id, asked)
    told: StartupMatches = matches_api.written(visit, _only(answer, number, away), "startup")
    return _render(request, visit, told, said, put, number)


def _only(answer: Answer, number: int, away: frozenset[str]) -> Answer:
    """An answer with the matches of one page, those that are folded away left out."""
    first = (number - 1) * PER_PAGE
    here = [match for match in answer.ranking.matches if match.id not in away]
    shown = tuple(here[first : first + PER_PAGE])
    return replace(answer, ranking=replace(answer.ranking, matches=shown))


def _render(
    request: Request,
    visit: PageVisit,
    told: StartupMatches,
    said: tuple[wishes.Wish, ...],
    put: tuple[Question, ...],
    number: int,
) -> HTMLResponse:
    maker, texts = visit.parts.matchmaker, visit.texts
    profile: Startup = maker.kept("startup", visit.profile_id)
    by_id = {one.programme_id: one for one in said}
    first = (number - 1) * PER_PAGE
    spoken = tuple(_spoken(visit, said))
    now, found = outlook(maker, profile)
    away = sum(one.wish.wish == "not_for_me" for one in spoken)
    page = MyPage(
        name=profile.name,
        told=told,
        offers=tuple(_offer(visit, r, m, by_id) for r, m in enumerate(told.matches, first + 1)),
        number=number,
        pages=min(MOST_PAGES, pages_of(told.eligible - away, PER_PAGE)),
        groups=_groups(visit, found, told),
        interested=tuple(one for one in spoken if one.wish.wish == "interested"),
        folded=tuple(one for one in spoken if one.wish.wish == "not_for_me"),
        next=next_questions(profile, now, texts.lang),
        put=tuple(_put(visit, one) for one in put if one.is_open and one.ask == "startup"),
    )
    return render(request, "me.html", page, visit=visit)


def shut_page(
    request: Request, visit: StartupVisit, rule: str = "", page: str = ""
) -> HTMLResponse:
    """Every programme that one rule shuts first; raises UnknownCode for a rule that shuts none."""
    told: StartupMatches = matches_api.read_matches(visit, visit.profile_id, Wish(k=1))
    groups = shut_groups(told.blocked, "programme_id", visit.texts, _address)
    content = shut_page_of(groups, rule, page, name=told.startup.name, back="/me")
    return render(request, "me_shut.html", content, visit=visit)


def ways_of(
    found: tuple[Opening, ...], rule: str, texts: Texts, roster_names: dict[str, str]
) -> tuple[Way, ...]:
    """The changes of the fields of one rule that open programmes, those that open most first."""
    fields = fields_of_rule(rule)
    mine = [opening for opening in found if opening.change.field in fields]
    return tuple(_way(opening, texts, roster_names) for opening in mine[:OPENINGS_SHOWN])


def _way(opening: Opening, texts: Texts, names: dict[str, str]) -> Way:
    change: Change = opening.change
    value = texts.content(Startup, change.field, change.value)
    first = tuple(names[id] for id in opening.opens[:3])
    return Way(change.field, texts.field(change.field), value, len(opening.opens), first)


def _groups(
    visit: PageVisit, found: tuple[Opening, ...], told: StartupMatches
) -> tuple[Group, ...]:
    names = {one.programme_id: one.name for one in told.blocked}
    names |= {id: visit.parts.matchmaker.kept("programme", id).name
              for one in found for id in one.opens if id not in names}  # fmt: skip
    groups = shut_groups(told.blocked, "programme_id", visit.texts, _address)
    return tuple(
        Group(group, _field_of(group.rule), ways_of(found, group.rule, visit.texts, names))
        for group in groups
    )


def _address(programme_id: str) -> str:
    return f"/me/programmes/{programme_id}"


def _field_of(rule: str) -> str | None:
    """The field that answers a rule and that the startup is asked for."""
    return next((field for field in fields_of_rule(rule) if field in ASKS), None)


def _offer(
    visit: PageVisit, rank: int, match: ProgrammeMatch, said: dict[str, wishes.Wish]
) -> Offer:
    maker = visit.parts.matchmaker
    programme = cast(Programme, maker.kept("programme", match.programme_id))
    return Offer(
        rank,
        match,
        programme,
        best_reasons(match.parts),
        tuple(maker.kept("programme", id).name for id in match.near_tie_with),
        terms_of(programme, visit.at.date(), visit.texts),
        said.get(match.programme_id),
    )


def _spoken(visit: PageVisit, said: tuple[wishes.Wish, ...]) -> list[Spoken]:
    roster = visit.parts.matchmaker.programmes.roster
    known = [one for one in said if one.programme_id in roster]
    return [Spoken(roster.profiles[roster.place(one.programme_id)], one) for one in known]


def _put(visit: PageVisit, question: Question) -> Put:
    roster, texts = visit.parts.matchmaker.programmes.roster, visit.texts
    id = question.programme_id
    name = roster.profiles[roster.place(id)].name if id in roster else id
    label, about = texts.rule(question.rule), texts.rule_about(question.rule)
    return Put(question, name, label, about, _field_of(question.rule))
