"""What would have to be different for one startup, each answer proved by solving the round again.

Nothing is reported on the word of a formula: the round is changed, solved again as it was solved
before, and only what that second solution shows is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from matcher.assignment.instance import CLOSED, How, Instance, Ints, Solution
from matcher.rules.base import Change, Reason
from matcher.telling.choices import forced_placed, least_held
from matcher.telling.missing import CostsOf, measure_of
from matcher.telling.why_placed import points

Solve = Callable[[Instance], Solution | None]
Kind = Literal["places", "points", "change"]

MOST_ASKED = 3
"""Programmes that are asked about."""

MOST_PLACES = 5
"""Places more that are tried."""

MOST_POINTS = 2_000
"""Hundredths more that are tried; beyond 20 points nothing is shown."""

FULL = 10_000
"""The highest score in hundredths."""


@dataclass(frozen=True, slots=True, eq=False)
class ChangedRow:
    """A change of the startup's profile, and its scores with every programme then, each (m,)."""

    change: Change
    fit: Ints
    gain: Ints
    want: Ints


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change, and what the second solution shows.

    Attributes
    ----------
    kind
        ``places``: ``amount`` places more at ``programme_id``, and no fewer, place the startup
        there. ``points``: ``amount`` hundredths more with ``programme_id`` place it there, one
        hundredth less does not; in mode ``stable`` they are more of what the programme looks for,
        in the others more mutual fit. ``change``: the profile changed as ``change`` says.
    before, after
        Programmes of the startup as it is and would be, by id.
    total_before, total
        Total fit of the round in hundredths, as it is and would be, with the changed fits.
    others
        Other startups whose places would differ.
    """

    kind: Kind
    programme_id: str | None
    amount: int
    change: Change | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    total_before: int
    total: int
    others: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """One startup in a solved round, and how the round is solved again."""

    instance: Instance
    solution: Solution
    i: int
    solve: Solve
    how: How

    def places(self, solution: Solution) -> frozenset[int]:
        """Programmes of the startup in a solution."""
        return frozenset(solution.cols[solution.rows == self.i].tolist())


def what_ifs(
    instance: Instance,
    solution: Solution,
    i: int,
    solve: Solve,
    how: How,
    rows: Sequence[ChangedRow] = (),
    *,
    programmes: Sequence[int] | None = None,
    costs_of: CostsOf | None = None,
) -> tuple[WhatIf, ...]:
    """What would place startup ``i`` elsewhere: more places, more points, a changed profile.

    Parameters
    ----------
    solve
        Solves a round as ``solution`` was found; it is called up to 5 times for the places and up
        to 12 times for the points of each programme, and once for each of ``rows``.
    programmes
        Columns to ask about; by default the three best that suit the startup better than the least
        of what it has, as the mode measures it.
    costs_of
        What the round loses if a pair had to be placed: where to look first, and where not at all.
        No answer rests on it.

    Among equal solutions the one that keeps most of ``solution`` is asked for, unless ``how`` has
    something to keep already. Answers stand by programme, places before points, then the changes
    in the order given. What would change nothing for the startup, or cannot be solved, is left
    out; that nothing is told proves nothing.
    """
    asked = _Asked(keeping(instance, solution, how), solution, i, solve, how)
    answers: list[WhatIf | None] = []
    for j in _better(asked) if programmes is None else programmes:
        answers += [_more_places(asked, j), _more_points(asked, j, costs_of)]
    answers += [_changed(asked, row) for row in rows]
    return tuple(answer for answer in answers if answer is not None)


def keeping(instance: Instance, solution: Solution, how: How) -> Instance:
    """The round in which equal solutions are told apart by keeping what there is.

    Otherwise a second solution could differ where the change has no part in it. Where keeping the
    round before is worth something, that is what a solver keeps.
    """
    if how.keep_value or how.max_moves is not None:
        return instance
    held = np.stack([solution.rows, solution.cols], axis=1).astype(np.int32)
    return replace(instance, held=held)


def _better(asked: _Asked) -> list[int]:
    """The best programmes that suit the startup better than the least that it could give up."""
    instance, i = asked.instance, asked.i
    measure = measure_of(instance, asked.how)
    free = ~forced_placed(instance, asked.solution)
    least = int(least_held(instance, asked.solution, measure, free)[i])
    held = asked.places(asked.solution)
    better = [
        j
        for j in np.flatnonzero((instance.fit[i] != CLOSED) & (measure[i] > least)).tolist()
        if j not in held
    ]
    return sorted(better, key=lambda j: (-int(measure[i, j]), j))[:MOST_ASKED]


def _more_places(asked: _Asked, j: int) -> WhatIf | None:
    """The least number of places more with which the startup is placed there."""
    for more in range(1, MOST_PLACES + 1):
        places = asked.instance.places.copy()
        places[j] += more
        after = asked.solve(replace(asked.instance, places=places))
        if after is not None and j in asked.places(after):
            programme = asked.instance.programmes[j]
            reason = Reason.of("what_if.places", programme=programme, places=more)
            return _answer(asked, after, "places", programme, more, (reason,))
    return None


def _more_points(asked: _Asked, j: int, costs_of: CostsOf | None) -> WhatIf | None:
    """Hundredths with which the startup is placed there, while with one less it is not."""
    stable = asked.how.mode == "stable"
    scores = asked.instance.want if stable else asked.instance.fit
    most = min(MOST_POINTS, FULL - int(scores[asked.i, j]))
    hints = (most,) if stable else _hints(asked, j, most, costs_of)
    found = _crossing(asked, j, most, hints)
    if found is None:
        return None
    more, after = found
    programme, apart = asked.instance.programmes[j], points(more)
    code = "what_if.wanted" if stable else "what_if.points"
    reason = Reason.of(code, programme=programme, apart=apart)
    return _answer(asked, after, "points", programme, more, (reason,))


def _hints(asked: _Asked, j: int, most: int, costs_of: CostsOf | None) -> tuple[int, ...]:
    """Where to look first: about what the exchange of places says; nowhere beyond what is tried."""
    if costs_of is None or asked.how.mode != "best":
        return (most,)
    cost = int(costs_of(np.array([asked.i], np.int32), np.array([j], np.int32))[0])
    return (cost, cost - 1, cost + 1) if 0 <= cost <= most else ()


def _crossing(
    asked: _Asked, j: int, most: int, hints: tuple[int, ...]
) -> tuple[int, Solution] | None:
    """The higher of two neighbouring numbers of hundredths, and the solution that has the place.

    With the lower one, also solved unless it is 0, the startup does not have it. A wrong hint
    costs time, no truth; without any hint nothing is tried.
    """
    low, high = 0, most + 1
    found: Solution | None = None
    while hints and high - low > 1:
        probe = next((hint for hint in hints if low < hint < high), (low + high) // 2)
        after = asked.solve(_with_points(asked, j, probe))
        if after is not None and j in asked.places(after):
            high, found = probe, after
        else:
            low = probe
    return None if found is None else (high, found)


def _with_points(asked: _Asked, j: int, more: int) -> Instance:
    """The round with more points for one pair, on the score that the mode reads."""
    if asked.how.mode == "stable":
        want = asked.instance.want.copy()
        want[asked.i, j] += more
        return replace(asked.instance, want=want)
    fit = asked.instance.fit.copy()
    fit[asked.i, j] += more
    return replace(asked.instance, fit=fit)


def _changed(asked: _Asked, row: ChangedRow) -> WhatIf | None:
    """Where the startup would be with another profile, None where it would stay."""
    after = asked.solve(_with_row(asked, row))
    if after is None or asked.places(after) == asked.places(asked.solution):
        return None
    reasons = tuple(
        Reason.of(
            "what_if.change",
            programme=asked.instance.programmes[j],
            points=points(max(int(row.fit[j]), 0)),
        )
        for j in sorted(asked.places(after))
    )
    return _answer(
        asked, after, "change", None, 0, reasons or (Reason.of("what_if.change_out"),), row.change
    )


def _with_row(asked: _Asked, row: ChangedRow) -> Instance:
    """The round with the startup's new scores; pairs that are forced stay open as they are."""
    instance, i = asked.instance, asked.i
    forced = instance.forced[instance.forced[:, 0] == i, 1]
    pinned = forced[row.fit[forced] == CLOSED]
    fit, gain, want = instance.fit.copy(), instance.gain.copy(), instance.want.copy()
    for scores, new in ((fit, row.fit), (gain, row.gain), (want, row.want)):
        kept = scores[i, pinned]
        scores[i] = new
        scores[i, pinned] = kept
    return replace(instance, fit=fit, gain=gain, want=want)


