"""Addresses of what is published: the list that stands, its acts, and what a startup was given.

An act rests on the act before it: its number is the ETag of the published list, ``"0"`` where
nothing was published yet. Two officers cannot publish over each other.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BeforeValidator, Field

from data import cohorts, profiles, publications
from data.engines import Connection
from data.publications import Publication
from matcher.errors import Overtaken, PreconditionMissing
from service.answers import Named
from service.etags import etag_of, is_fresh, versions_in
from service.profile_forms import CLEAN, Strict, whole
from service.profiles_api import ALL, IfMatch, IfNoneMatch, check_page
from service.publication_answers import (
    CappedOut,
    PlacedOut,
    PlacementOfStartup,
    Publications,
    PublishedOut,
)
from service.publication_schemas import given_out, lists_out
from service.round_answers import PublicationOut
from service.round_names import telling
from service.round_schemas import publication_out
from service.security import Anyone, Officer, Visit, may_write

MOST_STARTUPS = 50_000

Why = Annotated[
    str | None,
    Query(max_length=2000, pattern=CLEAN, description="The reason, for the record. / Lý do."),
]


class PublishBody(Strict):
    """What to publish: a run whole, or only what it says of some startups; the others stay."""

    run_id: Annotated[int, BeforeValidator(whole)] = Field(ge=1, le=2**63 - 1)
    startups: list[Annotated[str, Field(max_length=80, pattern=CLEAN)]] | None = Field(
        None, min_length=1, max_length=MOST_STARTUPS
    )
    why: str | None = Field(None, max_length=2000, pattern=CLEAN)


def read_published(
    visit: Officer, id: str, response: Response, if_none_match: IfNoneMatch = None
) -> Any:
    """The whole list that stands, by startup; its ETag is what the next act rests on."""
    with visit.reading() as conn:
        cohort = cohorts.get(conn, id).cohort
        latest = publications.latest(conn, id)
        pairs = () if latest is None else latest.pairs
        say = telling(conn, visit.texts, {one for pair in pairs for one in pair})
        visit.note("read published", "cohort", id)
    response.headers["ETag"] = _etag(latest)
    if is_fresh(if_none_match, response.headers["ETag"]):
        return Response(status_code=304, headers=dict(response.headers))
    return PublishedOut(
        cohort=Named(id=id, name=cohort.name),
        publication=None if latest is None else publication_out(latest),
        placements=given_out(pairs, say),
    )


def read_publications(visit: Officer, id: str) -> Publications:
    """Every act, newest first: who published or undid what, when, and why."""
    with visit.reading() as conn:
        cohorts.version_of(conn, id)
        acts = publications.history(conn, id)
        visit.note("read publications", "cohort", id)
    return Publications(items=[publication_out(act) for act in acts])


def publish(
    visit: Officer, id: str, body: PublishBody, response: Response, if_match: IfMatch = None
) -> PublicationOut:
    """Let a run, or a part of it, stand as the published list.

    Refused where the cohort has changed since the run, where a part breaks a limit together with
    the rest of the list, and where somebody else published since the ETag was read.
    """
    act = visit.parts.rounds.publish(
        id,
        body.run_id,
        startups=body.startups,
        expected=_expected(visit, id, if_match),
        who=visit.who,
        why=body.why,
    )
    return _acted(visit, act, f"published run {body.run_id}", response)


def undo_publication(
    visit: Officer, id: str, response: Response, why: Why = None, if_match: IfMatch = None
) -> PublicationOut:
    """Let the list stand again that stood before; undoing again walks further back."""
    expected = _expected(visit, id, if_match)
    act = visit.parts.rounds.undo(id, expected=expected, who=visit.who, why=why)
    return _acted(visit, act, "undid publication", response)


def read_lists(
    visit: Officer,
    id: str,
    k: Annotated[
        int, Query(ge=1, le=20, description="Programmes per list. / Số chương trình.")
    ] = 5,
    slack: Annotated[
        float,
        Query(ge=1, le=10, description="1: as the places are spread; more lets lists crowd more."),
    ] = 1.5,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0, le=ALL)] = 0,
) -> CappedOut:
    """Lists that crowd no programme beyond what its places bear, and what that costs in fit."""
    check_page(visit, limit)
    lists = visit.parts.rounds.exposure(id, k, slack)
    instance = lists.round.instance
    page = instance.startups[offset : offset + limit]
    with visit.reading() as conn:
        say = telling(conn, visit.texts, (*page, *instance.programmes))
        name = cohorts.get(conn, id).cohort.name
        visit.note("read lists", "cohort", id)
    return lists_out(lists, Named(id=id, name=name), (k, slack), (limit, offset), say)


def read_own_placement(visit: Anyone, id: str) -> PlacementOfStartup:
    """What the published lists of all rounds give a startup, for itself and for officers."""
    with visit.reading() as conn:
        may_write(visit, conn, "startup", id)
        startup = profiles.stored(conn, "startup", id).profile
        placed = [(kept.cohort, act) for kept, act in _standing(conn)]
        mine = [
            (cohort, programme, act)
            for cohort, act in placed
            for one, programme in act.pairs
            if one == id
        ]
        say = telling(conn, visit.texts, {programme for _, programme, _ in mine})
        visit.note("read placement", "startup", id)
    placements = [
        PlacedOut(
            cohort=Named(id=cohort.id, name=cohort.name),
            programme=Named(id=programme, name=say.name(programme)),
            published_at=act.at,
        )
        for cohort, programme, act in mine
    ]
    return PlacementOfStartup(startup=Named(id=id, name=startup.name), placements=placements)


def _standing(conn: Connection) -> list[tuple[cohorts.StoredCohort, Publication]]:
    """Every cohort of which a list stands, with the act that left it."""
    found = (
        (kept, publications.latest(conn, kept.cohort.id)) for kept in cohorts.all_cohorts(conn)
    )
    return [(kept, act) for kept, act in found if act is not None]


def _expected(visit: Visit, cohort_id: str, if_match: str | None) -> int | None:
    """The act that the caller has seen as the last one, None for none yet.

    Raises
    ------
    CohortNotFound, PreconditionMissing
        Without If-Match, or with one that names no act at all where none is there yet.
    Overtaken
        If the last act is another than the one named.
    """
    with visit.reading() as conn:
        cohorts.version_of(conn, cohort_id)
        last = publications.latest(conn, cohort_id)
    present = 0 if last is None else last.id
    seen = versions_in(if_match) if if_match else frozenset[int]()
    if seen is None or present in seen:
        return present or None
    if last is None or not if_match:
        raise PreconditionMissing(id=cohort_id)
    raise Overtaken(cohort=cohort_id, by=last.who, at=last.at)


def noted(visit: Visit, act: Publication, what: str) -> Publication:
    """Write the audit line of an act that is done."""
    visit.note(what, "cohort", act.cohort_id)
    visit.write_lines()
    return act


def _acted(visit: Visit, act: Publication, what: str, response: Response) -> PublicationOut:
    noted(visit, act, what)
    response.headers["ETag"] = _etag(act)
    return publication_out(act)


def _etag(act: Publication | None) -> str:
    return etag_of(0 if act is None else act.id, False)
