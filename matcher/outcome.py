"""What a run says: who goes where, who waits, who stays out, and how fair that is.

Plain values, ready to be kept, sent and printed. Fits and scores are in whole hundredths of a
point (0 to 10,000); a choice is a rank from 1 in the startup's own list of its open programmes
(by mutual fit, then what it gains, then id).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matcher.rules.base import Reason

State = Literal["placed", "reserve", "out"]


@dataclass(frozen=True, slots=True)
class Place:
    """One place that a startup was given; ``kept`` where the round before gave it too."""

    programme_id: str
    fit: int
    gain: int
    want: int
    choice: int
    forced: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """A programme that suits a startup better than what it was given, and how that came about.

    Attributes
    ----------
    places, taken
        Of the programme.
    lowest
        Lowest fit among those placed there, None where nobody is.
    ahead
        How many of those placed there fit it better than this startup does.
    reserve
        Position on the programme's reserve list, from 1; None for one that is not on it.
    cost
        What the whole round would lose in total fit if this startup had to be placed there, in
        hundredths; None where it was not worked out.
    """

    programme_id: str
    fit: int
    choice: int
    places: int
    taken: int
    lowest: int | None
    ahead: int
    reserve: int | None
    cost: int | None


@dataclass(frozen=True, slots=True)
class Placement:
    """What a run says of one startup.

    Attributes
    ----------
    state
        ``placed``; else ``reserve`` where it stands on a reserve list; else ``out``.
    places
        What it was given, best fit first.
    missed
        The programmes that suit it better, best fit first; for one without a place its nearest
        chances. At most :data:`MOST_MISSED`.
    open_programmes
        How many programmes of the round are open to it.
    reasons
        Why, as sentences in reading order.
    """

    startup_id: str
    state: State
    places: tuple[Place, ...]
    missed: tuple[Missed, ...]
    open_programmes: int
    reasons: tuple[Reason, ...]


MOST_MISSED = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a programme's reserve list, best first."""

    startup_id: str
    fit: int


@dataclass(frozen=True, slots=True)
class Load:
    """How one programme is filled.

    ``price`` is what one more place would add to the round's total, in hundredths, where it was
    worked out; ``places`` is None where nobody knows how many there are, and then nobody was
    placed; ``assumed`` tells that the places are the round's planning assumption.
    """

    programme_id: str
    places: int | None
    taken: int
    min_intake: int
    lowest: int | None
    highest: int | None
    assumed: bool
    price: int | None
    reserves: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A startup whose places differ from the round before; ``forced`` where no choice was left.

    ``gain`` is what the move changes in the startup's own fit, in hundredths.
    """

    startup_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    forced: bool
    gain: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """How a group of startups fares.

    Attributes
    ----------
    startups, able, placed
        How many there are, how many have an open programme at all, how many hold a place.
    choices
        Placed in their 1st, 2nd, 3rd, and any later choice (of the best place that each holds).
    worst, tenth
        Lowest fit and tenth percentile over all who are able, 0 for those without a place; None
        where nobody is able.
    lowest_placed
        Lowest fit among the placed; None where nobody is placed.
    mean
        Mean fit of the placed, None where nobody is placed.
    total
        Sum of fits.
    """

    startups: int
    able: int
    placed: int
    choices: tuple[int, int, int, int]
    worst: int | None
    tenth: int | None
    lowest_placed: int | None
    mean: int | None
    total: int


@dataclass(frozen=True, slots=True)
class Group:
    """Startups that share a value: an attribute with its value, and how they fare."""

    attribute: str
    value: str
    here: Measures
    optimum: Measures


@dataclass(frozen=True, slots=True)
class FairnessSheet:
    """How fair a run is, beside the optimum of the total (mode ``best``).

    Attributes
    ----------
    envy_pairs
        Pairs of startups of which the first has a higher fit at a place that the second holds, and
        that is open to it, than at what it has.
    blocking_pairs
        Startup and programme that would both rather have each other: the startup gains more there
        than where it is, and the programme has a place free or holds a startup that it looks for
        less.
    exposure_gini
        Gini coefficient (0 even, towards 1 uneven) of how often each programme that is open to
        anybody stands among the three best of a startup that is able.
    load_gini
        The same of the share of its places that each programme fills.
    price
        What the mode costs in total fit against the optimum, in hundredths.
    """

    here: Measures
    optimum: Measures
    envy_pairs: int
    optimum_envy_pairs: int
    blocking_pairs: int
    optimum_blocking_pairs: int
    exposure_gini: float
    load_gini: float
    optimum_load_gini: float
    price: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A limit that has to give way, by its name, and by how much in its own unit.

    ``lowers`` tells a least that is lowered (a least intake, a forced pair, the ``at_least`` of a
    quota) from a most that is raised: one quota can have both.
    """

    limit: str
    by: int
    lowers: bool = False


@dataclass(frozen=True, slots=True)
class WayOut:
    """Limits that together make a round possible when they give way.

    ``total`` is the best total fit of the round with them relaxed, in hundredths.
    """

    relaxed: tuple[Relaxation, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A round that nobody can solve as it stands: the ways out, fewest limits first, then by total.

    Every way out of the first length is a smallest one; none is ever missing altogether.
    """

    ways_out: tuple[WayOut, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a solved run says.

    Attributes
    ----------
    total, bound, proved
        Total fit in hundredths, the proved upper bound, and whether the mode's aim is proved.
    placements
        One for each startup, by id.
    loads
        One for each programme, by id.
    moves
        Against the round before, by startup; empty without one.
    least_moves
        The least number of moves that the changes force, proved; None without a round before.
    notes
        What the reader must know: assumed places, unknown attributes, overrides.
    """

    total: int
    bound: int
    proved: bool
    placements: tuple[Placement, ...]
    loads: tuple[Load, ...]
    sheet: FairnessSheet
    moves: tuple[Move, ...]
    least_moves: int | None
    notes: tuple[Reason, ...]
