"""Two or three programmes side by side for one startup: part by part, gates, money, dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from data import profiles
from matcher.profile import Programme
from service import matches_api
from service.answers import ExplanationOut, PartOut
from service.matchmaking import Wish
from service.pages.doors import OfficerVisit, PageVisit
from service.pages.frame import render
from service.pages.startup_facts import Fact, programme_facts

MOST = 3
OFFERED = 50
"""Programmes of the list that can be chosen from."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the programmes: all of its pair with the startup, and its terms by field."""

    programme: Programme
    told: ExplanationOut
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the score at each programme, None where the pair is refused.

    ``apart`` is how much more each earns than the first; None beside the first and the refused.
    """

    label: str
    cells: tuple[PartOut | None, ...]
    apart: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class GateCell:
    """What a gate says: ``passed``, ``ask`` or ``blocked``, with the sentence; None: nothing."""

    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate at each programme."""

    label: str
    cells: tuple[GateCell | None, ...]


@dataclass(frozen=True, slots=True)
class FactRow:
    """One term of each programme; ``same`` where all say the same."""

    label: str
    cells: tuple[Fact | None, ...]

    @property
    def same(self) -> bool:
        """Whether all are known and alike."""
        texts = {cell.text if cell else None for cell in self.cells}
        return len(texts) == 1 and None not in texts


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The page; without two programmes it only offers ``choices`` (id, name)."""

    id: str
    name: str
    sides: tuple[Side, ...]
    parts: tuple[PartRow, ...]
    sums: tuple[float | None, ...]
    gates: tuple[GateRow, ...]
    facts: tuple[FactRow, ...]
    choices: tuple[tuple[str, str], ...]
    noise: float
    most: int = MOST


def add_routes(pages: APIRouter) -> None:
    """Add the route."""
    pages.add_api_route("/startups/{id}/compare", compare_page, methods=["GET"])


def compare_page(
    request: Request,
    visit: OfficerVisit,
    id: str,
    chosen: Annotated[list[str] | None, Query(alias="with")] = None,
) -> HTMLResponse:
    """The first three programmes named; raises ProfileNotFound for one that is not known."""
    ids = [one for one in dict.fromkeys(chosen or ()) if one][:MOST]
    maker = visit.parts.matchmaker
    found = maker.top_matches(id, Wish(k=OFFERED, refusals=0, with_declined=True))
    visit.note("match", "startup", id)
    choices = [(match.id, match.name) for match in found.ranking.matches]
    sides = [_side(visit, id, one) for one in ids]
    visit.write_lines()
    known = {code for code, _ in choices}
    choices += [(s.programme.id, s.programme.name) for s in sides if s.programme.id not in known]
    several = sides if len(sides) > 1 else []
    page = ComparePage(
        id,
        found.asker.name,
        tuple(sides),
        part_rows([side.told for side in several]),
        _apart([side.told.score for side in several]),
        gate_rows([side.told for side in several], visit),
        fact_rows(several),
        tuple(choices),
        maker.panel.scale.noise,
    )
    return render(request, "startup_compare.html", page, visit=visit)


def _side(visit: PageVisit, id: str, programme_id: str) -> Side:
    told = matches_api.explain_pair(visit, id, programme_id)
    with visit.reading() as conn:
        programme = profiles.get(conn, "programme", programme_id)
    assert isinstance(programme, Programme)  # noqa: S101 - narrows a type
    return Side(programme, told, programme_facts(programme, visit.texts))


def part_rows(several: Sequence[ExplanationOut]) -> tuple[PartRow, ...]:
    """Every part in the order of what it is worth, beside each other."""
    by_rule = [{part.rule: part for part in told.parts} for told in several]
    labels = {part.rule: part.label for told in several for part in told.parts}
    rows = []
    for rule, label in labels.items():
        cells = tuple(parts.get(rule) for parts in by_rule)
        rows.append(PartRow(label, cells, _apart([c.points if c else None for c in cells])))
    return tuple(rows)


def _apart(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """How much more than the first each is, to the hundredth."""
    first = values[0] if values else None
    return tuple(
        None if place == 0 or value is None or first is None else round(value - first, 2)
        for place, value in enumerate(values)
    )


def gate_rows(several: Sequence[ExplanationOut], visit: PageVisit) -> tuple[GateRow, ...]:
    """Every gate beside each other: those that refuse somewhere, then those to ask, then passed."""
    cells = [_gate_cells(told) for told in several]
    rules = dict.fromkeys(rule for one in cells for rule in one)
    rows = [
        GateRow(visit.texts.rule(rule), tuple(one.get(rule) for one in cells)) for rule in rules
    ]
    weight = {"blocked": 0, "ask": 1, "passed": 2}
    return tuple(
        sorted(rows, key=lambda row: min(weight[cell.verdict] for cell in row.cells if cell))
    )


def _gate_cells(told: ExplanationOut) -> dict[str, GateCell]:
    parts = {part.rule for part in told.parts}
    found = {gate.rule: GateCell(gate.verdict, gate.reason) for gate in told.gates}
    asked = {c.rule: GateCell("ask", c.question) for c in told.checks if c.rule not in parts}
    return found | asked


def fact_rows(sides: Sequence[Side]) -> tuple[FactRow, ...]:
    """Every term that one of them has, beside each other."""
    by_field = [{fact.field: fact for fact in side.facts} for side in sides]
    labels = {fact.field: fact.label for side in sides for fact in side.facts}
    return tuple(
        FactRow(label, tuple(facts.get(field) for facts in by_field))
        for field, label in labels.items()
    )
