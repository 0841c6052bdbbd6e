"""Writes cohorts, runs and publications in the asked language: the same over HTTP and commands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from data.cohorts import StoredCohort
from data.publications import Publication
from data.reports.table import LimitLine
from data.runs import Failure, Grounds, Run
from data.texts import Texts
from matcher.assignment.building import BUDGET
from matcher.assignment.instance import How
from matcher.errors import CauNoiError, code_of
from matcher.outcome import (
    FairnessSheet,
    Load,
    Measures,
    Move,
    Outcome,
    Shortfall,
    WayOut,
)
from service.answers import Named
from service.problems import without_internals
from service.replaying import Replayed
from service.round_answers import (
    CohortLine,
    FailureOut,
    GroundsOut,
    GroupOut,
    HowOut,
    LimitOut,
    LoadOut,
    MeasuresOut,
    MoveOut,
    OutcomeOut,
    PublicationOut,
    RelaxationOut,
    ReplayOut,
    RunOut,
    SheetOut,
    WaitingOut,
    WayOutOut,
    WeightOut,
)
from service.round_texts import RoundTexts

SAME_OF_RUN = (
    "id", "state", "stage", "share", "attempts", "started_at", "heard_at", "finished_at",
    "placed", "proved", "result_digest",
)  # fmt: skip
SAME_OF_SHEET = (
    "envy_pairs", "optimum_envy_pairs", "blocking_pairs", "optimum_blocking_pairs",
    "exposure_gini", "load_gini", "optimum_load_gini",
)  # fmt: skip


def points(hundredths: int | None) -> Any:
    """Hundredths of a point as points; None stays unknown."""
    return None if hundredths is None else hundredths / 100


def cohort_line(kept: StoredCohort) -> CohortLine:
    """A cohort in short."""
    cohort = kept.cohort
    return CohortLine(
        id=cohort.id,
        name=cohort.name,
        version=kept.version,
        changed_at=kept.changed_at,
        changed_by=kept.changed_by,
        opens_on=cohort.opens_on,
        closes_on=cohort.closes_on,
        startups=len(cohort.startups),
        programmes=len(cohort.intakes),
        pair_rules=len(cohort.pair_rules),
        quotas=len(cohort.quotas),
    )


def how_out(how: How) -> HowOut:
    """What was asked of a run."""
    values = {f.name: getattr(how, f.name) for f in dataclasses.fields(how)}
    return HowOut(keep_points=points(values.pop("keep_value")), **values)


def run_out(run: Run, texts: Texts, limits: Sequence[LimitLine] | None = None) -> RunOut:
    """A run; its error in the reader's language."""
    order = run.order
    return RunOut(
        **{name: getattr(run, name) for name in SAME_OF_RUN},
        cohort_id=order.cohort_id,
        cohort_version=order.cohort_version,
        how=how_out(order.how),
        held_from=order.held_from,
        ordered_by=order.ordered_by,
        ordered_at=order.ordered_at,
        error=None if run.error is None else _failure(run.error, texts),
        total=points(run.total),
        bound=points(run.bound),
        limits=None if limits is None else [limit_out(line) for line in limits],
        grounds=None if run.grounds is None else _grounds(run.grounds),
    )


def _failure(failure: Failure, texts: Texts) -> FailureOut:
    kinds = {code_of(kind): kind for kind in _tree(CauNoiError)}
    made = kinds.get(failure.code, CauNoiError)
    error = without_internals(made(**dict(failure.facts)))
    text = texts.error(error)
    return FailureOut(code=failure.code, title=text.title, detail=text.detail, next=text.next)


