"""What the commands print of weights and chances for people: tables, and what they say in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from data.weights_kept import WeightAct
from matcher.evidence import Evidence, Reliability
from models.proposing import LEAST_DECISIONS, LEAST_HELD_OUT, LEAST_LISTS
from service.opening import CITY
from service.terminal import Terminal
from service.weights_answers import (
    ChancesOut,
    ComparedOut,
    GapOut,
    ProposalOut,
    StrictnessOut,
    WeightActOut,
    WeightsOut,
)

MOST_PROGRAMMES = 10
"""Programmes whose strictness is printed, those farthest from the others; JSON has all."""

LOWER_IS_BETTER = frozenset({"log_loss"})

Lacks = Sequence[tuple[str, int]]
"""What is lacking, by the name of its sentence, and how many."""


def lacks_of_proposal(evidence: Evidence) -> Lacks:
    """How many more decisions it takes before anything can be said of weights."""
    if evidence.verdict != "too_few":
        return ()
    return _lacking(
        ("decisions", LEAST_DECISIONS - evidence.decisions),
        ("held_out", LEAST_HELD_OUT - evidence.held_out),
        ("lists", LEAST_LISTS - evidence.held_out_lists),
        ("quarters", 2 - evidence.rounds),
    )


def lacks_of_chances(found: Reliability) -> Lacks:
    """How many more decisions it takes before a chance is shown."""
    declined = found.decisions - found.accepted
    if found.hidden == "unchecked":
        return _lacking(("later", LEAST_HELD_OUT - found.held_out))
    return _lacking(
        ("ended", found.needed - found.decisions),
        ("accepted", found.needed_each - found.accepted),
        ("declined", found.needed_each - declined),
    )


def _lacking(*counts: tuple[str, int]) -> Lacks:
    return [(name, count) for name, count in counts if count > 0]


class WeightsTerminal:
    """Prints weights, proposals and chances in one language to one console."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.console = terminal.console
        self.say = terminal.say
        self.value = terminal.texts.value

    # -- weights ---------------------------------------------------------------------------

    def weights(self, weights: WeightsOut, proposal: ProposalOut | None, lacks: Lacks) -> None:
        """Print the points that stand beside the proposed ones, the evidence, and the acts."""
        self._heading(self.say("weights.title"))
        stands = weights.proposal_id
        own = self.say("weights.own_stand")
        self.console.print(own if stands is None else self.say("weights.stands", id=stands))
        self.console.print(self._points(weights, proposal))
        if proposal is None:
            self.console.print(self.say("weights.no_proposal"))
        else:
            self._proposal(proposal, lacks)
        if weights.acts:
            self._heading(self.say("weights.acts"))
            self.console.print(self._acts(weights.acts))

    def _points(self, weights: WeightsOut, proposal: ProposalOut | None) -> Table:
        table = self.terminal.table("weights.part", "weights.own", "weights.now")
        proposed: dict[str, float] = {}
        if proposal is not None:
            proposed = {one.rule: one.proposed for one in proposal.parts}
            table.add_column(self.say("weights.proposed", id=proposal.id))
        for part in weights.parts:
            points = [part.own_points, part.points]
            points += [proposed[part.rule]] if part.rule in proposed else []
            table.add_row(part.label, *map(self.value, points))
        return _right(table)

    def _proposal(self, proposal: ProposalOut, lacks: Lacks) -> None:
        evidence = proposal.evidence
        moment = self._moment(proposal.at)
        self._heading(self.say("weights.evidence", id=proposal.id, who=proposal.who, when=moment))
        self.console.print(
            self.say(
                "weights.learned",
                decisions=evidence.decisions,
                startups=evidence.startups,
                rounds=evidence.rounds,
                held_out=evidence.held_out,
                names=", ".join(evidence.held_out_rounds),
            )
        )
        if evidence.compared:
            self.console.print(self._compared(evidence.compared))
        self.console.print(evidence.sentence)
        self._lacks(lacks)
        if evidence.strictness:
            self._heading(self.say("weights.strictness"))
            self.console.print(self._strictness(evidence.strictness))
        if proposal.acceptable:
            self.console.print(f"→ {self.say('weights.accept_next', id=proposal.id)}")

    def _compared(self, compared: Sequence[ComparedOut]) -> Table:
        table = self.terminal.table(
            "weights.measure", "weights.now", "weights.with_proposal", "weights.difference",
            "weights.in_words",
        )  # fmt: skip
        for one in compared:
            figures = self.value(one.present), self.value(one.proposed)
            interval = self._interval(one.difference, one.low, one.high)
            table.add_row(one.label, *figures, interval, self.say(f"weights.{way_of(one)}"))
        return table

    def _strictness(self, found: Sequence[StrictnessOut]) -> Table:
        """Odds of a pair beside another programme's at equal score, farthest from 1 first."""
        table = self.terminal.table(
            "programme", "weights.decisions", "weights.odds", "weights.in_words"
        )
        order = sorted(found, key=lambda one: (-abs(one.offset), one.programme.id))
        for one in order[:MOST_PROGRAMMES]:
            odds = f"× {self.value(round(math.exp(-one.offset), 2))}"
            way = self.say("weights.stricter" if one.offset > 0 else "weights.milder")
            table.add_row(one.programme.name, self.value(one.decisions), odds, way)
        return table

    def _acts(self, acts: Sequence[WeightActOut]) -> Table:
        table = self.terminal.table("weights.when", "weights.act", "weights.who", "weights.why")
        for act in acts:
            done = self.say(f"weights.act_{_word(act.action, act.proposal_id)}", id=act.proposal_id)
            table.add_row(self._moment(act.at), done, act.who, act.why or "")
        return table

    def acted(self, act: WeightAct) -> None:
        """Print what an acceptance or an undoing has brought about."""
        word = _word(act.action, act.proposal_id)
        self.console.print(self.say(f"weights.{word}", id=act.proposal_id))

    # -- chances ---------------------------------------------------------------------------

    def chances(self, out: ChancesOut, lacks: Lacks, alumni: int, gone: int) -> None:
        """Print whether chances are shown, their reliability table, and the gaps by group."""
        self._heading(self.say("chances.title"))
        self.console.print(out.note)
        self._lacks(lacks)
        if out.method is not None:
            self.console.print(self.say(f"chances.{out.method}"))
        for name, count in (("alumni", alumni), ("gone", gone)):
            if count:
                self.console.print(self.say(f"chances.{name}", count=count))
        if out.bins:
            self._heading(self.say("chances.reliability"))
            self.console.print(self._bins(out))
        if out.gaps:
            self._heading(self.say("chances.gaps"))
            self.console.print(self._gaps(out.gaps))
            self.console.print(Text(self.say("chances.gaps_about"), style="dim"))

    def _bins(self, out: ChancesOut) -> Table:
        table = self.terminal.table(
            "chances.said", "weights.decisions", "chances.expected", "chances.came"
        )
        for one in out.bins:
            said = f"{self._percent(one.low)}–{self._percent(one.high)}"
            came = self._ends(one.observed, one.observed_low, one.observed_high)
            table.add_row(said, self.value(one.decisions), self._percent(one.predicted), came)
        return _right(table)

    def _gaps(self, gaps: Sequence[GapOut]) -> Table:
        table = self.terminal.table(
            "chances.group", "startups", "weights.decisions", "chances.expected", "chances.came",
            "chances.gap", "weights.in_words",
        )  # fmt: skip
        for one in gaps:
            way = "lower" if one.high < 0 else "higher" if one.low > 0 else "unclear"
            table.add_row(
                one.label,
                self.value(one.startups),
                self.value(one.decisions),
                self._percent(one.expected),
                self._percent(one.observed),
                self._ends(one.gap, one.low, one.high),
                self.say(f"chances.{way}"),
            )
        return table

    # -- words -----------------------------------------------------------------------------

    def _heading(self, text: str) -> None:
        self.console.print(Text(text, style="bold"))

    def _lacks(self, lacks: Lacks) -> None:
        for name, count in lacks:
            self.console.print(f"  • {self.say(f'weights.lacks_{name}', count=count)}")

    def _interval(self, value: float, low: float, high: float) -> str:
        figure, *ends = (self.value(round(one, 3)) for one in (value, low, high))
        return f"{figure} ({ends[0]} … {ends[1]})"

    def _ends(self, value: float, low: float, high: float) -> str:
        figure, *ends = map(self._percent, (value, low, high))
        return f"{figure} ({ends[0]} … {ends[1]})"

    def _percent(self, share: float) -> str:
        return f"{self.value(round(100 * share, 1))}%"

    def _moment(self, moment: datetime) -> str:
        here = moment.astimezone(CITY)
        return f"{self.value(here.date())} {here:%H:%M}"


def way_of(one: ComparedOut) -> str:
    """Whether a measure is ``better``, ``worse`` or ``unclear``, by its whole interval."""
    low, high = (-one.high, -one.low) if one.measure in LOWER_IS_BETTER else (one.low, one.high)
    return "better" if low > 0 else "worse" if high < 0 else "unclear"


def _word(action: str, stands: int | None) -> str:
    """What an act did, as the texts name it."""
    if action == "accept":
        return "accepted"
    return "undone_own" if stands is None else "undone"


def _right(table: Table) -> Table:
    """The same table with its figures at the right."""
    for column in table.columns[1:]:
        column.justify = "right"
    return table
