"""A cohort: the startups and programmes of one round, its places, and the limits it must keep.

Frozen values, checked by :func:`matcher.profile.check` like a profile; what one field cannot show,
such as a quota that nobody can meet, is checked by :func:`checked` and refused by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Interval

from matcher.profile import Count, Identifier, Line, Money, Percent, Text, Year
from matcher.taxonomy import Vocabulary

Places = Annotated[int, Interval(ge=0, le=10_000)]
Points = Annotated[float, Interval(ge=0, le=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one programme takes in this round.

    ``places`` None: as many as the catalogue knows for one cohort, else the round's
    ``assumed_places``, else unknown and nobody is placed there. ``min_intake`` is the least number
    of startups with which the programme runs in this round.
    """

    programme_id: Identifier
    places: Places | None = None
    min_intake: Places = 0
    cost_per_place: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRule:
    """What an officer or the law rules about one pair, and why.

    ``forced``: the startup is placed there, even where a gate refuses it (the refusal stays on
    record beside the reason). ``forbidden`` and ``conflict`` (of interest): it is never placed
    there.
    """

    startup_id: Identifier
    programme_id: Identifier
    ruling: Annotated[str, Vocabulary("ruling")]
    why: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Bounds on how many placements share a value, such as at most 5 to one country.

    Countries and organisations are those of the programme; sectors, stages, phases and districts
    those of the startup. A profile whose value is unknown is counted nowhere, and is reported.
    """

    name: Line
    attribute: Annotated[str, Vocabulary("attribute")]
    value: Line
    at_least: Count | None = None
    at_most: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One round of sending startups abroad.

    Attributes
    ----------
    opens_on, closes_on
        The window of the round. Rules are read on the day of a run, not on these.
    budget
        The most that all placements may cost together, where a cost per place is known.
    offers
        How many places one startup may hold at once; applications rather than offers when above 1.
    assumed_places
        Places of a programme whose places neither the catalogue nor the officer knows; a planning
        assumption, shown as one.
    least_points
        No placement below this mutual fit.
    startup_side
        Share (percent) of the startup's side in the mutual fit; None joins both sides as the
        points of the parts do, so that the mutual fit is the score of the lists.
    """

    id: Identifier
    name: Line
    opens_on: date | None = None
    closes_on: date | None = None
    budget_year: Year | None = None
    budget: Money | None = None
    offers: Annotated[int, Interval(ge=1, le=20)] = 1
    assumed_places: Places | None = None
    least_points: Points | None = None
    startup_side: Percent | None = None
    startups: tuple[Identifier, ...] = ()
    intakes: tuple[Intake, ...] = ()
    pair_rules: tuple[PairRule, ...] = ()
    quotas: tuple[Quota, ...] = ()
    note: Text | None = None
