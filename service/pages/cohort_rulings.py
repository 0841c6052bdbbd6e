"""Pages of the rulings of a cohort: pairs that are forced, forbidden, or in conflict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from data import cohorts
from data.named_profiles import profiles_named
from data.taxonomies import terms
from data.texts import ErrorText
from matcher.cohort import Cohort, PairRule
from matcher.errors import CauNoiError, LimitInvalid, UnknownName
from service.cohort_forms import with_rule
from service.pages.cohort_fields import (
    NO_FAULTS,
    Faults,
    Typed,
    Wrong,
    faults_of,
    typed_of,
)
from service.pages.cohort_setup import saved
from service.pages.cohort_views import CohortHead, having, head_of
from service.pages.cohorts import PageNumber
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import render
from service.pages.paging import Paged, paged
from service.pages.posted import Posted
from service.round_names import telling

RULING_FIELDS = ("startup", "programme", "ruling", "why")

MOST_OFFERED = 400
"""Names that a field offers while one types; with more, one types the whole name."""


@dataclass(frozen=True, slots=True)
class RulingLine:
    """A ruling with the names of its pair."""

    rule: PairRule
    startup: str
    programme: str


@dataclass(frozen=True, slots=True)
class RulingsPage:
    """The rulings of a cohort, and the form of one more."""

    head: CohortHead
    within: str
    lines: Paged[RulingLine]
    startups: tuple[str, ...]
    programmes: tuple[str, ...]
    rulings: tuple[str, ...]
    typed: Typed
    faults: Faults


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts/{id}/rulings", rulings_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/rulings", change_rulings, methods=["POST"])
    return pages


def rulings_page(
    request: Request,
    visit: OfficerVisit,
    id: str,
    page: PageNumber = 1,
    within: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The rulings of a cohort on pairs."""
    return _rulings(request, visit, id, page, within)


def _rulings(
    request: Request,
    visit: PageVisit,
    id: str,
    number: int = 1,
    within: str = "",
    typed: Typed = Typed(()),
    faults: Faults = NO_FAULTS,
) -> HTMLResponse:
    with visit.reading() as conn:
        kept = cohorts.get(conn, id)
        cohort = kept.cohort
        programmes = [one.programme_id for one in cohort.intakes]
        say = telling(conn, visit.texts, (*cohort.startups, *programmes))
        lines = [
            RulingLine(one, say.name(one.startup_id), say.name(one.programme_id))
            for one in cohort.pair_rules
        ]
        head = head_of(conn, kept, "rulings")
        visit.note("read", "cohort", id)
    page = RulingsPage(
        head,
        within,
        paged(having(lines, within, lambda one: f"{one.startup} {one.programme}"), number),
        _offered(map(say.name, cohort.startups)),
        _offered(map(say.name, programmes)),
        tuple(terms("ruling")),
        typed,
        faults,
    )
    return render(request, "cohort_rulings.html", page, visit=visit, status=faults.status)


def _offered(names: Any) -> tuple[str, ...]:
    return tuple(sorted(names, key=str.casefold)[:MOST_OFFERED])


def change_rulings(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Put a ruling in the place of the one on the same pair, or drop some."""
    back = request.url.path
    if form.get("do") == "remove":
        gone = frozenset(tuple(one.split("|", 1)) for one in form.all("pair"))

        def without(before: Cohort) -> Cohort:
            kept = (r for r in before.pair_rules if (r.startup_id, r.programme_id) not in gone)
            return replace(before, pair_rules=tuple(kept))

        return saved(request, visit, id, form, without, _again(request, visit, id, form), back)
    again = _again(request, visit, id, form)
    rule, faults = _rule(visit, form)
    if rule is None:
        return _rulings(request, visit, id, typed=typed_of(form), faults=faults)
    return saved(request, visit, id, form, lambda before: with_rule(before, rule), again, back)


def _again(request: Request, visit: PageVisit, id: str, form: Posted) -> Any:
    def again(error: Wrong) -> Response:
        about = error.facts.get("cause") if isinstance(error, LimitInvalid) else None
        faults = faults_of(visit, error, RULING_FIELDS)
        if about == "forced_without_why" and faults.whole is not None:
            faults = Faults((("why", faults.whole),), status=faults.status)
        return _rulings(request, visit, id, typed=typed_of(form), faults=faults)

    return again


def _rule(visit: PageVisit, form: Posted) -> tuple[PairRule | None, Faults]:
    """The ruling that a form says, its pair by name, id or tax code; or what is wrong with it."""
    found: dict[str, str] = {}
    beside: list[tuple[str, ErrorText]] = []
    with visit.reading() as conn:
        for kind in ("startup", "programme"):
            try:
                found[kind] = profiles_named(conn, kind).find(form.get(kind))
            except CauNoiError as error:
                beside.append((kind, visit.texts.error(error)))
    if form.get("ruling") not in terms("ruling"):
        unknown = UnknownName(
            what="ruling", value=form.get("ruling")[:20], known=tuple(terms("ruling"))
        )
        beside.append(("ruling", visit.texts.error(unknown)))
    if beside:
        return None, Faults(tuple(beside), status=422)
    why = form.get("why") or None
    return PairRule(
        startup_id=found["startup"],
        programme_id=found["programme"],
        ruling=form.get("ruling"),
        why=why,
    ), NO_FAULTS
