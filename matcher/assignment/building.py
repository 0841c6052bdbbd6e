"""A cohort, its profiles and their points become one round of numbers to be solved."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import CLOSED, Bound, Instance, Ints, Side
from matcher.cohort import Cohort, Intake, Quota
from matcher.mutual import PROGRAMME, STARTUP, TwoSided, most_of, mutual, one_way
from matcher.panel import Panel
from matcher.profile import Money, Programme, Startup
from matcher.rules.base import Reason, coded

Values = tuple[str, ...] | None
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that profiles of one side share; ``values_of`` gives None where it is unknown."""

    side: Side
    values_of: Callable[[Any], Values]


def _one(value: str | None) -> Values:
    return None if value is None else (value,)


ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {
        "country": Attribute("programme", lambda p: (p.host,)),
        "organisation": Attribute("programme", lambda p: (p.organisation,)),
        "sector": Attribute("startup", lambda s: s.sectors),
        "stage": Attribute("startup", lambda s: _one(s.stage)),
        "phase": Attribute("startup", lambda s: _one(s.phase)),
        "district": Attribute("startup", lambda s: _one(s.ward)),
    }
)
"""What quotas and the fairness sheet can count by, as the vocabulary ``attribute`` lists it."""

CONSENTED = frozenset({"founder_sex"})
"""Groups of the fairness sheet that rest on a consent: told in sum, never kept person by person."""

BUDGET = "budget"
"""Name of the limit that the money of a round sets."""


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """A round ready to be solved, with what the numbers do not show: all that decides an outcome.

    Attributes
    ----------
    assumed, unknown
        Whether the places of a programme are the round's planning assumption, or not known at all
        (then it has none); (m,).
    refusals
        How many gates refuse each pair, (n, m).
    shut
        Pairs that a ruling or a decision closes, (k, 2), sorted.
    least_fit
        Hundredths below which no pair is open.
    startup_side
        As the cohort has it.
    before
        All pairs of the round before, by id, also of those who have left.
    groups
        For the fairness sheet: an attribute, a value, and which startups have it, (n,).
    notes
        For the reader.
    """

    instance: Instance
    assumed: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    refusals: Ints
    shut: Ints
    least_fit: int
    startup_side: float | None
    before: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str, NDArray[np.bool_]], ...]
    notes: tuple[Reason, ...]

    def digest(self) -> str:
        """SHA-256 (hex) of everything that decides an outcome, but the groups that it is told by.

        Groups rest on profiles, whose versions are kept, and on consents, which may be withdrawn.
        """
        seen = hashlib.sha256(self.instance.digest().encode())
        for flags in (self.assumed, self.unknown):
            seen.update(np.packbits(flags).tobytes())
        seen.update(np.ascontiguousarray(self.refusals, "<i4").tobytes())
        seen.update(repr((self.before, self.notes)).encode())
        return seen.hexdigest()


def round_of(
    cohort: Cohort,
    startups: Sequence[Startup],
    programmes: Sequence[Programme],
    both: TwoSided,
    panel: Panel,
    *,
    declined: Pairs = (),
    before: Pairs = (),
    more_groups: Sequence[tuple[str, str, NDArray[np.bool_]]] = (),
) -> Round:
    """Build a round.

    Parameters
    ----------
    startups, programmes
        The profiles of the cohort, sorted by id; ids of the cohort that are not among them (gone
        meanwhile) are left out.
    both
        Points of every pair, in the same order.
    declined
        Pairs that were declined: closed, unless forced.
    before
        Pairs of the round before.
    more_groups
        Groups of startups for the fairness sheet beside those of :data:`ATTRIBUTES`.
    """
    before = tuple(sorted(set(before)))
    rows, cols = _places_of(startups), _places_of(programmes)
    intakes = {one.programme_id: one for one in cohort.intakes}
    taken = [intakes.get(p.id, Intake(programme_id=p.id)) for p in programmes]
    places = [places_of(one, p, cohort) for one, p in zip(taken, programmes, strict=True)]
    forced = _pairs(rows, cols, _ruled(cohort, "forced"))
    closed = _pairs(rows, cols, [*_ruled(cohort, "forbidden", "conflict"), *declined])
    least = math.ceil((cohort.least_points or 0) * 100)
    fit = fits(both, panel, cohort.startup_side, least)
    fit[closed[:, 0], closed[:, 1]] = CLOSED
    fit[forced[:, 0], forced[:, 1]] = mutual(both, panel, cohort.startup_side)[tuple(forced.T)]
    instance = Instance(
        startups=tuple(rows),
        programmes=tuple(cols),
        fit=fit,
        gain=one_way(both.startup, most_of(panel, STARTUP)),
        want=one_way(both.programme, most_of(panel, PROGRAMME)),
        places=np.array([known or 0 for known, _ in places], np.int32),
        least=np.array([one.min_intake for one in taken], np.int32),
        offers=np.full(len(rows), cohort.offers, np.int32),
        must=np.zeros(len(rows), np.int32),
        forced=forced,
        held=_pairs(rows, cols, before),
        bounds=(*_quotas(cohort, startups, programmes), *_budget(cohort, taken)),
    )
    return Round(
        instance,
        np.array([assumed for _, assumed in places], np.bool_),
        np.array([known is None for known, _ in places], np.bool_),
        both.refusals,
        closed,
        least,
        cohort.startup_side,
        before,
        (*_groups(startups), *more_groups),
        tuple(_notes(cohort, startups, programmes, taken, places, both, forced)),
    )


