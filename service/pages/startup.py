"""The officer's page of a startup: what is known of it, its programmes in order, what is shut."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from data import questions, wishes
from data.decisions import Decision
from data.texts import Texts
from service import matches_api
from service.answers import StartupMatches
from service.matchmaking import EXCLUDING, Wish
from service.pages import startup_compare, startup_files, startup_pair, startup_what_if
from service.pages.doors import OfficerVisit, PageRoute, PageVisit
from service.pages.frame import render
from service.pages.shut import shut_page_of
from service.pages.sides import (
    LENGTHS,
    Decided,
    ShutGroup,
    number_in,
    shut_groups,
)
from service.pages.startup_cards import Card, cards_of
from service.pages.startup_known import Known, decided_on, read_known


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list, as the address tells it."""

    k: int
    per_country: int | None
    per_organisation: int | None
    declined: bool

    @property
    def wish(self) -> Wish:
        """The same for the matchmaker."""
        return matches_api.wish(
            self.k, self.per_country, self.per_organisation, 1000, self.declined
        )


@dataclass(frozen=True, slots=True)
class StartupPage:
    """The page: ``against`` are decisions against the rules, ``more`` is the next length."""

    known: Known
    asked: Asked
    told: StartupMatches
    cards: tuple[Card, ...]
    groups: tuple[ShutGroup, ...]
    against: tuple[Decided, ...]
    declined: int
    more: int | None
    lengths: tuple[int, ...] = LENGTHS


def router() -> APIRouter:
    """The routes of all pages of a startup."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/startups/{id}", startup_page, methods=["GET"])
    pages.add_api_route("/startups/{id}/blocked", shut_page, methods=["GET"])
    for group in (startup_compare, startup_pair, startup_what_if, startup_files):
        group.add_routes(pages)
    return pages


def startup_page(
    request: Request,
    visit: OfficerVisit,
    id: str,
    k: str = "",
    per_country: str = "",
    per_organisation: str = "",
    declined: str = "",
) -> HTMLResponse:
    """Its key facts, the programmes that fit best with every reason, and what is not open to it."""
    asked = Asked(
        number_in(k, LENGTHS[0], 100) or LENGTHS[0],
        number_in(per_country, 1, 100),
        number_in(per_organisation, 1, 100),
        declined == "yes",
    )
    told: StartupMatches = matches_api.read_matches(visit, id, asked.wish)
    with visit.reading() as conn:
        known = read_known(visit, conn, id)
        decided = decided_on(conn, id)
        put = questions.of_startup(conn, id)
        wished = wishes.latest(conn, id)
    maker = visit.parts.matchmaker
    cards = cards_of(told, maker, visit.texts, put, decided, wished)
    page = _page(visit, known, asked, told, decided, cards)
    return render(request, "startup.html", page, visit=visit)


def _page(
    visit: PageVisit,
    known: Known,
    asked: Asked,
    told: StartupMatches,
    decided: dict[str, Decision],
    cards: tuple[Card, ...],
) -> StartupPage:
    blocked = {one.programme_id: one.name for one in told.blocked}
    against = [
        Decided(id, blocked[id], address(told.startup.id, id), one)
        for id, one in decided.items()
        if id in blocked and one.decision not in EXCLUDING
    ]
    longer = [length for length in LENGTHS if length > asked.k]
    full = len(told.matches) == asked.k and told.eligible > asked.k
    return StartupPage(
        known,
        asked,
        told,
        cards,
        groups_of(told, visit.texts),
        tuple(against),
        sum(one.decision in EXCLUDING for one in decided.values()),
        longer[0] if longer and full else None,
    )


def shut_page(
    request: Request, visit: OfficerVisit, id: str, rule: str = "", page: str = ""
) -> HTMLResponse:
    """Every programme that a rule refuses first, with all reasons; raises UnknownCode."""
    told: StartupMatches = matches_api.read_matches(visit, id, Wish(k=1, with_declined=True))
    groups = groups_of(told, visit.texts)
    content = shut_page_of(groups, rule, page, name=told.startup.name, back=f"/startups/{id}")
    return render(request, "startup_shut.html", content, visit=visit)


def groups_of(told: StartupMatches, texts: Texts) -> tuple[ShutGroup, ...]:
    """What is not open to the startup, by the rule that refuses first."""
    return shut_groups(
        told.blocked, "programme_id", texts, lambda one: address(told.startup.id, one)
    )


def address(id: str, programme_id: str) -> str:
    """The page of a startup and a programme."""
    return f"/startups/{id}/programmes/{programme_id}"
