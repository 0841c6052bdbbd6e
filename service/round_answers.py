"""The forms of the answers about cohorts, runs and publications, for programs.

Fits and scores go out as points with two decimals; sentences are in the language that was asked.
``round_schemas.py`` writes them.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from service.answers import Named, Out


class CohortLine(Out):
    """A cohort in short, as one version has it."""

    id: str
    name: str
    version: int
    changed_at: AwareDatetime
    changed_by: str
    opens_on: date | None
    closes_on: date | None
    startups: int
    programmes: int
    pair_rules: int
    quotas: int


class CohortLines(Out):
    """One page of the cohorts, by id; or of the versions of one, newest first."""

    items: list[CohortLine]
    total: int
    limit: int
    offset: int


class HowOut(Out):
    """What is asked of a run; ``keep_points`` is the keep dial, in points of fit."""

    mode: Literal["best", "fair", "stable"]
    proposing: Literal["startup", "programme"]
    seed: int
    keep_points: float
    max_moves: int | None
    seconds: float
    reserves: int


class FailureOut(Out):
    """Why a run failed, and what to do next."""

    code: str
    title: str
    detail: str
    next: str


class WeightOut(Out):
    """What a part of the score was worth: a rule or a likeness."""

    part: str
    points: float


class GroundsOut(Out):
    """What a result rests on; the same grounds give the same result, bit for bit."""

    day: date
    model: str
    code_version: str
    weights: list[WeightOut]
    noise: float
    profiles: int = Field(description="How many profiles were read, each in a known version.")
    input_digest: str


class LimitOut(Out):
    """A limit of the round: what it asks for, and what the run has, null where it is not told."""

    name: str
    attribute: str | None
    value: str | None
    at_least: int | None
    at_most: int | None
    found: int | None
    currency: str | None
    kept: bool | None


class RunOut(Out):
    """A run: what was asked, how far it is, and what it rests on; a draft until it is published."""

    id: int
    cohort_id: str
    cohort_version: int
    how: HowOut
    held_from: int | None = Field(description="The publication that is its round before.")
    ordered_by: str
    ordered_at: AwareDatetime
    state: Literal["queued", "running", "done", "infeasible", "failed", "cancelled"]
    stage: str | None
    share: float = Field(ge=0, le=1)
    attempts: int
    started_at: AwareDatetime | None
    heard_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    error: FailureOut | None
    placed: int | None
    total: float | None
    bound: float | None
    proved: bool | None
    result_digest: str | None
    limits: list[LimitOut] | None = Field(description="What its cohort asks for; null in lists.")
    grounds: GroundsOut | None = Field(description="Null before the end, and in lists.")


class RunLines(Out):
    """Runs of a cohort, newest first; ``next`` is the ``before`` of the page after, if any."""

    items: list[RunOut]
    limit: int
    next: int | None


class WaitingOut(Out):
    """One line of a reserve list, best first."""

    startup: Named
    points: float


class LoadOut(Out):
    """How one programme is filled; ``price`` is what one more place would add to the total."""

    programme: Named
    places: int | None = Field(description="Null where nobody knows; then nobody is placed there.")
    assumed: bool
    taken: int
    min_intake: int
    lowest: float | None
    highest: float | None
    price: float | None
    reserves: list[WaitingOut]


class MeasuresOut(Out):
    """How a group fares; ``choices`` counts those in their 1st, 2nd, 3rd and any later choice."""

    startups: int
    able: int
    placed: int
    choices: tuple[int, int, int, int]
    worst: float | None
    tenth: float | None
    lowest_placed: float | None
    mean: float | None
    total: float


class GroupOut(Out):
    """Startups that share a value, beside how they fare where the total is highest."""

    attribute: str
    value: str
    label: str
    here: MeasuresOut
    optimum: MeasuresOut


class SheetOut(Out):
    """How fair a run is, beside the optimum of the total; ``price`` is what the mode costs."""

    here: MeasuresOut
    optimum: MeasuresOut
    envy_pairs: int
    optimum_envy_pairs: int
    blocking_pairs: int
    optimum_blocking_pairs: int
    exposure_gini: float
    load_gini: float
    optimum_load_gini: float
    price: float
    groups: list[GroupOut]


class MoveOut(Out):
    """A startup whose places differ from the round before; ``forced`` where no choice was left."""

    startup: Named
    before: list[Named]
    after: list[Named]
    forced: bool
    gain: float
    reasons: list[str]


class RelaxationOut(Out):
    """A limit that has to give way, and by how much; ``label`` says it in words."""

    limit: str
    label: str
    by: int = Field(description="Placements; of the budget, whole units of its currency.")
    lowers: bool = Field(description="Whether it is a least that is lowered, or a most raised.")


class WayOutOut(Out):
    """Limits that together make the round possible, and the best total it then has."""

    relaxed: list[RelaxationOut]
    total: float


class OutcomeOut(Out):
    """What a run says as a whole. Of one that is infeasible, only its ways out."""

    run: int | None = Field(description="Null for a dry run, which is not kept.")
    state: Literal["done", "infeasible"]
    placed: int | None
    total: float | None
    bound: float | None
    gap: float | None = Field(description="Points that are not proved: the bound less the total.")
    proved: bool | None
    loads: list[LoadOut]
    sheet: SheetOut | None
    moves: list[MoveOut]
    least_moves: int | None
    limits: list[LimitOut]
    notes: list[str]
    ways_out: list[WayOutOut]


class Difference(Out):
    """What the other run changes against this one, startup by startup."""

    run: int
    other: int
    moves: list[MoveOut]


class ReplayOut(Out):
    """What came of doing a run again; ``points`` says whether the fits were made again too."""

    run: int
    same: bool
    points: Literal["same", "different", "other_model", "other_version", "profiles_gone"]
    result_digest: str
    again_digest: str


class PublicationOut(Out):
    """One act: a list published, or the list before brought back; ``placed`` counts its places."""

    id: int
    cohort_id: str
    action: Literal["publish", "undo"]
    run_id: int | None
    who: str
    at: AwareDatetime
    why: str | None
    placed: int