def fits(both: TwoSided, panel: Panel, startup_side: float | None, least_fit: int) -> Ints:
    """Mutual fits in hundredths, :data:`CLOSED` where a gate refuses or the fit is too low."""
    worth = mutual(both, panel, startup_side)
    return np.where((both.refusals == 0) & (worth >= least_fit), worth, CLOSED).astype(np.int32)


def places_of(intake: Intake, programme: Programme, cohort: Cohort) -> tuple[int | None, bool]:
    """Places of a programme in a round, None where nobody knows, and whether they are assumed."""
    if intake.places is not None:
        return intake.places, False
    if programme.capacity is not None and programme.capacity_basis == "cohort":
        return programme.capacity, False
    return cohort.assumed_places, cohort.assumed_places is not None


def holders(attribute: str, value: str, profiles: Sequence[Any]) -> NDArray[np.bool_]:
    """Which profiles have a value of an attribute, (profiles,); unknown is not among them."""
    read, wanted = ATTRIBUTES[attribute].values_of, value.casefold()
    held = [wanted in (one.casefold() for one in read(p) or ()) for p in profiles]
    return np.array(held, np.bool_)


def _groups(startups: Sequence[Startup]) -> Iterable[tuple[str, str, NDArray[np.bool_]]]:
    """Every value of every attribute of startups that at least one of them has."""
    for name, attribute in ATTRIBUTES.items():
        if attribute.side == "startup":
            masks: dict[str, NDArray[np.bool_]] = {}
            for place, one in enumerate(startups):
                for value in attribute.values_of(one) or ():
                    masks.setdefault(value, np.zeros(len(startups), np.bool_))[place] = True
            yield from ((name, value, masks[value]) for value in sorted(masks))


def _places_of(profiles: Sequence[Any]) -> dict[str, int]:
    return {profile.id: place for place, profile in enumerate(profiles)}


def _ruled(cohort: Cohort, *rulings: str) -> list[tuple[str, str]]:
    return [(r.startup_id, r.programme_id) for r in cohort.pair_rules if r.ruling in rulings]


def _pairs(rows: Mapping[str, int], cols: Mapping[str, int], pairs: Pairs) -> Ints:
    """Pairs of ids as sorted places, (pairs, 2); those that are not in the round left out."""
    found = sorted({(rows[s], cols[p]) for s, p in pairs if s in rows and p in cols})
    return np.array(found, np.int32).reshape(-1, 2)


def _quotas(
    cohort: Cohort, startups: Sequence[Startup], programmes: Sequence[Programme]
) -> list[Bound]:
    return [_bound(quota, startups, programmes) for quota in cohort.quotas]


def _bound(quota: Quota, startups: Sequence[Startup], programmes: Sequence[Programme]) -> Bound:
    side = ATTRIBUTES[quota.attribute].side
    profiles: Sequence[Any] = startups if side == "startup" else programmes
    weights = holders(quota.attribute, quota.value, profiles).astype(np.int64)
    return Bound(quota.name, side, weights, quota.at_least or 0, quota.at_most)


def _budget(cohort: Cohort, intakes: Sequence[Intake]) -> list[Bound]:
    """The money of the round: costs rounded up and the budget down to whole units."""
    if cohort.budget is None:
        return []
    costs = [cost_of(one, cohort.budget) for one in intakes]
    weights = np.array([math.ceil(cost or 0) for cost in costs], np.int64)
    if not weights.any():
        return []
    unit = int(np.gcd.reduce(weights))
    return [
        Bound(BUDGET, "programme", weights // unit, 0, math.floor(cohort.budget.amount) // unit)
    ]


def cost_of(intake: Intake, budget: Money) -> float | None:
    """What a place costs in the currency of the budget; None where that is not known."""
    cost = intake.cost_per_place
    if cost is None or cost.currency == budget.currency:
        return None if cost is None else cost.amount
    if cost.usd is None or not budget.usd:
        return None
    return cost.usd * budget.amount / budget.usd


def _notes(
    cohort: Cohort,
    startups: Sequence[Startup],
    programmes: Sequence[Programme],
    intakes: Sequence[Intake],
    places: Sequence[tuple[int | None, bool]],
    both: TwoSided,
    forced: Ints,
) -> Iterable[Reason]:
    assumed = sum(is_assumed for _, is_assumed in places)
    if assumed:
        yield Reason.of("round.assumed_places", count=assumed, places=cohort.assumed_places)
    unknown = sum(known is None for known, _ in places)
    if unknown:
        yield Reason.of("round.unknown_places", count=unknown)
    for attribute in sorted({quota.attribute for quota in cohort.quotas}):
        reads = ATTRIBUTES[attribute]
        profiles: Sequence[Any] = startups if reads.side == "startup" else programmes
        silent = sum(reads.values_of(profile) is None for profile in profiles)
        if silent:
            named = coded("attribute", (attribute,))
            yield Reason.of("round.unknown_attribute", attribute=named, count=silent)
    budget = cohort.budget
    silent = 0 if budget is None else sum(cost_of(one, budget) is None for one in intakes)
    if silent:
        yield Reason.of("round.unknown_cost", count=silent)
    gone = len(cohort.startups) + len(cohort.intakes) - len(startups) - len(programmes)
    if gone:
        yield Reason.of("round.gone", count=gone)
    why = {(r.startup_id, r.programme_id): r.why for r in cohort.pair_rules}
    for i, j in forced.tolist():
        if both.refusals[i, j]:
            pair = startups[i].id, programmes[j].id
            yield Reason.of("round.override", startup=pair[0], programme=pair[1], why=why[pair])
