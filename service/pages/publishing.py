"""Pages of publishing: a run, whole or in part; the list that stands; its acts, and undoing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from data import cohorts, publications, runs
from data.engines import Connection
from data.texts import ErrorText
from matcher.errors import CauNoiError, InvalidField
from matcher.outcome import Outcome
from matcher.rounds import pairs_of
from service.admin_api import Number
from service.answers import Named
from service.pages.cohort_fields import Typed, typed_of
from service.pages.cohort_views import CohortHead, having, head_of
from service.pages.cohorts import PageNumber
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to, render
from service.pages.paging import Paged, paged
from service.pages.posted import Posted, number_of
from service.pages.run_views import RunHead, run_head
from service.publication_answers import GivenOut
from service.publication_schemas import given_out
from service.publications_api import noted
from service.round_answers import PublicationOut
from service.round_names import telling
from service.round_schemas import named, publication_out
from service.round_texts import RoundTexts
from service.security import Visit

MOST_CHOSEN = 400
"""Startups that the form lets choose from at once; a search narrows more of them down."""
WHY_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A startup whose places would differ; ``points`` is its fit after, None without a place."""

    startup: Named
    before: tuple[Named, ...]
    after: tuple[Named, ...]
    points: float | None


@dataclass(frozen=True, slots=True)
class PublishPage:
    """What publishing a run would change in the list that stands, and the form that does it.

    ``changes`` are the startups whose places would differ, those that a search leaves; ``chosen``
    those that are ticked. ``stands`` counts the places of the list that stands.
    """

    head: RunHead
    stands: int
    brings: int
    changes: tuple[ChangeLine, ...]
    all_changes: int
    text: str
    chosen: frozenset[str]
    typed: Typed
    error: ErrorText | None


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """The list that stands, and every act."""

    head: CohortHead
    text: str
    given: Paged[GivenOut]
    acts: tuple[PublicationOut, ...]
    can_undo: bool
    typed: Typed
    error: ErrorText | None


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/runs/{id}/publish", publish_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/publish", publish, methods=["POST"])
    pages.add_api_route("/cohorts/{id}/published", published_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/undo", undo, methods=["POST"])
    return pages


def publish_page(
    request: Request,
    visit: OfficerVisit,
    id: Number,
    q: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """What a run would change in the published list, and the form to publish it."""
    return _publish(request, visit, id, q)


def _publish(
    request: Request,
    visit: PageVisit,
    number: int,
    text: str = "",
    typed: Typed = Typed(()),
    chosen: frozenset[str] = frozenset(),
    error: CauNoiError | None = None,
) -> HTMLResponse:
    with visit.reading() as conn:
        head = run_head(visit, conn, number, "publish")
        outcome = runs.outcome(conn, number)
        latest = publications.latest(conn, head.run.cohort_id)
        brings, stands = pairs_of(outcome), () if latest is None else latest.pairs
        say = telling(conn, visit.texts, {one for pair in (*brings, *stands) for one in pair})
        visit.note("read outcome", "run", str(number))
    changes = _lines(stands, outcome, say)
    told = having(changes, text, _words)
    page = PublishPage(
        head=head,
        stands=len(stands),
        brings=len(brings),
        changes=tuple(told[:MOST_CHOSEN]),
        all_changes=len(changes),
        text=text,
        chosen=chosen,
        typed=typed,
        error=None if error is None else visit.texts.error(error),
    )
    status = 200 if error is None else error.status
    return render(request, "run_publish.html", page, visit=visit, status=status)


def _words(line: ChangeLine) -> str:
    return " ".join(one.name for one in (line.startup, *line.before, *line.after))


def _lines(before: publications.Pairs, outcome: Outcome, say: RoundTexts) -> list[ChangeLine]:
    """The startups whose places a run would change, by name."""
    stands = _by_startup(before)
    after = {
        one.startup_id: tuple(sorted(place.programme_id for place in one.places))
        for one in outcome.placements
    }
    fits = {one.startup_id: sum(p.fit for p in one.places) for one in outcome.placements}
    lines = [
        ChangeLine(
            startup=named(say, id),
            before=tuple(named(say, one) for one in stands.get(id, ())),
            after=tuple(named(say, one) for one in after.get(id, ())),
            points=fits[id] / 100 if after.get(id) else None,
        )
        for id in stands.keys() | after.keys()
        if stands.get(id, ()) != after.get(id, ())
    ]
    return sorted(lines, key=lambda one: (one.startup.name.casefold(), one.startup.id))


def _by_startup(pairs: publications.Pairs) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for startup, programme in sorted(pairs):
        found[startup] = (*found.get(startup, ()), programme)
    return found


def publish(request: Request, visit: OfficerVisit, id: Number, form: Form) -> Response:
    """Publish a run whole or for the chosen startups, against the act that was seen last."""
    chosen = frozenset(form.all("startup"))
    with visit.reading() as conn:
        cohort_id = runs.get(conn, id).order.cohort_id
    try:
        part = None if form.get("what") == "whole" else _part(chosen)
        act = visit.parts.rounds.publish(
            cohort_id,
            id,
            startups=part,
            expected=_expected(form),
            who=visit.who,
            why=_why(form),
        )
    except CauNoiError as error:
        return _publish(request, visit, id, form.get("q"), typed_of(form), chosen, error)
    noted(visit, act, f"published run {id}")
    return go_to(f"/cohorts/{cohort_id}/published", "run_published")


def _part(chosen: frozenset[str]) -> list[str]:
    if not chosen:
        raise InvalidField(field="startups", value="", expected="a value")
    return sorted(chosen)


def _why(form: Posted) -> str:
    """The reason, without which nothing is published or undone."""
    why = form.get("why")
    if not why or len(why) > WHY_LONGEST:
        raise InvalidField(field="why", value=why[:80], expected="a value")
    return why


def _expected(form: Posted) -> int | None:
    """The act that a form was made after; None for none yet."""
    return number_of(form.get("act")) or None


def published_page(
    request: Request,
    visit: OfficerVisit,
    id: str,
    page: PageNumber = 1,
    q: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The list that stands, by startup, and who published or undid what."""
    return _published(request, visit, id, page, q)


def _published(
    request: Request,
    visit: PageVisit,
    id: str,
    number: int = 1,
    text: str = "",
    typed: Typed = Typed(()),
    error: CauNoiError | None = None,
) -> HTMLResponse:
    with visit.reading() as conn:
        head = head_of(conn, cohorts.get(conn, id), "published")
        acts = publications.history(conn, id)
        given = _given(conn, visit, acts[0].pairs if acts else ())
        visit.note("read published", "cohort", id)
    found = having(given, text, lambda one: one.startup.name, lambda one: one.programme.name)
    standing = sum(1 if one.action == "publish" else -1 for one in acts)
    page = PublishedPage(
        head=head,
        text=text,
        given=paged(found, number, 50),
        acts=tuple(map(publication_out, acts)),
        can_undo=standing > 0,
        typed=typed,
        error=None if error is None else visit.texts.error(error),
    )
    status = 200 if error is None else error.status
    return render(request, "cohort_published.html", page, visit=visit, status=status)


def _given(conn: Connection, visit: Visit, pairs: publications.Pairs) -> list[GivenOut]:
    say = telling(conn, visit.texts, {one for pair in pairs for one in pair})
    return sorted(given_out(pairs, say), key=lambda one: one.startup.name.casefold())


def undo(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Let the list stand again that stood before, against the act that was seen last."""
    try:
        act = visit.parts.rounds.undo(id, expected=_expected(form), who=visit.who, why=_why(form))
    except CauNoiError as error:
        return _published(request, visit, id, typed=typed_of(form), error=error)
    noted(visit, act, "undid publication")
    return go_to(f"/cohorts/{id}/published", "publication_undone")
