"""What the commands print of cohorts for people: members, places, limits, and what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from data.cohorts import StoredCohort
from data.publications import Publication
from data.runs import Run
from matcher.assignment.building import places_of
from matcher.cohort import Cohort, Intake, PairRule
from matcher.profile import Programme
from matcher.rules.base import Coded, money
from service.opening import CITY
from service.round_terminal import SHOWN, RoundTerminal
from service.round_texts import RoundTexts
from service.terminal import Terminal

if TYPE_CHECKING:
    from data.cohort_files import CohortReport
    from service.publication_schemas import LoadedCohort
    from service.rounds import Lists

EFFECTS = ("congestion", "applicants_most", "applicants_mean", "gini", "mean_fit", "best_kept")
"""What is told of lists, in reading order; texts of ``screen.lists``."""

SHARES = ("congestion", "best_kept")


@dataclass(frozen=True, slots=True)
class Standing:
    """A cohort with what hangs on it: its programmes by id, the list that stands, latest runs."""

    kept: StoredCohort
    programmes: Mapping[str, Programme]
    latest: Publication | None
    runs: tuple[Run, ...]


class CohortTerminal:
    """Prints cohorts in one language to one console."""

    def __init__(self, terminal: Terminal, texts: RoundTexts) -> None:
        self.terminal = terminal
        self.console = terminal.console
        self.texts = texts
        self.say = texts.texts.screen

    def cohorts(self, found: Sequence[StoredCohort]) -> None:
        """Print all cohorts, a line for each."""
        self._heading(self.say("cohort.title"))
        if not found:
            self.console.print(self.say("cohort.empty"))
            return
        table = self.terminal.table("id", "name", "startups", "programmes", "cohort.limits")
        for kept in found:
            one = kept.cohort
            counts = (one.startups, one.intakes, one.quotas)
            table.add_row(one.id, one.name, *(str(len(listed)) for listed in counts))
        self.console.print(table)
        self.console.print(self.say("total", count=len(found)))

    def cohort(self, standing: Standing) -> None:
        """Print one cohort whole."""
        kept, cohort = standing.kept, standing.kept.cohort
        self._heading(f"{cohort.name} ({cohort.id})")
        self._head(kept)
        self.console.print(self._places(cohort, standing.programmes))
        self.console.print(Text(self.say("cohort.places_about"), style="dim"))
        if cohort.quotas:
            self._heading(self.say("cohort.limits"))
            self.console.print(self._limits(cohort))
        if cohort.pair_rules:
            self._heading(self.say("cohort.rulings"))
            self.console.print(self._rulings(cohort.pair_rules))
        self._published(standing.latest)
        if not standing.runs:
            self.console.print(self.say("cohort.never", id=cohort.id))
            return
        self._heading(self.say("cohort.runs"))
        stands = None if standing.latest is None else standing.latest.run_id
        told = RoundTerminal(self.terminal, self.texts)
        self.console.print(told.table_of(standing.runs, stands))

    def _head(self, kept: StoredCohort) -> None:
        cohort, value = kept.cohort, self.texts.texts.value
        counts = {"startups": len(cohort.startups), "programmes": len(cohort.intakes)}
        self.console.print(self.say("cohort.members", **counts))
        day = kept.changed_at.astimezone(CITY).date()
        saved = self.say("cohort.version", version=kept.version, who=kept.changed_by, day=day)
        self.console.print(saved)
        if cohort.opens_on or cohort.closes_on:
            days = {"opens": cohort.opens_on, "closes": cohort.closes_on}
            self.console.print(self.say("cohort.window", **days))
        if cohort.budget is not None:
            self.console.print(self.say("cohort.budget", budget=value(money(cohort.budget))))
        self.console.print(self.say("cohort.offers", offers=cohort.offers))
        if cohort.least_points is not None:
            self.console.print(self.say("cohort.least_points", points=cohort.least_points))
        if cohort.startup_side is not None:
            self.console.print(self.say("cohort.startup_side", percent=cohort.startup_side))
        if cohort.note:
            self.console.print(Text(cohort.note, style="italic"))

    def _places(self, cohort: Cohort, programmes: Mapping[str, Programme]) -> Table:
        table = self.terminal.table(
            "id", "programme", "country", "cohort.places", "cohort.min_intake", "cohort.cost"
        )
        for one in cohort.intakes:
            programme = programmes.get(one.programme_id)
            table.add_row(
                one.programme_id,
                self.texts.name(one.programme_id),
                "" if programme is None else self._coded("country", programme.host),
                self._number(cohort, one, programme),
                str(one.min_intake or ""),
                "" if one.cost_per_place is None else self._money(one),
            )
        return table

    def _number(self, cohort: Cohort, intake: Intake, programme: Programme | None) -> str:
        if programme is None:
            return "?"
        places, assumed = places_of(intake, programme, cohort)
        if places is None:
            return "?"
        return f"≈ {places}" if assumed else str(places)

    def _money(self, intake: Intake) -> str:
        cost = intake.cost_per_place
        return "" if cost is None else self.texts.texts.value(money(cost))

    def _limits(self, cohort: Cohort) -> Table:
        table = self.terminal.table(
            "cohort.limit", "cohort.counts", "cohort.at_least", "cohort.at_most"
        )
        for quota in cohort.quotas:
            bounds = (quota.at_least, quota.at_most)
            told = ["" if bound is None else str(bound) for bound in bounds]
            table.add_row(quota.name, self.texts.attribute(quota.attribute, quota.value), *told)
        return table

    def _rulings(self, rules: Sequence[PairRule]) -> Table:
        table = self.terminal.table("startup", "programme", "cohort.ruling", "cohort.why")
        for rule in rules:
            table.add_row(
                self.texts.name(rule.startup_id),
                self.texts.name(rule.programme_id),
                self._coded("ruling", rule.ruling),
                rule.why or "",
            )
        return table

    def ruled(self, what: str, rule: PairRule, after: StoredCohort) -> None:
        """Print a ruling that was made (``ruled``) or dropped (``released``)."""
        pair = {
            "startup": self.texts.name(rule.startup_id),
            "programme": self.texts.name(rule.programme_id),
        }
        facts = {"id": after.cohort.id, "version": after.version}
        ruling = self._coded("ruling", rule.ruling)
        if what == "released":
            ruling = ruling[:1].lower() + ruling[1:]
        self.console.print(self.say(f"cohort.{what}", ruling=ruling, **pair, **facts))

    def loaded(self, report: CohortReport, loaded: LoadedCohort, dry_run: bool) -> None:
        """Print what became of a file: the cohort, then every refused row with what to do."""
        cohort, version = loaded.cohort, loaded.version
        facts = {"id": cohort.id, "startups": len(cohort.startups)}
        facts["programmes"] = len(cohort.intakes)
        if dry_run:
            self.console.print(self.say("cohort.checked", **facts))
        elif loaded.action == "unchanged":
            self.console.print(self.say("cohort.same", id=cohort.id, version=version))
        else:
            self.console.print(self.say("cohort.loaded", version=version, **facts))
        ignored = ", ".join((*report.ignored_sheets, *report.ignored_headings))
        if ignored:
            self.console.print(self.say("load.ignored_columns", columns=ignored), style="yellow")
        if not report.refused:
            return
        self.console.print(self.say("cohort.refused", count=len(report.refused)))
        table = self.terminal.table(
            "cohort.sheet", "load.line", "load.column", "load.value", "load.problem",
            "load.what_to_do",
        )  # fmt: skip
        for row in report.refused:
            for cell in row.cells:
                text = self.texts.texts.error(cell.error)
                column = cell.heading or self.texts.texts.field(cell.field)
                told = (column, cell.value, text.detail, text.next)
                table.add_row(row.sheet, str(row.line), *told)
        self.console.print(table)

    def lists(self, found: Lists, k: int) -> None:
        """Print the effect of capped lists, and the first of them."""
        self._heading(self.say("lists.title", k=k))
        self.console.print(self._effect(found))
        instance = found.round.instance
        table = self.terminal.table("startup", "programmes")
        for startup, row in list(zip(instance.startups, found.capped.lists, strict=True))[:SHOWN]:
            names = [self.texts.name(instance.programmes[at]) for at in row.tolist() if at >= 0]
            table.add_row(self.texts.name(startup), "; ".join(names) or "–")
        self.console.print(table)
        if len(instance.startups) > SHOWN:
            self.console.print(self.say("lists.more", count=len(instance.startups) - SHOWN))

    def _effect(self, found: Lists) -> Table:
        table = self.terminal.table("rematch.measure", "lists.before", "lists.after")
        for column in table.columns[1:]:
            column.justify = "right"
        for name in EFFECTS:
            values = (getattr(one, name) for one in (found.before, found.after))
            table.add_row(self.say(f"lists.{name}"), *(self._effect_of(name, v) for v in values))
        return table

    def _effect_of(self, name: str, value: float | None) -> str:
        if value is None:
            return ""
        if name in SHARES:
            return self.texts.texts.value(value, "percent")
        return self.texts.texts.value(round(value / 100 if name == "mean_fit" else value, 2))

    def _published(self, latest: Publication | None) -> None:
        if latest is None:
            self.console.print(self.say("cohort.unpublished"))
            return
        day, placed = latest.at.astimezone(CITY).date(), len(latest.pairs)
        if latest.action == "undo":
            undone = self.say("cohort.published_undone", placed=placed, who=latest.who, day=day)
            self.console.print(undone)
            return
        run = latest.run_id
        facts = {"placed": placed, "run": run, "who": latest.who, "day": day}
        self.console.print(self.say("cohort.published", **facts))

    def _heading(self, text: str) -> None:
        self.console.print(Text(text, style="bold"))

    def _coded(self, vocabulary: str, code: str) -> str:
        shown = self.texts.texts.value(Coded(vocabulary, (code,)))
        return shown[:1].upper() + shown[1:]
