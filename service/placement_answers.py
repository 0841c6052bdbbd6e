"""The forms of the answers about the startups of a run: their places, why, and what would help.

Fits and scores go out as points with two decimals. ``placement_schemas.py`` writes them.
"""

from __future__ import annotations

from typing import Any, Literal

from service.answers import Named, Out


class PlaceOut(Out):
    """One place that a startup was given; ``choice`` is a rank from 1 in its list."""

    programme: Named
    points: float
    gain: float
    want: float
    choice: int
    forced: bool
    kept: bool


class MissedOut(Out):
    """A programme that suits the startup better than what it was given."""

    programme: Named
    points: float
    choice: int
    places: int
    taken: int
    lowest: float | None
    ahead: int
    reserve: int | None
    cost: float | None


class PlacementOut(Out):
    """What a run says of one startup, and why."""

    startup: Named
    state: Literal["placed", "reserve", "out"]
    places: list[PlaceOut]
    missed: list[MissedOut]
    open_programmes: int
    reasons: list[str]


class Placements(Out):
    """One page of placements, by id of the startup."""

    items: list[PlacementOut]
    total: int
    limit: int
    offset: int


class ChangedOut(Out):
    """A field of the startup's profile, and what it would hold."""

    field: str
    label: str
    value: Any
    value_text: str


class WhatIfOut(Out):
    """A change, and what solving the round again with it shows.

    ``places``: so many places more at the programme. ``points``: so many points more with it.
    ``change``: the profile changed so. ``others`` counts the startups whose places would differ.
    """

    kind: Literal["places", "points", "change"]
    programme: Named | None
    places: int | None
    points: float | None
    change: ChangedOut | None
    before: list[Named]
    after: list[Named]
    total_before: float
    total: float
    others: int
    reasons: list[str]


class ExplainedOut(Out):
    """What a run says of one startup, and what would change it."""

    placement: PlacementOut
    what_ifs: list[WhatIfOut]
