"""The officer's page of an incubator: what it is, and the organisations abroad that suit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response

from data import decisions
from data.decisions import Decision
from data.texts import ErrorText
from matcher.errors import CauNoiError, ProfileNotFound, ReasonNeeded
from matcher.profile import Incubator
from service import decisions_api
from service.pages import match_files
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit, SignedIn
from service.pages.frame import go_to, render
from service.pages.list_decisions import Taken, taken
from service.pages.partner_lists import (
    Asked,
    PartnersList,
    asked_in,
    hrefs_for,
    partners_list,
)
from service.pages.programme_facts import (
    INCUBATOR_SECTIONS,
    Section,
    Story,
    sections_of,
    story_of,
)
from service.pages.shut import shut_page_of
from service.pages.sides import WORDS, Decided
from service.security import may_read


@dataclass(frozen=True, slots=True)
class IncubatorPage:
    """The page; ``wrong`` is what was wrong with a decision about ``wrong_at``."""

    incubator: Incubator
    sections: tuple[Section, ...]
    story: Story | None
    partners: PartnersList
    decided: tuple[Decided, ...]
    wrong: ErrorText | None
    wrong_at: str


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/incubators/{id}", incubator_page, methods=["GET"])
    pages.add_api_route("/incubators/{id}/blocked", shut_page, methods=["GET"])
    pages.add_api_route("/incubators/{id}/decide", decide, methods=["POST"])
    match_files.add_routes(pages)
    return pages


def incubator_page(request: Request, visit: SignedIn, id: str) -> Response:
    """For officers the whole page; an incubator is led to its own list.

    Raises ProfileNotFound for an incubator that the visitor must not know of.
    """
    with visit.reading() as conn:
        may_read(visit, conn, "incubator", id)
    if not visit.is_officer:
        return go_to("/partners")
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
    on_record = decided_by(visit, id)
    partners = partners_list(visit, id, asked, on_record)
    incubator: Incubator = visit.parts.matchmaker.kept("incubator", id)
    page = IncubatorPage(
        incubator,
        sections_of(incubator, INCUBATOR_SECTIONS, visit.texts),
        story_of(incubator, visit.texts.lang),
        replace(partners, words=WORDS),
        _decided(on_record, visit),
        wrong,
        wrong_at,
    )
    return render(request, "incubator.html", page, visit=visit, status=status)


def decide(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Record a decision about a partner, and lead back to its place on the page.

    A partner that is refused is decided on with a reason only.
    """
    wanted = taken(form, "partner")
    asked = asked_in(parse_qsl(form.get("back")[:500]))
    try:
        check_reason(visit, id, wanted)
        decisions_api.record(visit, id, "incubator", wanted.id, wanted.word, wanted.why or None)
    except ProfileNotFound:
        raise
    except CauNoiError as error:
        told = visit.texts.error(error)
        return show(request, visit, id, asked, told, wanted.id, error.status)
    return wanted.lead_back(f"/incubators/{id}", asked.query)


def check_reason(visit: PageVisit, id: str, wanted: Taken) -> None:
    """Ask a reason for choosing a partner that is refused; raises ReasonNeeded."""
    answer = wanted.against(partial(visit.parts.matchmaker.top_partners, id))
    if answer is not None:
        raise ReasonNeeded(programme=answer.ranking.refusals[0].name)


def shut_page(
    request: Request, visit: SignedIn, id: str, rule: str = "", page: str = ""
) -> Response:
    """Every organisation that a rule refuses first, with all reasons; raises UnknownCode."""
    asked = asked_in(request.query_params.multi_items())
    listed = partners_list(visit, id, asked, {})
    back = f"/incubators/{id}" if visit.is_officer else "/partners"
    content = shut_page_of(listed.groups, rule, page, name=listed.name, back=back)
    return render(request, "incubator_shut.html", content, visit=visit)


def decided_by(visit: PageVisit, id: str) -> dict[str, Decision]:
    """The decision that counts for each partner of an incubator that has one."""
    with visit.reading() as conn:
        latest = decisions.latest_decisions(conn, id)
    return {one.target_id: one for one in latest if one.target_kind == "incubator"}


def _decided(on_record: Mapping[str, Decision], visit: PageVisit) -> tuple[Decided, ...]:
    roster, href = visit.parts.matchmaker.partners.roster, hrefs_for(visit)
    found = []
    for id, decision in reversed(tuple(on_record.items())):
        known = id in roster
        name = roster.profiles[roster.place(id)].name if known else id
        found.append(Decided(id, name, href(id) if known else None, decision))
    return tuple(found)
