"""What the pages of a cohort show: its head, its places, who belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from data import profiles, publications, runs
from data.cohorts import StoredCohort
from data.engines import Connection
from data.folding import fold
from matcher.assignment.building import places_of
from matcher.cohort import Cohort, Intake
from matcher.profile import Programme

Item = TypeVar("Item")
State = Literal["draft", "runs", "published"]
PlacesFrom = Literal["officer", "catalogue", "assumed", "unknown", "gone"]

TABS = ("setup", "startups", "programmes", "rulings", "limits", "runs", "published", "history")


@dataclass(frozen=True, slots=True)
class PlacesTold:
    """The places of a round: those that are known, those assumed, and programmes without any.

    ``assumed`` counts programmes, ``assumed_places`` their places together.
    """

    known: int
    assumed: int
    assumed_places: int
    unknown: int


@dataclass(frozen=True, slots=True)
class CohortHead:
    """What stands at the head of every page of a cohort.

    ``act`` is the number of the last act of publishing, 0 for none yet; ``run`` that of the latest
    run, None for none.
    """

    id: str
    name: str
    version: int
    changed_at: datetime
    changed_by: str
    state: State
    startups: int
    programmes: int
    places: PlacesTold
    rulings: int
    limits: int
    placed: int
    act: int
    run: int | None
    tab: str


def head_of(conn: Connection, kept: StoredCohort, tab: str) -> CohortHead:
    """The head of a cohort's pages."""
    ids = [one.programme_id for one in kept.cohort.intakes]
    return head_with(conn, kept, profiles.get_many(conn, "programme", ids), tab)


def head_with(
    conn: Connection, kept: StoredCohort, programmes: Mapping[str, Any], tab: str
) -> CohortHead:
    """The head of a cohort's pages, of programmes that were read already."""
    cohort = kept.cohort
    latest = publications.latest(conn, cohort.id)
    ran = runs.runs_of(conn, cohort.id, limit=1)
    state: State = "published" if latest and latest.pairs else "runs" if ran else "draft"
    return CohortHead(
        id=cohort.id,
        name=cohort.name,
        version=kept.version,
        changed_at=kept.changed_at,
        changed_by=kept.changed_by,
        state=state,
        startups=len(cohort.startups),
        programmes=len(cohort.intakes),
        places=places_told(cohort, programmes),
        rulings=len(cohort.pair_rules),
        limits=len(cohort.quotas) + (cohort.budget is not None),
        placed=len(latest.pairs) if latest else 0,
        act=latest.id if latest else 0,
        run=ran[0].id if ran else None,
        tab=tab,
    )


def places_told(cohort: Cohort, programmes: Mapping[str, Any]) -> PlacesTold:
    """The places of a round as a run will read them; a programme that is gone has none."""
    read = [places_from(one, programmes.get(one.programme_id), cohort) for one in cohort.intakes]
    assumed = [places or 0 for places, where in read if where == "assumed"]
    known = sum(places or 0 for places, where in read if where in ("officer", "catalogue"))
    unknown = sum(where in ("unknown", "gone") for _, where in read)
    return PlacesTold(known, len(assumed), sum(assumed), unknown)


def places_from(
    intake: Intake, programme: Programme | None, cohort: Cohort
) -> tuple[int | None, PlacesFrom]:
    """The places that a run will read for a programme, and where they come from."""
    if programme is None:
        return None, "gone"
    places, assumed = places_of(intake, programme, cohort)
    if places is None:
        return None, "unknown"
    if assumed:
        return places, "assumed"
    return places, "officer" if intake.places is not None else "catalogue"


def having(items: Iterable[Item], text: str, *told: Any) -> list[Item]:
    """The items of which every word of a text stands in what is told of them, accents aside.

    ``told`` is one function or several, each giving a text of an item.
    """
    words = fold(text).split()
    if not words:
        return list(items)
    found = ((item, fold(" ".join(str(one(item) or "") for one in told))) for item in items)
    return [item for item, whole in found if all(word in whole for word in words)]