def _tree(kind: type[CauNoiError]) -> Iterator[type[CauNoiError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _tree(one)


def _grounds(grounds: Grounds) -> GroundsOut:
    return GroundsOut(
        day=grounds.day,
        model=grounds.model_id,
        code_version=grounds.code_version,
        weights=[WeightOut(part=part, points=worth) for part, worth in grounds.points],
        noise=grounds.noise,
        profiles=len(grounds.versions),
        input_digest=grounds.input_digest,
    )


def named(say: RoundTexts, id: str) -> Named:
    """A startup or programme by its id and name."""
    return Named(id=id, name=say.name(id))


# -- a result ------------------------------------------------------------------------------


def outcome_out(
    run_id: int | None,
    answer: Outcome | Shortfall,
    limits: Sequence[LimitLine],
    say: RoundTexts,
    unit: int = 1,
) -> OutcomeOut:
    """What a run says as a whole.

    ``run_id`` is None for one that is not kept; ``unit`` is what one unit of the budget's limit is
    worth (:func:`service.run_reports.money_unit`).
    """
    shown = [limit_out(line) for line in limits]
    if isinstance(answer, Shortfall):
        ways = [_way_out(way, say, unit) for way in answer.ways_out]
        return _short(run_id, ways, shown)
    return OutcomeOut(
        run=run_id,
        state="done",
        placed=sum(one.state == "placed" for one in answer.placements),
        total=points(answer.total),
        bound=points(answer.bound),
        gap=points(answer.bound - answer.total),
        proved=answer.proved,
        loads=[_load(load, say) for load in answer.loads],
        sheet=_sheet(answer.sheet, say),
        moves=[move_out(move, say) for move in answer.moves],
        least_moves=answer.least_moves,
        limits=shown,
        notes=say.say_all(answer.notes),
        ways_out=[],
    )


def _short(run_id: int | None, ways: list[WayOutOut], limits: list[LimitOut]) -> OutcomeOut:
    nothing: dict[str, Any] = dict.fromkeys(
        ("placed", "total", "bound", "gap", "proved", "sheet", "least_moves")
    )
    return OutcomeOut(
        run=run_id, state="infeasible", **nothing, loads=[], moves=[], limits=limits, notes=[],
        ways_out=ways,
    )  # fmt: skip


def _way_out(way: WayOut, say: RoundTexts, unit: int) -> WayOutOut:
    relaxed = [
        RelaxationOut(
            limit=one.limit,
            label=say.limit(one.limit),
            by=one.by * unit if one.limit == BUDGET else one.by,
            lowers=one.lowers,
        )
        for one in way.relaxed
    ]
    return WayOutOut(relaxed=relaxed, total=points(way.total))


def limit_out(line: LimitLine) -> LimitOut:
    """A limit, and whether it is kept."""
    values = {f.name: getattr(line, f.name) for f in dataclasses.fields(line)}
    return LimitOut(**values, kept=line.kept)


def _load(load: Load, say: RoundTexts) -> LoadOut:
    return LoadOut(
        programme=named(say, load.programme_id),
        places=load.places,
        assumed=load.assumed,
        taken=load.taken,
        min_intake=load.min_intake,
        lowest=points(load.lowest),
        highest=points(load.highest),
        price=points(load.price),
        reserves=[
            WaitingOut(startup=named(say, one.startup_id), points=points(one.fit))
            for one in load.reserves
        ],
    )


def _sheet(sheet: FairnessSheet, say: RoundTexts) -> SheetOut:
    return SheetOut(
        here=_measures(sheet.here),
        optimum=_measures(sheet.optimum),
        **{name: getattr(sheet, name) for name in SAME_OF_SHEET},
        price=points(sheet.price),
        groups=[
            GroupOut(
                attribute=group.attribute,
                value=group.value,
                label=say.attribute(group.attribute, group.value),
                here=_measures(group.here),
                optimum=_measures(group.optimum),
            )
            for group in sheet.groups
        ],
    )


def _measures(measures: Measures) -> MeasuresOut:
    fits = ("worst", "tenth", "lowest_placed", "mean", "total")
    return MeasuresOut(
        startups=measures.startups,
        able=measures.able,
        placed=measures.placed,
        choices=measures.choices,
        **{name: points(getattr(measures, name)) for name in fits},
    )


def move_out(move: Move, say: RoundTexts) -> MoveOut:
    """A move, and why."""
    return MoveOut(
        startup=named(say, move.startup_id),
        before=[named(say, id) for id in move.before],
        after=[named(say, id) for id in move.after],
        forced=move.forced,
        gain=points(move.gain),
        reasons=say.say_all(move.reasons),
    )


def replay_out(again: Replayed) -> ReplayOut:
    """What came of doing a run again."""
    return ReplayOut(
        run=again.run.id,
        same=again.same,
        points=again.points,
        result_digest=again.result_digest,
        again_digest=again.again_digest,
    )


def publication_out(act: Publication) -> PublicationOut:
    """An act, without its list."""
    same = ("id", "cohort_id", "action", "run_id", "who", "at", "why")
    values = {name: getattr(act, name) for name in same}
    return PublicationOut(**values, placed=len(act.pairs))
