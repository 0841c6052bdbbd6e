"""Gathers what a report of a run says from what was kept of it: members, limits, weights, result.

Names are those of the profiles that the run read. Personal data has no place in a report.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from data import cohorts, history, publications, runs
from data.engines import Connection
from data.reports.table import (
    UNNAMED,
    Letterhead,
    LimitLine,
    ProgrammeLine,
    RunReport,
    StartupLine,
    WeightLine,
)
from data.runs import Grounds, Order
from matcher.assignment.building import BUDGET, cost_of
from matcher.assignment.instance import Instance
from matcher.cohort import Cohort
from matcher.outcome import Outcome, Shortfall
from service.opening import CITY
from service.preparing import Prepared
from service.settings import Settings


def report_of(conn: Connection, run_id: int, letterhead: Letterhead = UNNAMED) -> RunReport:
    """Return what reports are written from; raises RunNotFound, NoOutcome."""
    run, answer = runs.get(conn, run_id), runs.answer(conn, run_id)
    instance = runs.round_of(conn, run_id).instance
    report = _report(conn, run.order, runs.grounds_of(run), instance, answer, letterhead)
    latest = publications.latest(conn, run.order.cohort_id)
    is_published = latest is not None and latest.run_id == run_id
    return replace(
        report,
        run=run_id,
        outcome_digest=run.result_digest,
        published_on=latest.at.astimezone(CITY).date() if latest and is_published else None,
    )


def letterhead_of(settings: Settings) -> Letterhead:
    """The head of a proposal as this installation has it."""
    return Letterhead(**settings.letterhead)


def report_of_trial(
    conn: Connection,
    order: Order,
    prepared: Prepared,
    answer: Outcome | Shortfall,
    letterhead: Letterhead = UNNAMED,
) -> RunReport:
    """Return what reports of a dry run are written from."""
    instance = prepared.round.instance
    return _report(conn, order, prepared.grounds, instance, answer, letterhead)


def _report(
    conn: Connection,
    order: Order,
    grounds: Grounds,
    instance: Instance,
    answer: Outcome | Shortfall,
    letterhead: Letterhead,
) -> RunReport:
    cohort = cohorts.get(conn, order.cohort_id, order.cohort_version).cohort
    return RunReport(
        cohort=cohort,
        run=None,
        how=order.how,
        day=grounds.day,
        who=order.ordered_by,
        version=grounds.code_version,
        model=grounds.model_id,
        weights=tuple(WeightLine(part, worth) for part, worth in grounds.points),
        input_digest=grounds.input_digest,
        outcome=answer,
        startups=tuple(map(_startup, _profiles(conn, grounds, "startup"))),
        programmes=tuple(map(_programme, _profiles(conn, grounds, "programme"))),
        limits=limit_lines(cohort, instance, answer),
        money_unit=money_unit(cohort, instance),
        letterhead=letterhead,
    )


def limits_asked(cohort: Cohort) -> tuple[LimitLine, ...]:
    """The quotas and the budget of a round as they are asked for; what a run has is not told."""
    quotas = [
        LimitLine(one.name, one.attribute, one.value, one.at_least, one.at_most, None)
        for one in cohort.quotas
    ]
    budget = cohort.budget
    if budget is not None:
        most = math.floor(budget.amount)
        quotas.append(LimitLine(BUDGET, None, None, None, most, None, budget.currency))
    return tuple(quotas)


def limit_lines(
    cohort: Cohort, instance: Instance, answer: Outcome | Shortfall
) -> tuple[LimitLine, ...]:
    """The limits of a round, each with what a run has; unknown where it has none."""
    found = _found(instance, answer) if isinstance(answer, Outcome) else {}
    if BUDGET in found:
        found[BUDGET] *= money_unit(cohort, instance)
    return tuple(replace(line, found=found.get(line.name)) for line in limits_asked(cohort))


def money_unit(cohort: Cohort, instance: Instance) -> int:
    """What one unit of the budget's bound is worth in the currency of the budget; 1 without one."""
    bound = next((one for one in instance.bounds if one.name == BUDGET), None)
    if bound is None or cohort.budget is None:
        return 1
    weights = dict(zip(instance.programmes, bound.weights.tolist(), strict=True))
    for intake in cohort.intakes:
        weight = weights.get(intake.programme_id, 0)
        if weight:
            return math.ceil(cost_of(intake, cohort.budget) or 0) // int(weight)
    return 1


def _found(instance: Instance, outcome: Outcome) -> dict[str, int]:
    """What each bound of a round adds up to, by its name, in its own unit."""
    rows = {id: place for place, id in enumerate(instance.startups)}
    cols = {id: place for place, id in enumerate(instance.programmes)}
    pairs = [
        (rows[one.startup_id], cols[place.programme_id])
        for one in outcome.placements
        for place in one.places
    ]
    at = np.array(pairs, np.int64).reshape(-1, 2)
    side = {"startup": at[:, 0], "programme": at[:, 1]}
    return {bound.name: int(bound.weights[side[bound.side]].sum()) for bound in instance.bounds}


def _profiles(conn: Connection, grounds: Grounds, kind: str) -> Iterator[Any]:
    """The profiles of a kind that a run read, by id."""
    read: Mapping[str, int] = {id: number for one, id, number in grounds.versions if one == kind}
    found = history.profiles_as_of(conn, kind, read)
    return (found[id] for id in sorted(found))


def _startup(profile: Any) -> StartupLine:
    sectors = profile.sectors or ()
    return StartupLine(profile.id, profile.name, profile.tax_code, sectors, profile.ward)


def _programme(profile: Any) -> ProgrammeLine:
    return ProgrammeLine(profile.id, profile.name, profile.organisation, profile.country)
