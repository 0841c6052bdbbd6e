"""Who moves against the round before, why, and what it buys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.assignment.instance import CLOSED, How, Instance, Ints, Solution
from matcher.outcome import Move
from matcher.rules.base import Reason
from matcher.telling.missing import CostsOf
from matcher.telling.why_placed import points


@dataclass(frozen=True, slots=True)
class _Lost:
    """Why one pair of the round before is given up; ``forced`` where it had to be."""

    reason: Reason
    forced: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Now:
    """The round and the round before side by side.

    ``before`` and ``after`` hold the programmes of each startup by id. Of the pairs before that
    could be kept as far as the two of them go, ``keepable`` counts those of each programme and
    ``given_up`` those of them that are not placed now; ``room`` is what each programme has for
    them: its places less the forced newcomers. ``costs`` has what keeping a pair would cost.
    """

    instance: Instance
    how: How
    rows: dict[str, int]
    cols: dict[str, int]
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    forced: frozenset[tuple[str, str]]
    keepable: dict[str, int]
    given_up: dict[str, int]
    room: dict[str, int]
    costs: dict[tuple[str, str], int]


def moves(
    instance: Instance,
    solution: Solution,
    before: Sequence[tuple[str, str]],
    how: How,
    costs_of: CostsOf | None = None,
) -> tuple[Move, ...]:
    """Every startup whose places differ from the round before, by id; none without a round before.

    Parameters
    ----------
    before
        All pairs of the round before, startup and programme by id, also of those that have left.
    costs_of
        What the round loses if a pair had to be kept, -1 where no lawful placing has it.

    A move is ``forced`` where every pair that the startup gives up had to be given up, each by
    itself: the startup or the programme is not in this round, the programme has no places, the
    pair is closed, ``costs_of`` says that no lawful placing has the pair, the startup may hold
    fewer places than the pairs it could keep or has to be elsewhere by a forced pair, or the
    programme has fewer places than pairs to keep and gave up no more of them than it lacks. In the
    last two cases which of the pairs goes was still a choice. All other moves are by choice.

    ``gain`` is the sum of the startup's fits now less that of its pairs before, both by the fits of
    this round; a pair before that is closed or gone counts 0. Reasons have codes ``moving.*``.
    """
    if not before:
        return ()
    now = _side_by_side(instance, solution, before, how, costs_of)
    movers = [
        startup
        for startup in sorted({*now.before, *now.after})
        if sorted(now.before.get(startup, ())) != sorted(now.after.get(startup, ()))
    ]
    return tuple(_move(now, startup) for startup in movers)


def _move(now: _Now, startup: str) -> Move:
    before, after = now.before.get(startup, []), now.after.get(startup, [])
    lost = [_why_lost(now, startup, programme) for programme in before if programme not in after]
    gain = _worth(now, startup, after) - _worth(now, startup, before)
    return Move(
        startup_id=startup,
        before=tuple(before),
        after=tuple(after),
        forced=bool(lost) and all(one.forced for one in lost),
        gain=gain,
        reasons=(*(one.reason for one in lost), *_bought(now, startup, before, after)),
    )


def _why_lost(now: _Now, startup: str, programme: str) -> _Lost:
    i, j = now.rows.get(startup), now.cols.get(programme)
    if i is None:
        return _Lost(Reason.of("moving.startup_left", programme=programme), True)
    if j is None:
        return _Lost(Reason.of("moving.programme_left", programme=programme), True)
    if not now.instance.places[j]:
        return _Lost(Reason.of("moving.no_places", programme=programme), True)
    if now.instance.fit[i, j] == CLOSED:
        return _Lost(Reason.of("moving.refused", programme=programme), True)
    return _by_offers(now, startup, programme, i) or _by_room(now, startup, programme, j)


def _by_offers(now: _Now, startup: str, programme: str, i: int) -> _Lost | None:
    """The startup may hold too few places for what it had, beside what is forced on it."""
    offers = int(now.instance.offers[i])
    had = [p for p in now.before[startup] if _keepable(now, startup, p)]
    ruled = [p for p in now.after.get(startup, ()) if (startup, p) in now.forced and p not in had]
    gone = sum(p not in now.after.get(startup, ()) for p in had)
    lacking = len(had) + len(ruled) - offers
    if lacking <= 0:
        return None
    forced = gone <= lacking
    if ruled:
        other = ruled[0]
        return _Lost(Reason.of("moving.ruled", programme=programme, other=other), forced)
    return _Lost(Reason.of("moving.fewer_offers", programme=programme, offers=offers), forced)


def _by_room(now: _Now, startup: str, programme: str, j: int) -> _Lost:
    """The programme has too few places for what it had; else the move was a choice."""
    cost = now.costs.get((startup, programme))
    if cost == -1:
        return _Lost(Reason.of("moving.impossible", programme=programme), True)
    had, room = now.keepable[programme], now.room[programme]
    if had > room:
        places = int(now.instance.places[j])
        reason = Reason.of(
            "moving.fewer_places", programme=programme, places=places, had=had, ruled=places - room
        )
        return _Lost(reason, now.given_up[programme] <= had - room)
    if cost is None or now.how.mode != "best":
        return _Lost(Reason.of("moving.chosen", programme=programme), False)
    if not cost:
        return _Lost(Reason.of("moving.tie", programme=programme), False)
    return _Lost(Reason.of("moving.cost", programme=programme, cost=points(cost)), False)


def _bought(now: _Now, startup: str, before: list[str], after: list[str]) -> tuple[Reason, ...]:
    """What the startup has of the move: its new places, beside the best open one it gives up."""
    if startup not in now.rows:
        return ()
    if not after:
        return (Reason.of("moving.nothing"),)
    lost = [p for p in before if p not in after and _keepable(now, startup, p)]
    was = max((_worth(now, startup, [p]) for p in lost), default=None)
    new = [p for p in after if p not in before]
    return tuple(_new_place(p, _worth(now, startup, [p]), was) for p in new)


def _new_place(programme: str, fit: int, was: int | None) -> Reason:
    if was is None:
        return Reason.of("moving.new", programme=programme, points=points(fit))
    if fit == was:
        return Reason.of("moving.same", programme=programme, points=points(fit))
    code = "moving.better" if fit > was else "moving.worse"
    apart = points(abs(fit - was))
    return Reason.of(code, programme=programme, points=points(fit), apart=apart)


def _worth(now: _Now, startup: str, programmes: Iterable[str]) -> int:
    """Sum of the fits of this round, 0 for what is closed or gone."""
    i = now.rows.get(startup)
    places = [now.cols[p] for p in programmes if p in now.cols] if i is not None else []
    return sum(max(int(now.instance.fit[i, j]), 0) for j in places)


def _keepable(now: _Now, startup: str, programme: str) -> bool:
    i, j = now.rows.get(startup), now.cols.get(programme)
    if i is None or j is None:
        return False
    return bool(now.instance.places[j]) and bool(now.instance.fit[i, j] != CLOSED)


def _side_by_side(
    instance: Instance,
    solution: Solution,
    before: Sequence[tuple[str, str]],
    how: How,
    costs_of: CostsOf | None,
) -> _Now:
    placed = _named(instance, solution.rows, solution.cols)
    had = sorted(set(before))
    now = _Now(
        instance=instance,
        how=how,
        rows={one: i for i, one in enumerate(instance.startups)},
        cols={one: j for j, one in enumerate(instance.programmes)},
        before=_by_startup(had),
        after=_by_startup(placed),
        forced=frozenset(_named(instance, *instance.forced.T)),
        keepable={},
        given_up={},
        room={},
        costs={},
    )
    _count(now, had, frozenset(placed))
    now.costs.update(_costs(now, had, frozenset(placed), costs_of))
    return now


def _count(now: _Now, had: list[tuple[str, str]], placed: frozenset[tuple[str, str]]) -> None:
    for j, programme in enumerate(now.instance.programmes):
        now.room[programme] = int(now.instance.places[j])
        now.keepable[programme] = now.given_up[programme] = 0
    known = frozenset(had)
    for pair in now.forced - known:
        now.room[pair[1]] -= 1
    for pair in had:
        if _keepable(now, *pair):
            now.keepable[pair[1]] += 1
            now.given_up[pair[1]] += pair not in placed


def _costs(
    now: _Now,
    had: list[tuple[str, str]],
    placed: frozenset[tuple[str, str]],
    costs_of: CostsOf | None,
) -> dict[tuple[str, str], int]:
    """What keeping each pair would cost, for those that could be kept and are not."""
    asked = [pair for pair in had if pair not in placed and _keepable(now, *pair)]
    if costs_of is None or not asked:
        return {}
    rows = np.array([now.rows[startup] for startup, _ in asked], np.int32)
    cols = np.array([now.cols[programme] for _, programme in asked], np.int32)
    return dict(zip(asked, costs_of(rows, cols).tolist(), strict=True))


def _named(instance: Instance, rows: Ints, cols: Ints) -> list[tuple[str, str]]:
    startups, programmes = instance.startups, instance.programmes
    pairs = zip(rows.tolist(), cols.tolist(), strict=True)
    return [(startups[i], programmes[j]) for i, j in pairs]


def _by_startup(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for startup, programme in pairs:
        found.setdefault(startup, []).append(programme)
    return found