def _answer(
    asked: _Asked,
    after: Solution,
    kind: Kind,
    programme: str | None,
    amount: int,
    reasons: tuple[Reason, ...],
    change: Change | None = None,
) -> WhatIf:
    others = _others(asked, after)
    return WhatIf(
        kind=kind,
        programme_id=programme,
        amount=amount,
        change=change,
        before=_ids(asked, asked.solution),
        after=_ids(asked, after),
        total_before=asked.solution.total,
        total=after.total,
        others=others,
        reasons=(*reasons, _of_the_whole(asked.solution.total, after.total, others)),
    )


def _of_the_whole(before: int, after: int, others: int) -> Reason:
    total = points(after)
    if after == before:
        return Reason.of("what_if.total_same", total=total, others=others)
    code = "what_if.total_more" if after > before else "what_if.total_less"
    return Reason.of(code, total=total, apart=points(abs(after - before)), others=others)


def _others(asked: _Asked, after: Solution) -> int:
    """Other startups whose places differ."""
    _, m = asked.instance.shape
    was, would = (s.rows.astype(np.int64) * m + s.cols for s in (asked.solution, after))
    differing = np.unique(np.setxor1d(was, would) // m)
    return int((differing != asked.i).sum())


def _ids(asked: _Asked, solution: Solution) -> tuple[str, ...]:
    return tuple(asked.instance.programmes[j] for j in sorted(asked.places(solution)))
