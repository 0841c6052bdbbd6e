"""Writes published lists, capped lists, and what became of a file of a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from data.cohort_files import CohortReport, RefusedLine
from data.publications import Pairs
from data.texts import Texts
from matcher.cohort import Cohort
from matcher.telling.exposure import Exposure
from matcher.telling.fairness import exposures
from service.answers import Named
from service.publication_answers import (
    CapOut,
    CappedOut,
    CohortReportOut,
    EntryOut,
    ExposureOut,
    GivenOut,
    ListOut,
    RefusedLineOut,
)
from service.round_schemas import named, points
from service.round_texts import RoundTexts
from service.rounds import Lists
from service.schemas import cell_fault


def given_out(pairs: Pairs, say: RoundTexts) -> list[GivenOut]:
    """A published list with names."""
    return [
        GivenOut(startup=named(say, startup), programme=named(say, programme))
        for startup, programme in pairs
    ]


def lists_out(
    lists: Lists,
    cohort: Named,
    asked: tuple[int, float],
    part: tuple[int, int],
    say: RoundTexts,
) -> CappedOut:
    """One page of capped lists, with what they do beside lists by fit alone.

    ``asked`` is how many programmes and how much slack, ``part`` the limit and offset of the page.
    """
    (k, slack), (limit, offset) = asked, part
    instance = lists.round.instance
    page = range(offset, min(offset + limit, len(instance.startups)))
    return CappedOut(
        cohort=cohort,
        k=k,
        slack=slack,
        plain=_exposure(lists.before),
        capped=_exposure(lists.after),
        caps=_caps(lists, say),
        items=[_list(lists, row, say) for row in page],
        total=len(instance.startups),
        limit=limit,
        offset=offset,
    )


def _exposure(exposure: Exposure) -> ExposureOut:
    same = ("congestion", "applicants_most", "applicants_mean", "gini", "best_kept", "entries")
    mean = None if exposure.mean_fit is None else round(exposure.mean_fit / 100, 2)
    return ExposureOut(mean_points=mean, **{name: getattr(exposure, name) for name in same})


def _caps(lists: Lists, say: RoundTexts) -> list[CapOut]:
    instance, capped = lists.round.instance, lists.capped
    listed = exposures(capped.lists, len(instance.programmes)).tolist()
    return [
        CapOut(
            programme=named(say, id),
            places=int(instance.places[col]),
            cap=int(capped.caps[col]),
            listed=listed[col],
            over=int(capped.over[col]),
        )
        for col, id in enumerate(instance.programmes)
    ]


def _list(lists: Lists, row: int, say: RoundTexts) -> ListOut:
    instance = lists.round.instance
    cols = lists.capped.lists[row]
    entries = [
        EntryOut(
            programme=named(say, instance.programmes[col]),
            points=points(int(instance.fit[row, col])),
        )
        for col in cols[np.flatnonzero(cols >= 0)].tolist()
    ]
    return ListOut(startup=named(say, instance.startups[row]), programmes=entries)


@dataclass(frozen=True, slots=True)
class LoadedCohort:
    """The cohort after a file; ``version`` None for one that is not kept."""

    cohort: Cohort
    version: int | None
    action: Literal["added", "changed", "unchanged"]


def cohort_report_out(
    report: CohortReport, loaded: LoadedCohort, dry_run: bool, texts: Texts
) -> CohortReportOut:
    """What became of a file."""
    cohort = loaded.cohort
    counts = {
        "startups": len(cohort.startups),
        "programmes": len(cohort.intakes),
        "pair_rules": len(cohort.pair_rules),
        "quotas": len(cohort.quotas),
    }
    return CohortReportOut(
        dry_run=dry_run,
        action=loaded.action,
        id=cohort.id,
        name=cohort.name,
        version=loaded.version,
        **counts,
        given=list(report.given),
        refused=[_refused(line, texts) for line in report.refused],
        ignored_headings=list(report.ignored_headings),
        ignored_sheets=list(report.ignored_sheets),
    )


def _refused(line: RefusedLine, texts: Texts) -> RefusedLineOut:
    faults = [cell_fault(cell, texts) for cell in line.cells]
    return RefusedLineOut(sheet=line.sheet, line=line.line, name=line.name, errors=faults)
