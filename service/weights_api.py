"""Addresses of weights learned from decisions: proposed, accepted, undone; and of chances.

Nothing is adopted by being proposed. An act rests on the act before it: its number is the ETag of
the weights, ``"0"`` before the first. Two officers cannot accept or undo over each other.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import Field

from data import weights_kept
from data.engines import Connection
from data.weights_kept import Proposal, WeightAct
from matcher.errors import PreconditionMissing, WeightsOvertaken
from service.admin_api import Number
from service.etags import etag_of, is_fresh, versions_in
from service.profile_forms import CLEAN, Strict
from service.profiles_api import IfMatch, IfNoneMatch, check_page
from service.round_names import telling
from service.round_texts import RoundTexts
from service.security import Anyone, Officer, Visit
from service.weights_answers import ChancesOut, ProposalOut, Proposals, WeightActOut
from service.weights_schemas import (
    Present,
    act_out,
    chances_out,
    proposal_line,
    proposal_out,
    weights_out,
)

KIND = "weights"
"""What audit lines call them."""


class WhyBody(Strict):
    """The reason of an act, for the record."""

    why: str | None = Field(None, max_length=2000, pattern=CLEAN)


def read_weights(visit: Officer, response: Response, if_none_match: IfNoneMatch = None) -> Any:
    """What each part is worth now, and how it came to that; the ETag is what an act rests on."""
    with visit.reading() as conn:
        last, present = weights_kept.latest_act(conn), _present(visit, conn)
        acts = weights_kept.acts(conn)
        visit.note("read weights", KIND)
    response.headers["ETag"] = _etag(last)
    if is_fresh(if_none_match, response.headers["ETag"]):
        return Response(status_code=304, headers=dict(response.headers))
    return weights_out(present, visit.parts.learning.own, acts, visit.texts)


def propose_weights(visit: Officer, response: Response) -> ProposalOut:
    """Learn from all decisions so far, and measure on the latest rounds; nothing is adopted."""
    made = visit.parts.learning.propose(who=visit.who, at=visit.at)
    visit.note("proposed weights", KIND, str(made.id))
    response.headers["Location"] = f"/api/v1/weights/proposals/{made.id}"
    return _told(visit, made)


def read_proposals(visit: Officer, limit: Annotated[int, Query(ge=1, le=1000)] = 50) -> Proposals:
    """The latest proposals, newest first, each with what the held-out rounds say of it."""
    check_page(visit, limit)
    with visit.reading() as conn:
        found, present = weights_kept.proposals(conn, limit), _present(visit, conn)
        visit.note("read proposals", KIND)
    return Proposals(items=[proposal_line(one, present, visit.texts) for one in found])


def read_proposal(visit: Officer, id: Number) -> ProposalOut:
    """Points before and proposed, and the evidence: present and proposed on the held-out rounds."""
    with visit.reading() as conn:
        found = weights_kept.get(conn, id)
    visit.note("read proposal", KIND, str(id))
    return _told(visit, found)


def accept_proposal(
    visit: Officer, id: Number, body: WhyBody, response: Response, if_match: IfMatch = None
) -> WeightActOut:
    """Score by a proposal's points from now on, if they were shown to be better than these."""
    expected = _expected(visit, if_match)
    act = visit.parts.learning.accept(
        id, expected=expected, who=visit.who, at=visit.at, why=body.why
    )
    return _acted(visit, act, "accepted weights", response, str(id))


def undo_weights(
    visit: Officer, body: WhyBody, response: Response, if_match: IfMatch = None
) -> WeightActOut:
    """Score again by the points before the last acceptance; undoing again walks further back."""
    expected = _expected(visit, if_match)
    act = visit.parts.learning.undo(expected=expected, who=visit.who, at=visit.at, why=body.why)
    return _acted(visit, act, "undid weights", response)


def read_chances(visit: Anyone) -> ChancesOut:
    """How far the chances beside matches hold, or what they lack; groups are compared for officers.

    Bins and Brier scores are of the latest rounds, each foretold from those before it.
    """
    learning, compares = visit.parts.learning, visit.is_officer
    found = learning.reliability() if compares else learning.foretelling().reliability
    visit.note("read chances", "chances")
    visit.write_lines()
    return chances_out(found, RoundTexts(visit.texts, {}), compares)


def _present(visit: Visit, conn: Connection) -> Present:
    standing = weights_kept.standing(conn)
    points = weights_kept.points_now(conn, visit.parts.learning.own)
    return Present(points, None if standing is None else standing.id)


def _told(visit: Visit, proposal: Proposal) -> ProposalOut:
    programmes = {one.programme_id for one in proposal.evidence.strictness}
    with visit.reading() as conn:
        present, say = _present(visit, conn), telling(conn, visit.texts, programmes)
    return proposal_out(proposal, present, say)


def _expected(visit: Visit, if_match: str | None) -> int:
    """The number of the last act, as the caller has seen it; 0 before the first.

    Raises
    ------
    PreconditionMissing
        Without If-Match, or with one that names no act at all where none is there yet.
    WeightsOvertaken
        If the last act is another than the one named.
    """
    with visit.reading() as conn:
        last = weights_kept.latest_act(conn)
    present = 0 if last is None else last.id
    seen = versions_in(if_match) if if_match else frozenset[int]()
    if seen is None or present in seen:
        return present
    if last is None or not if_match:
        raise PreconditionMissing(id=KIND)
    raise WeightsOvertaken(by=last.who, at=last.at)


def _acted(
    visit: Visit, act: WeightAct, what: str, response: Response, id: str | None = None
) -> WeightActOut:
    visit.note(what, KIND, id)
    visit.write_lines()
    response.headers["ETag"] = _etag(act)
    return act_out(act)


def _etag(act: WeightAct | None) -> str:
    return etag_of(0 if act is None else act.id, False)
