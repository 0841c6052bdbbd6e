"""What the pages of a run share: its head, and how it is read once for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data import cohorts, publications, runs
from data.engines import Connection
from data.reports.rows import measured
from data.texts import Texts
from matcher.assignment.building import ATTRIBUTES, CONSENTED
from matcher.outcome import FairnessSheet, Group, Measures
from matcher.rules.base import Coded
from service.pages.doors import PageVisit
from service.round_answers import RunOut
from service.runs_api import run_told

TABS = ("result", "placements", "programmes", "fairness", "moves", "pictures", "publish")
ENDED = frozenset({"done", "infeasible", "failed", "cancelled"})
CODED = frozenset({"sector", "stage", "phase", "country"})


@dataclass(frozen=True, slots=True)
class RunHead:
    """What stands at the head of every page of a run.

    Attributes
    ----------
    present
        The version of the cohort that is there now; 0 where the cohort is deleted.
    published
        Whether the list that stands is this run's.
    act
        The number of the last act of publishing, 0 for none yet.
    """

    run: RunOut
    cohort_name: str
    present: int
    published: bool
    act: int
    tab: str

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.run.state in ENDED

    @property
    def is_current(self) -> bool:
        """Whether the cohort still is as the run read it."""
        return self.present == self.run.cohort_version


def run_head(visit: PageVisit, conn: Connection, number: int, tab: str) -> RunHead:
    """The head of a run's pages; raises RunNotFound."""
    run = runs.get(conn, number)
    cohort_id = run.order.cohort_id
    present = cohorts.find(conn, cohort_id)
    then = cohorts.get(conn, cohort_id, run.order.cohort_version)
    latest = publications.latest(conn, cohort_id)
    return RunHead(
        run=run_told(visit, conn, run),
        cohort_name=(present or then).cohort.name,
        present=0 if present is None else present.version,
        published=latest is not None and latest.run_id == number,
        act=0 if latest is None else latest.id,
        tab=tab,
    )


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure of a fairness sheet, as it is written, beside another's."""

    name: str
    about: str
    here: str
    beside: str


def measure_lines(texts: Texts, sheet: FairnessSheet) -> Iterator[MeasureLine]:
    """Every measure of a run beside the optimum of the total."""
    for key, here, optimum in measured(sheet):
        yield _line(texts, key, here, optimum)


def measures_beside(
    texts: Texts, sheet: FairnessSheet, other: FairnessSheet
) -> Iterator[MeasureLine]:
    """Every measure of a run beside another run's."""
    for (key, here, _), (_, there, _) in zip(measured(sheet), measured(other), strict=True):
        yield _line(texts, key, here, there)


def _line(texts: Texts, key: str, here: object, beside: object) -> MeasureLine:
    name, about = texts.report(f"measure.{key}"), texts.report(f"measure_about.{key}")
    return MeasureLine(name, about, _written(texts, here), _written(texts, beside))


def _written(texts: Texts, value: object) -> str:
    if value is None:
        return "–"
    return texts.value(round(value, 2) if isinstance(value, float) else value)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """How one group fares; shares are of those with an open programme, None where nobody is."""

    value: str
    startups: int
    able: int
    placed: int
    share: float | None
    optimum: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The groups by one attribute; ``by_consent`` where they rest on consents."""

    name: str
    by_consent: bool
    lines: tuple[GroupLine, ...]


def group_tables(texts: Texts, sheet: FairnessSheet) -> tuple[GroupTable, ...]:
    """The groups of a fairness sheet by attribute, in the order of the sheet."""
    names = dict.fromkeys(group.attribute for group in sheet.groups)
    return tuple(
        GroupTable(
            _attribute(texts, name),
            name in CONSENTED,
            tuple(_group(texts, group) for group in sheet.groups if group.attribute == name),
        )
        for name in names
    )


def unknown_groups(texts: Texts, sheet: FairnessSheet) -> tuple[str, ...]:
    """What startups are grouped by and none of the round tells."""
    told = {group.attribute for group in sheet.groups}
    asked = [name for name, one in ATTRIBUTES.items() if one.side == "startup"]
    names = (texts.value(Coded("attribute", (name,))) for name in asked if name not in told)
    return tuple(name[:1].lower() + name[1:] for name in names)


def _attribute(texts: Texts, name: str) -> str:
    if name == "founder_sex":
        return texts.report("founders")
    told = texts.value(Coded("attribute", (name,)))
    return told[:1].upper() + told[1:]


def _group(texts: Texts, group: Group) -> GroupLine:
    here = group.here
    return GroupLine(
        _value(texts, group),
        here.startups,
        here.able,
        here.placed,
        _share(here),
        _share(group.optimum),
        None if here.mean is None else here.mean / 100,
    )


def _value(texts: Texts, group: Group) -> str:
    if group.attribute == "founder_sex":
        return texts.screen(f"founder_sex.{group.value}")
    coded = group.attribute in CODED
    told = texts.value(Coded(group.attribute, (group.value,))) if coded else group.value
    return told[:1].upper() + told[1:]


def _share(measures: Measures) -> float | None:
    return measures.placed / measures.able if measures.able else None
