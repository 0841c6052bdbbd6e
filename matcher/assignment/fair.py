"""The mode ``fair``: who is worst off fares as well as possible, then the next, and so on."""

from __future__ import annotations

from matcher.assignment.instance import How, Instance, Solution
from matcher.assignment.leximin import forest_of, leximin
from matcher.assignment.leximin_whole import leximin_whole
from matcher.assignment.lowest import raise_lowest


def fair(instance: Instance, how: How) -> Solution | None:
    """The fairest placement within all limits; None where none keeps them.

    Where nobody may hold more than one place: leximin. As many startups as possible are placed;
    the lowest fit among them is as high as can be, then the next lowest, and so on; of equals, the
    one that keeps most pairs of the round before. Exact where a flow can keep the limits; else
    proved as far as ``how.seconds`` reach.

    Where some may hold several: as many as possible have a place, then the lowest sum of fits
    among them is as high as can be, then the total, ``proved`` where that is certain.

    Raises
    ------
    OutOfTime
        Where neither a solution nor a proof that there is none was found in time.
    """
    if (instance.offers > 1).any():
        raised = raise_lowest(instance, how)
        return None if raised is None else raised.solution
    forest = forest_of(instance)
    if forest is None:
        return leximin_whole(instance, how)
    return leximin(instance, forest)
