"""What the commands print of runs for people: tables and sentences that read well in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from data.cohorts import StoredCohort
from data.publications import Publication
from data.runs import Run
from matcher.assignment.building import BUDGET
from matcher.assignment.instance import How
from matcher.outcome import Move, Outcome, Placement, Shortfall
from matcher.profile import Startup
from matcher.rules.base import Reason
from service.opening import CITY
from service.round_texts import RoundTexts, whole_of
from service.terminal import Terminal

if TYPE_CHECKING:
    from matcher.telling.what_if import WhatIf
    from service.replaying import Replayed

SHOWN = 10
"""Placements, moves and runs that are printed; JSON and reports have all."""

COUNTS = ("placed", "first", "second", "third", "later", "envy_pairs", "blocking_pairs")
POINTS = ("worst", "lowest_placed", "mean", "total")
"""Measures of the fairness sheet that are printed, in reading order."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A run as it is printed.

    ``run`` is None for a dry run, ``published`` the run whose list stands, ``unit`` what one unit
    of the budget's limit is worth.
    """

    cohort: StoredCohort
    how: How
    answer: Outcome | Shortfall
    run: int | None
    published: int | None
    unit: int = 1


class RoundTerminal:
    """Prints runs in one language to one console."""

    def __init__(self, terminal: Terminal, texts: RoundTexts) -> None:
        self.terminal = terminal
        self.console = terminal.console
        self.texts = texts
        self.say = texts.texts.screen

    def result(self, shown: Shown) -> None:
        """Print what came of a run: the whole, the fairness sheet, notes, and the first places."""
        name, mode = shown.cohort.cohort.name, self._mode(shown.how)
        mode = mode[:1].lower() + mode[1:]
        if shown.run is None:
            title = self.say("rematch.title_dry", cohort=name, mode=mode)
        else:
            title = self.say("rematch.title", cohort=name, run=shown.run, mode=mode)
        self._heading(title)
        if isinstance(shown.answer, Shortfall):
            self._ways_out(shown.answer, shown.unit)
            return
        for line in whole_of(shown.answer, self.texts.texts):
            self.console.print(line)
        self.console.print(self._sheet(shown.answer))
        self._notes(shown.answer.notes)
        self._placements(shown, shown.answer)
        if shown.run is not None:
            published = shown.run == shown.published
            drafted = self.say("rematch.draft", run=shown.run)
            self.console.print(self.say("rematch.is_published") if published else drafted)

    def _sheet(self, outcome: Outcome) -> Table:
        from data.reports.rows import measured

        table = self.terminal.table("rematch.measure", "rematch.here", "rematch.optimum")
        told = {key: both for key, *both in measured(outcome.sheet)}
        for column in table.columns[1:]:
            column.justify = "right"
        for key in (*COUNTS, *POINTS):
            values = [self.texts.texts.value(value) for value in told[key]]
            table.add_row(self.texts.texts.report(f"measure.{key}"), *values)
        return table

    def _notes(self, notes: Sequence[Reason]) -> None:
        if notes:
            self._heading(self.say("rematch.notes"))
        for note in self.texts.say_all(notes):
            self.console.print(f"  • {note}", style="yellow")

    def _placements(self, shown: Shown, outcome: Outcome) -> None:
        placed = first_placed(outcome)
        if not placed:
            self.console.print(self.say("rematch.none_placed"))
            return
        self._heading(self.say("rematch.placements"))
        table = self.terminal.table("startup", "programme", "rematch.fit", "reason")
        table.columns[2].justify = "right"
        for one in placed[:SHOWN]:
            place = one.places[0]
            table.add_row(
                self.texts.name(one.startup_id),
                self.texts.name(place.programme_id),
                self._points(place.fit),
                " ".join(self.texts.say_all(one.reasons)),
            )
        self.console.print(table)
        more = len(placed) - SHOWN
        if more > 0 and shown.run is None:
            self.console.print(self.say("rematch.more_dry", count=more))
        elif more > 0:
            self.console.print(self.say("rematch.more", count=more, run=shown.run))

    def _ways_out(self, shortfall: Shortfall, unit: int) -> None:
        self.console.print(self.say("rematch.short"), style="yellow")
        table = self.terminal.table(
            "rematch.way", "cohort.limit", "rematch.by", "rematch.way_total"
        )
        for number, way in enumerate(shortfall.ways_out, start=1):
            for place, one in enumerate(way.relaxed):
                total = "" if place else self._points(way.total)
                number_ = "" if place else str(number)
                by = self.texts.texts.value(one.by * (unit if one.limit == BUDGET else 1))
                table.add_row(number_, self.texts.limit(one.limit), by, total)
        self.console.print(table)
        self.console.print(f"→ {self.say('rematch.short_next')}")

    # -- runs ------------------------------------------------------------------------------

    def runs(self, cohort: StoredCohort, found: Sequence[Run], published: int | None) -> None:
        """Print a cohort's runs, newest first."""
        self._heading(self.say("run.title", cohort=cohort.cohort.name))
        if not found:
            self.console.print(self.say("run.empty"))
            return
        self.console.print(self.table_of(found, published))

    def table_of(self, found: Sequence[Run], published: int | None) -> Table:
        """Runs as a table, the published one marked."""
        table = self.terminal.table(
            "id", "run.mode", "run.state", "run.placed", "run.total", "run.proved", "run.who",
            "run.when",
        )  # fmt: skip
        for run in found:
            mark = f" ({self.say('run.published')})" if run.id == published else ""
            table.add_row(
                str(run.id),
                self._mode(run.order.how),
                self.say("run.state_of", state=run.state) + mark,
                self._known(run.placed),
                "" if run.total is None else self._points(run.total),
                self._known(run.proved),
                run.order.ordered_by,
                self._moment(run.order.ordered_at),
            )
        return table

    def unfinished(self, run: Run, failure: str | None) -> None:
        """Print how far a run is, or why it failed."""
        if failure is not None:
            self.console.print(self.say("run.failed", run=run.id, detail=failure), style="red")
            return
        at_work = run.state == "running"
        facts = {"stage": run.stage if at_work else None, "share": run.share if at_work else None}
        self.console.print(self.say("run.at_work", run=run.id, state=run.state, **facts))

    def placement(self, run: Run, cohort: str, one: Placement, what_ifs: Sequence[WhatIf]) -> None:
        """Print what a run says of one startup, and what would change it, each proved."""
        name = self.texts.name(one.startup_id)
        self._heading(self.say("run.startup_title", startup=name, run=run.id, cohort=cohort))
        for sentence in self.texts.say_all(one.reasons):
            self.console.print(f"  • {sentence}")
        self.console.print(self.say("run.open", count=one.open_programmes))
        if not what_ifs:
            self.console.print(self.say("run.no_what_if"))
            return
        self._heading(self.say("run.what_if"))
        for what_if in what_ifs:
            self.console.print(f"  • {self._what_if(what_if)}")
        self.console.print(Text(self.say("run.proved_again"), style="dim"))

    def _what_if(self, one: WhatIf) -> str:
        said = " ".join(self.texts.say_all(one.reasons))
        if one.change is None:
            return said
        texts, field = self.texts.texts, one.change.field
        value = texts.content(Startup, field, one.change.value)
        return f"{self.say('run.change', field=texts.field(field), value=value)} {said}"

    def difference(self, run: int, other: int, moves: Sequence[Move]) -> None:
        """Print who is placed differently by another run."""
        self._heading(self.say("run.compare_title", run=run, other=other))
        if not moves:
            self.console.print(self.say("run.same"))
            return
        self.console.print(self.say("run.moved", count=len(moves)))
        table = self.terminal.table("startup", "run.before", "run.after", "run.gain", "reason")
        for move in moves[:SHOWN]:
            table.add_row(
                self.texts.name(move.startup_id),
                self._names(move.before),
                self._names(move.after),
                self._points(move.gain),
                " ".join(self.texts.say_all(move.reasons)),
            )
        self.console.print(table)
        if len(moves) > SHOWN:
            self.console.print(self.say("run.more_moves", count=len(moves) - SHOWN))

    def published(self, act: Publication) -> None:
        """Print what a publication or an undo has brought about."""
        facts = {"cohort": act.cohort_id, "run": act.run_id, "placed": len(act.pairs)}
        undone = self.say("run.undone", **facts)
        self.console.print(
            undone if act.action == "undo" else self.say("run.published_now", **facts)
        )

    def replayed(self, again: Replayed) -> None:
        """Print both digests and whether a run repeats."""
        run = again.run.id
        same = self.say("run.replay_same", run=run)
        other = self.say("run.replay_other", run=run)
        self.console.print(f"{self.say('run.replay_digest')}: {again.result_digest}")
        self.console.print(f"{self.say('run.replay_again')}: {again.again_digest}")
        self.console.print(self.say(f"run.points_{again.points}"))
        self.console.print(same if again.same else Text(other, style="bold red"))

    # -- words -----------------------------------------------------------------------------

    def _heading(self, text: str) -> None:
        self.console.print(Text(text, style="bold"))

    def _mode(self, how: How) -> str:
        mode = self.texts.texts.report(f"mode.{how.mode}")
        side = self.texts.texts.report(f"side.{how.proposing}")
        return f"{mode} ({side})" if how.mode == "stable" else mode

    def _points(self, hundredths: int) -> str:
        return self.texts.texts.value(hundredths / 100)

    def _known(self, value: int | bool | None) -> str:
        return "" if value is None else self.texts.texts.value(value)

    def _moment(self, moment: datetime) -> str:
        here = moment.astimezone(CITY)
        return f"{self.texts.texts.value(here.date())} {here:%H:%M}"

    def _names(self, ids: Iterable[str]) -> str:
        return "; ".join(self.texts.name(one) for one in ids) or "–"


def first_placed(outcome: Outcome) -> list[Placement]:
    """The placed startups, best fit first, then by id."""
    placed = [one for one in outcome.placements if one.places]
    return sorted(placed, key=lambda one: (-one.places[0].fit, one.startup_id))
