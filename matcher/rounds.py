"""A whole run of a round: solved, compared with the optimum, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from matcher.assignment.building import Round
from matcher.assignment.exchange import Exchange, exchange_of
from matcher.assignment.instance import (
    Broken,
    How,
    Instance,
    Solution,
    broken_limits,
    solution_of,
)
from matcher.assignment.keeping import least_moves
from matcher.assignment.relaxing import ways_out
from matcher.assignment.solving import best, solve
from matcher.outcome import Move, Outcome, Shortfall
from matcher.telling.elsewhere import Elsewhere, elsewhere
from matcher.telling.fairness import fairness_sheet
from matcher.telling.moving import moves
from matcher.telling.placing import Known, loads, placements
from matcher.telling.reserves import reserves
from matcher.telling.what_if import ChangedRow, WhatIf, what_ifs

Pairs = Iterable[tuple[str, str]]
Report = Callable[[str, float], Any]
"""Takes the stage of a run and the share (0 to 1) that is done."""


def run_round(
    round_: Round, how: How, report: Report = lambda _stage, _share: None
) -> Outcome | Shortfall:
    """Solve a round and say everything about it; the ways out where it cannot be solved.

    Raises as :func:`matcher.assignment.solving.solve`.
    """
    instance = round_.instance
    report("solving", 0.05)
    solution = solve(instance, how)
    if solution is None:
        report("relaxing", 0.5)
        return ways_out(instance, how, lambda one: best(one, how))
    report("comparing", 0.5)
    optimum = solution if _is_optimum(instance, how) else _optimum(instance, how, solution)
    report("telling", 0.7)
    return _told(round_, how, solution, optimum)


def _is_optimum(instance: Instance, how: How) -> bool:
    """Whether what is asked is the highest total itself."""
    dialled = len(instance.held) and (how.keep_value or how.max_moves is not None)
    return how.mode == "best" and not dialled


def _optimum(instance: Instance, how: How, solution: Solution) -> Solution:
    """The highest total: at least that of any solution that is known."""
    found = best(instance, how)
    return found if found is not None and found.total >= solution.total else solution


def _told(round_: Round, how: How, solution: Solution, optimum: Solution) -> Outcome:
    instance = round_.instance
    exchange = exchange_for(instance, how, solution)
    known = known_of(round_, how, exchange)
    waiting = reserves(instance, solution, how.reserves)
    costs_of = None if exchange is None else exchange.costs_of
    return Outcome(
        total=solution.total,
        bound=solution.bound,
        proved=solution.proved,
        placements=placements(instance, solution, waiting, known),
        loads=loads(instance, solution, waiting, known),
        sheet=fairness_sheet(instance, solution, optimum, round_.groups),
        moves=moves(instance, solution, round_.before, how, costs_of),
        least_moves=_least_moves(round_, how),
        notes=round_.notes,
    )


def exchange_for(instance: Instance, how: How, solution: Solution) -> Exchange | None:
    """What exchanges of places are worth, where the solution is the best for its worths.

    That is mode ``best`` without a cap on moves, by limits that a flow can keep; with a keep value
    the worths include it.
    """
    if how.mode != "best" or (how.max_moves is not None and len(instance.held)):
        return None
    bonus = np.full(len(instance.held), how.keep_value, np.int64)
    found = exchange_of(instance, solution, bonus if how.keep_value else None)
    return found if found is not None and found.proved else None


def known_of(round_: Round, how: How, exchange: Exchange | None) -> Known:
    """What the telling of a round needs to know beside its numbers."""
    return Known(
        how=how,
        unknown=round_.unknown,
        assumed=round_.assumed,
        refusals=round_.refusals,
        costs_of=None if exchange is None else exchange.costs_of,
        prices=None if exchange is None else exchange.prices,
    )


def _least_moves(round_: Round, how: How) -> int | None:
    """The least moves that the changes force, proved; None without a round before."""
    if not round_.before:
        return None
    plain = How(seconds=how.seconds)
    among_present = least_moves(round_.instance, lambda one: best(one, plain))
    if among_present is None:
        return None
    return among_present + len(round_.before) - len(round_.instance.held)


def solution_from(instance: Instance, pairs: Pairs) -> Solution:
    """The solution that places these pairs of ids; raises KeyError for ids that are not in it."""
    rows = {one: place for place, one in enumerate(instance.startups)}
    cols = {one: place for place, one in enumerate(instance.programmes)}
    places = np.array([(rows[s], cols[p]) for s, p in pairs], np.int32).reshape(-1, 2)
    return solution_of(instance, places[:, 0], places[:, 1])


def pairs_of(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """The placed pairs of ids, sorted."""
    return tuple(
        sorted((p.startup_id, one.programme_id) for p in outcome.placements for one in p.places)
    )


def broken_by(round_: Round, pairs: Pairs) -> tuple[Broken, ...]:
    """The limits of a round that a list of pairs breaks; a pair that is not in it is one."""
    instance = round_.instance
    known = set(instance.startups), set(instance.programmes)
    pairs = sorted(set(pairs))
    strange = [(s, p) for s, p in pairs if s not in known[0] or p not in known[1]]
    present = [pair for pair in pairs if pair not in set(strange)]
    gone = tuple(Broken(f"gone:{s}:{p}", 0, 1) for s, p in strange)
    return gone + broken_limits(instance, solution_from(instance, present))


def moves_to(round_: Round, how: How, before: Pairs, after: Outcome) -> tuple[Move, ...]:
    """What an outcome of a round changes against any earlier list of pairs."""
    solution = solution_from(round_.instance, pairs_of(after))
    return moves(round_.instance, solution, tuple(before), how)


def what_would_change(
    round_: Round, how: How, outcome: Outcome, startup_id: str, rows: Iterable[ChangedRow]
) -> tuple[WhatIf, ...]:
    """What would place a startup elsewhere, each answer proved by solving the round again."""
    instance = round_.instance
    solution = solution_from(instance, pairs_of(outcome))
    exchange = exchange_for(instance, how, solution)
    return what_ifs(
        instance,
        solution,
        instance.startups.index(startup_id),
        lambda one: solve(one, how),
        how,
        tuple(rows),
        costs_of=None if exchange is None else exchange.costs_of,
    )


def placed_elsewhere(
    round_: Round, how: How, outcome: Outcome, startup_id: str, programme_id: str
) -> Elsewhere:
    """What the whole round would lose if a startup had to be placed at a programme, solved again.

    Raises ValueError for ids that are not in the round.
    """
    instance = round_.instance
    solution = solution_from(instance, pairs_of(outcome))
    pair = instance.startups.index(startup_id), instance.programmes.index(programme_id)
    return elsewhere(instance, solution, *pair, lambda one: solve(one, how), how)
