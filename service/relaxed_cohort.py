"""A cohort after a way out of its round was taken: each limit relaxed as far as the way says."""

from __future__ import annotations

from dataclasses import replace

from matcher.assignment.building import BUDGET
from matcher.assignment.instance import Instance
from matcher.cohort import Cohort, Intake, Quota
from matcher.outcome import Relaxation, WayOut


def relaxed_cohort(cohort: Cohort, way: WayOut, instance: Instance, unit: int) -> Cohort:
    """The cohort with the limits of a way out relaxed.

    Parameters
    ----------
    instance
        The round that nobody could solve; places and least intakes are counted from it.
    unit
        What one unit of the budget's limit is worth (:func:`service.run_reports.money_unit`).
    """
    for one in way.relaxed:
        cohort = _relaxed(cohort, one, instance, unit)
    return cohort


def _relaxed(cohort: Cohort, one: Relaxation, instance: Instance, unit: int) -> Cohort:
    if any(quota.name == one.limit for quota in cohort.quotas):
        quotas = (_wider(q, one) if q.name == one.limit else q for q in cohort.quotas)
        return replace(cohort, quotas=tuple(quotas))
    if one.limit == BUDGET and cohort.budget is not None:
        amount = cohort.budget.amount + one.by * unit
        return replace(cohort, budget=replace(cohort.budget, amount=amount, usd=None))
    kind, _, id = one.limit.partition(":")
    if kind == "offers":
        return replace(cohort, offers=cohort.offers + one.by)
    if kind == "forced":
        startup, _, programme = id.partition(":")
        kept = (
            rule
            for rule in cohort.pair_rules
            if (rule.startup_id, rule.programme_id, rule.ruling) != (startup, programme, "forced")
        )
        return replace(cohort, pair_rules=tuple(kept))
    intakes = (
        _opened(intake, kind, one.by, instance) if intake.programme_id == id else intake
        for intake in cohort.intakes
    )
    return replace(cohort, intakes=tuple(intakes))


def _opened(intake: Intake, kind: str, by: int, instance: Instance) -> Intake:
    at = instance.programmes.index(intake.programme_id)
    if kind == "places":
        return replace(intake, places=int(instance.places[at]) + by)
    return replace(intake, min_intake=max(int(instance.least[at]) - by, 0))


def _wider(quota: Quota, one: Relaxation) -> Quota:
    """A quota whose least comes to nothing and that has no most is kept as at least 0."""
    if quota.at_most is None or (one.lowers and quota.at_least):
        return replace(quota, at_least=max((quota.at_least or 0) - one.by, 0))
    return replace(quota, at_most=quota.at_most + one.by)
