"""Addresses of decisions: recorded by officers about a pair, and read back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data import decisions, profiles
from data.decisions import Decision
from matcher.errors import ProfileNotFound
from service import deciding
from service.deciding import LONGEST_WHY, asker_of
from service.decision_answers import DecisionOut, Decisions, decision_out
from service.profile_forms import CLEAN, Strict
from service.security import Officer, Visit


class DecisionBody(Strict):
    """A decision about a pair; ``startup_id`` is the home incubator's for a partnership."""

    startup_id: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    target_kind: Literal["programme", "incubator"]
    target_id: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    decision: Literal[
        "shortlisted", "declined", "accepted", "met", "withdrawn", "completed", "succeeded"
    ]
    why: str | None = Field(None, max_length=LONGEST_WHY, pattern=CLEAN)


def decide(visit: Officer, body: DecisionBody) -> DecisionOut:
    """A declined pair leaves the lists, any other decision marks it; ``withdrawn`` undoes one."""
    made = record(visit, body.startup_id, body.target_kind, body.target_id, body.decision, body.why)
    return decision_out(made)


def record(
    visit: Visit, asker_id: str, target_kind: str, target_id: str, decision: str, why: str | None
) -> Decision:
    """Record a decision of a visit, with its audit line; raises as :func:`deciding.decide` does,
    and ProfileNotFound for a partner that nobody knows."""
    if target_kind == "incubator":
        _check_partner(visit, target_id)
    with visit.writing() as conn:
        made = deciding.decide(
            conn, asker_id, target_kind, target_id, decision, who=visit.who, at=visit.at, why=why
        )
        visit.note(f"decided {decision}", asker_of(target_kind), asker_id)
    return made


def read_decisions(visit: Officer, id: str) -> Decisions:
    """Every decision about a startup."""
    return _decisions(visit, "startup", id)


def read_partner_decisions(visit: Officer, id: str) -> Decisions:
    """Every decision about an incubator's partners."""
    return _decisions(visit, "incubator", id)


def _check_partner(visit: Visit, partner_id: str) -> None:
    """Refuse a partner that nobody knows: most are organisations of programmes, not kept."""
    matchmaker = visit.parts.matchmaker
    matchmaker.catch_up()
    if partner_id not in matchmaker.partners.roster:
        raise ProfileNotFound(kind="incubator", id=partner_id, nearest=())


def _decisions(visit: Visit, kind: str, profile_id: str) -> Decisions:
    with visit.reading() as conn:
        profiles.stored(conn, kind, profile_id)
        made = decisions.decisions_about(conn, profile_id)
        visit.note("read decisions", kind, profile_id)
    mine = "incubator" if kind == "incubator" else "programme"
    return Decisions(items=[decision_out(one) for one in made if one.target_kind == mine])
