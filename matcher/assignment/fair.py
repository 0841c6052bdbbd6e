"""The mode ``fair``: who is worst off fares as well as possible, then the next, and so on."""

from __future__ import annotations

from matcher.assignment.instance import How, Instance, Solution
from matcher.assignment.leximin import forest_of, leximin


def fair(instance: Instance, how: How) -> Solution | None:
    """The fairest placement within all limits; None where none keeps them."""
    forest = forest_of(instance)
    if forest is None or (instance.offers > 1).any():
        raise NotImplementedError
    return leximin(instance, forest)
