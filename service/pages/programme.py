"""The officer's page of a programme: its key facts, and the startups that it fits best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response

from data import decisions, questions
from data.questions import Question
from data.texts import ErrorText, Texts
from matcher.errors import CauNoiError, ProfileNotFound, ReasonNeeded
from matcher.profile import Alumnus, Programme
from service import decisions_api, matches_api
from service.answers import ProgrammeStartups
from service.matchmaking import Matchmaker
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit, SignedIn
from service.pages.frame import go_to, render
from service.pages.list_decisions import Taken, taken
from service.pages.programme_facts import (
    SECTIONS,
    Figure,
    Section,
    Story,
    figures_of,
    sections_of,
    story_of,
)
from service.pages.programme_filters import Asked, Filter, asked_in, filters_of
from service.pages.shut import shut_page_of
from service.pages.sides import (
    LENGTHS,
    WORDS,
    Decided,
    Line,
    ShutGroup,
    about_startup,
    best_reasons,
    names_of,
    shut_groups,
)


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """The page; ``back`` is the list's query, ``wrong`` what was wrong with a decision about
    ``wrong_at``."""

    programme: Programme
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    story: Story | None
    portfolio: tuple[Alumnus, ...]
    asked: Asked
    filters: tuple[Filter, ...]
    told: ProgrammeStartups
    lines: tuple[Line, ...]
    groups: tuple[ShutGroup, ...]
    decided: tuple[Decided, ...]
    more: int | None
    wrong: ErrorText | None
    wrong_at: str
    lengths: tuple[int, ...] = LENGTHS
    words: tuple[str, ...] = WORDS


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/programmes/{id}", programme_page, methods=["GET"])
    pages.add_api_route("/programmes/{id}/blocked", shut_page, methods=["GET"])
    pages.add_api_route("/programmes/{id}/decide", decide, methods=["POST"])
    return pages


def programme_page(request: Request, visit: SignedIn, id: str) -> Response:
    """For officers the whole page; everybody else is led to what the programme says of itself."""
    if not visit.is_officer:
        return go_to(f"/programmes/{id}/profile")
    return show(request, visit, id, asked_in(request.query_params.multi_items()))


def show(
    request: Request,
    visit: PageVisit,
    id: str,
    asked: Asked,
    wrong: ErrorText | None = None,
    wrong_at: str = "",
    status: int = 200,
) -> Response:
    """The page, with what was wrong with a decision."""
    told: ProgrammeStartups = matches_api.read_startups(visit, id, asked.wish)
    matchmaker, texts = visit.parts.matchmaker, visit.texts
    programme: Programme = matchmaker.kept("programme", id)
    decided, put = decided_about(visit, id), questions_about(visit, id)
    page = ProgrammePage(
        programme,
        figures_of(programme, told.on, texts),
        sections_of(programme, SECTIONS, texts),
        story_of(programme, texts.lang),
        programme.portfolio or (),
        asked,
        filters_of(matchmaker.startups.roster.profiles, asked, texts),
        told,
        lines_of(told, matchmaker, texts, decided, put),
        shut_groups(told.blocked, "startup_id", texts, startup_href),
        decided,
        next((k for k in LENGTHS if k > asked.k and told.eligible > asked.k), None),
        wrong,
        wrong_at,
    )
    return render(request, "programme.html", page, visit=visit, status=status)


def shut_page(
    request: Request, visit: OfficerVisit, id: str, rule: str = "", page: str = ""
) -> Response:
    """Every startup that a rule refuses first, with all reasons; raises UnknownCode."""
    asked = asked_in(request.query_params.multi_items())
    told: ProgrammeStartups = matches_api.read_startups(visit, id, asked.wish)
    groups = shut_groups(told.blocked, "startup_id", visit.texts, startup_href)
    content = shut_page_of(groups, rule, page, name=told.programme.name, back=f"/programmes/{id}")
    return render(request, "programme_shut.html", content, visit=visit)


def decide(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Record a decision about a startup, and lead back to its place on the page.

    A startup that is not open is decided on with a reason only.
    """
    wanted = taken(form, "startup")
    asked = asked_in(parse_qsl(form.get("back")[:500]))
    try:
        check_reason(visit, id, wanted)
        decisions_api.record(visit, wanted.id, "programme", id, wanted.word, wanted.why or None)
    except ProfileNotFound:
        raise
    except CauNoiError as error:
        told = visit.texts.error(error)
        return show(request, visit, id, asked, told, wanted.id, error.status)
    return wanted.lead_back(f"/programmes/{id}", asked.query)


def check_reason(visit: PageVisit, id: str, wanted: Taken) -> None:
    """Ask a reason for choosing a startup that is not open; raises ReasonNeeded."""
    answer = wanted.against(partial(visit.parts.matchmaker.top_startups, id))
    if answer is not None:
        raise ReasonNeeded(programme=answer.asker.name)


# -- parts of the page -------------------------------------------------------------------------


def lines_of(
    told: ProgrammeStartups,
    matchmaker: Matchmaker,
    texts: Texts,
    decided: tuple[Decided, ...],
    put: Mapping[str, Mapping[str, Question]],
) -> tuple[Line, ...]:
    """The startups of an answer, best first; ``put`` has the questions of each."""
    names = {startup.id: startup.name for startup in matchmaker.startups.roster.profiles}
    on_record = {one.id: one.decision for one in decided}
    return tuple(
        Line(
            rank,
            match.startup_id,
            startup_href(match.startup_id),
            about_startup(matchmaker.kept("startup", match.startup_id), texts),
            match,
            best_reasons(match.parts),
            names_of(match.near_tie_with, names),
            on_record.get(match.startup_id),
            put=put.get(match.startup_id, {}),
        )
        for rank, match in enumerate(told.matches, 1)
    )


def decided_about(visit: PageVisit, id: str) -> tuple[Decided, ...]:
    """The decisions that count about a programme, the newest first."""
    with visit.reading() as conn:
        latest = decisions.latest_about_target(conn, "programme", id)
    names = {one.id: one.name for one in visit.parts.matchmaker.startups.roster.profiles}
    return tuple(
        Decided(
            one.startup_id,
            names.get(one.startup_id, one.startup_id),
            startup_href(one.startup_id) if one.startup_id in names else None,
            one,
        )
        for one in reversed(latest)
    )


def questions_about(visit: PageVisit, id: str) -> dict[str, dict[str, Question]]:
    """The questions that were put about a programme: by startup, the last of each rule."""
    with visit.reading() as conn:
        asked = questions.of_programme(conn, id)
    by_startup: dict[str, dict[str, Question]] = {}
    for one in asked:
        by_startup.setdefault(one.startup_id, {})[one.rule] = one
    return by_startup


def startup_href(id: str) -> str:
    """The page of a startup."""
    return f"/startups/{id}"
