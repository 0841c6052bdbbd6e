"""Names for what an outcome tells by its id or code, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from babel.numbers import format_decimal

from data.reports.table import Cell, ProgrammeLine, RunReport, StartupLine
from data.taxonomies import name_of, terms
from data.texts import Texts
from matcher.assignment.building import BUDGET
from matcher.outcome import (
    FairnessSheet,
    Load,
    Move,
    Outcome,
    Place,
    Placement,
    Relaxation,
    Shortfall,
)
from matcher.rules.base import Fact, Reason
from matcher.taxonomy import VOCABULARIES

FOUNDERS = "founder_sex"
"""A group of the fairness sheet: startups with, and without, a woman among their founders."""
TOLD_BY_ID = frozenset(("startup", "programme", "other", "limit"))
"""Facts of reasons that hold an id, or the name of a limit."""


@dataclass(frozen=True, slots=True)
class Given:
    """One place that was given: the startup's placement, and the place."""

    placement: Placement
    place: Place


class Naming:
    """The report's startups and programmes by id, and its codes by their names.

    Raises
    ------
    UnknownName
        When made for a language that is not listed.
    """

    def __init__(self, report: RunReport, lang: str) -> None:
        self.report = report
        self.texts = Texts(lang)
        self.run = self.texts.report("dry_run") if report.run is None else str(report.run)
        self._startups = {line.id: line for line in report.startups}
        self._programmes = {line.id: line for line in report.programmes}
        self._whys = {
            (rule.startup_id, rule.programme_id): rule.why
            for rule in report.cohort.pair_rules
            if rule.ruling == "forced"
        }

    @property
    def unknown(self) -> str:
        """The word for what nobody knows."""
        return self.texts.value(None)

    def decimals(self, hundredths: int) -> str:
        """Hundredths of a point as points with two decimals, such as ``62,70``."""
        return str(format_decimal(hundredths / 100, format="#,##0.00", locale=self.texts.lang))

    def number(self, value: Cell) -> str:
        """A number as a table of a document shows it: points with two decimals."""
        return self.decimals(round(value * 100)) if isinstance(value, float) else self._plain(value)

    def _plain(self, value: Cell) -> str:
        return "" if value is None else self.texts.value(value)

    def startup(self, startup_id: str) -> StartupLine:
        """Its line, or one that shows the id as its name."""
        return self._startups.get(startup_id) or StartupLine(startup_id, startup_id)

    def programme(self, programme_id: str) -> ProgrammeLine:
        """Its line, or one that shows the id as its name."""
        return self._programmes.get(programme_id) or ProgrammeLine(programme_id, programme_id)

    def programmes(self, ids: Iterable[str]) -> str | None:
        """Names of programmes, parted by semicolons; None without any."""
        return "; ".join(self.programme(id_).name for id_ in ids) or None

    def code(self, vocabulary: str, code: str | None) -> str | None:
        """A code's name; a code that the vocabulary no longer lists stays as it is."""
        if code is None or code not in terms(vocabulary):
            return code
        return name_of(vocabulary, code, self.texts.lang)

    def sectors(self, line: StartupLine) -> str | None:
        """Names of a startup's sectors, the main one first; None where unknown."""
        return "; ".join(str(self.code("sector", code)) for code in line.sectors) or None

    def main_sector(self, line: StartupLine) -> str:
        """Name of the sector that stands first, or the word for unknown."""
        return (
            str(self.code("sector", line.sectors[0])) if line.sectors else self.unknown.capitalize()
        )

    def country(self, programme_id: str) -> str | None:
        """Name of a programme's country."""
        return self.code("country", self.programme(programme_id).country)

    def attribute(self, attribute: str) -> str:
        """What a quota or group looks at."""
        if attribute == FOUNDERS:
            return self.texts.report("founders")
        return str(self.code("attribute", attribute))

    def value(self, attribute: str, value: str) -> str:
        """A value of an attribute: by its name where it is a code."""
        if attribute == FOUNDERS:
            return self.texts.screen(f"founder_sex.{value}")
        return str(self.code(attribute, value)) if attribute in VOCABULARIES else value

    def limit(self, name: str) -> str:
        """A limit as people know it; those of officers keep their own names."""
        budget = self.report.cohort.budget
        return self.texts.limit(name, self._name, budget.currency if budget else None)

    def relaxed_by(self, one: Relaxation) -> int:
        """By how much a limit gives way: placements, or money in whole units of its currency."""
        return one.by * (self.report.money_unit if one.limit == BUDGET else 1)

    def _name(self, id_: str) -> str:
        line = self._programmes.get(id_) or self._startups.get(id_)
        return line.name if line else id_

    def why(self, reasons: tuple[Reason, ...]) -> str | None:
        """Reasons as sentences, one after the other; None without any."""
        return " ".join(map(self.sentence, reasons)) or None

    def sentence(self, reason: Reason) -> str:
        """A reason with the names of those that it tells by their ids."""
        facts = tuple((name, self._fact(name, fact)) for name, fact in reason.facts)
        return self.texts.reason(replace(reason, facts=facts))

    def _fact(self, name: str, fact: Fact) -> Fact:
        if not isinstance(fact, str) or name not in TOLD_BY_ID:
            return fact
        if name == "limit":
            return self.limit(fact)
        found = self._programmes.get(fact) or self._startups.get(fact)
        return found.name if found else fact

    def ruled(self, given: Given) -> str | None:
        """Why an officer ruled a forced place; None for one that was not forced."""
        if not given.place.forced:
            return None
        key = (given.placement.startup_id, given.place.programme_id)
        return self.texts.report("document.ruled", why=self._whys.get(key))


def given_places(report: RunReport) -> Iterator[Given]:
    """Every place that was given, in the order of the placements."""
    for placement in placements(report):
        for place in placement.places:
            yield Given(placement, place)


def placements(report: RunReport) -> tuple[Placement, ...]:
    """The placements of a solved run; none where the round cannot be solved as it stands."""
    return () if isinstance(report.outcome, Shortfall) else report.outcome.placements


def loads(report: RunReport) -> tuple[Load, ...]:
    """The loads of a solved run, else none."""
    return () if isinstance(report.outcome, Shortfall) else report.outcome.loads


def moves(report: RunReport) -> tuple[Move, ...]:
    """The moves of a solved run, else none."""
    return () if isinstance(report.outcome, Shortfall) else report.outcome.moves


def fairness(report: RunReport) -> FairnessSheet | None:
    """The fairness sheet of a solved run, else None."""
    return report.outcome.sheet if isinstance(report.outcome, Outcome) else None
