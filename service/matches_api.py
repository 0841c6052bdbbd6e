"""Addresses of matches: of a startup, a programme, an incubator, an unsaved profile, and one pair.

Matching opens its own short transactions and may encode a text, so none is open here meanwhile:
the caller's rights are read before, and the audit line is written after.
"""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import Depends, Query

from data import profiles
from matcher.profile import Startup
from service.answers import ExplanationOut, Named
from service.matchmaking import Answer, Wish
from service.profile_forms import validated
from service.profiles_api import Json
from service.schemas import answer_out, explanation_out, measure_of
from service.security import Anyone, Officer, Visit, may_read, require

UNSAVED = "unsaved"
"""Id of a profile that is matched without being kept, where it brings none."""

K = Annotated[int, Query(ge=1, le=1000, description="Most matches. / Số kết quả tối đa.")]
Per = Annotated[int | None, Query(ge=1, le=1000, description="At most so many of the same.")]
Refusals = Annotated[
    int, Query(ge=0, le=1000, description="Most refusals explained. / Số lời từ chối được nêu.")
]
WithDeclined = Annotated[bool, Query(description="Keep pairs that were declined in the list.")]


def wish(
    k: K = 10,
    per_country: Per = None,
    per_organisation: Per = None,
    refusals: Refusals = 1000,
    with_declined: WithDeclined = False,
) -> Wish:
    """What is asked of a list, from the query."""
    limits = {"country": per_country, "organisation": per_organisation}
    asked = {name: most for name, most in limits.items() if most is not None}
    return Wish(k, asked, refusals, with_declined)


Wished = Annotated[Wish, Depends(wish)]


def read_matches(visit: Anyone, id: str, wish: Wished) -> Any:
    """Best first, with the points and reasons of every part; and what is not open, with why."""
    _check_right(visit, "startup", id)
    return written(visit, visit.parts.matchmaker.top_matches(id, wish), "startup")


def match_unsaved(visit: Anyone, body: Json, wish: Wished) -> Any:
    """The profile is not kept; an id may be left out, and brings the decisions on record."""
    require(visit, "officer", "startup", "incubator")
    profile = validated("startup", {"id": UNSAVED} | body)
    if profile.id != UNSAVED:
        _check_right(visit, "startup", profile.id)
    return written(
        visit, visit.parts.matchmaker.top_matches(cast(Startup, profile), wish), "startup"
    )


def read_startups(visit: Officer, id: str, wish: Wished) -> Any:
    """Sourcing: the startups that a programme fits best, and those it is not open to."""
    return written(visit, visit.parts.matchmaker.top_startups(id, wish), "programme")


def read_partners(visit: Anyone, id: str, wish: Wished) -> Any:
    """The organisations abroad that suit an incubator best, and those that cannot be partners."""
    _check_right(visit, "incubator", id)
    return written(visit, visit.parts.matchmaker.top_partners(id, wish), "incubator")


def explain_pair(visit: Anyone, id: str, programme_id: str) -> ExplanationOut:
    """Every part and gate of one pair, and the smallest single changes that help, each proved."""
    _check_right(visit, "startup", id)
    with visit.reading() as conn:
        startup = profiles.get(conn, "startup", id)
        programme = profiles.get(conn, "programme", programme_id)
    matchmaker = visit.parts.matchmaker
    explained = matchmaker.explain_pair(id, programme_id)
    visit.note("explain", "startup", id)
    visit.write_lines()
    ends = [Named(id=p.id, name=p.name) for p in (startup, programme)]
    measure = measure_of(matchmaker, "startup", visit.parts.chances)
    return explanation_out(explained, ends[0], ends[1], visit.texts, measure)


def _check_right(visit: Visit, kind: str, profile_id: str) -> None:
    with visit.reading() as conn:
        may_read(visit, conn, kind, profile_id)


def written(visit: Visit, answer: Answer, kind: str) -> Any:
    """The answer in the asker's language, counted and noted."""
    visit.parts.metrics.served(kind, len(answer.ranking.matches))
    visit.note("match", kind, answer.asker.id)
    visit.write_lines()
    measure = measure_of(visit.parts.matchmaker, kind, visit.parts.chances)
    return answer_out(answer, visit.texts, kind, measure)
