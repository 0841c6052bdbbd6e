"""What a cohort's limits must hold among themselves, refused by the name of the limit.

:func:`matcher.profile.check` looks at one field at a time; here stands what only several fields
together, or the profiles of the round, can show before anything is solved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from matcher import taxonomy
from matcher.assignment.building import ATTRIBUTES, BUDGET, holders, places_of
from matcher.cohort import Cohort, Intake, PairRule, Quota
from matcher.errors import LimitInvalid
from matcher.profile import Money, Programme, Startup
from matcher.rules.base import Sum, money

VOCABULARY_OF: dict[str, str | None] = {
    "country": "country",
    "organisation": None,
    "sector": "sector",
    "stage": "stage",
    "phase": "phase",
    "district": None,
}
"""The vocabulary of each attribute's values; None where they are free text."""

RESERVED = frozenset(
    (BUDGET, "places", "min_intake", "offers", "must", "forced", "closed", "twice")
)
"""Names, alone or before a colon, that the limits of a solved round have for themselves."""

Startups = Mapping[str, Startup]
Programmes = Mapping[str, Programme]


def checked(
    cohort: Cohort, startups: Startups | None = None, programmes: Programmes | None = None
) -> None:
    """Refuse a cohort whose limits cannot hold; its fields are checked already.

    Parameters
    ----------
    startups, programmes
        The profiles of the cohort's ids, by id; those that are missing count nowhere. None where
        they are not at hand: then nothing that rests on them is checked.

    Raises
    ------
    LimitInvalid
        For the first limit that does not hold, by its name; the causes are ``words.cause``.
    """
    _window(cohort)
    _listed(cohort)
    _budget(cohort)
    _pair_rules(cohort)
    places = _known_places(cohort, programmes)
    _intakes(cohort, places)
    _forced(cohort, places)
    for quota in cohort.quotas:
        check_quota(quota)
    _named_once(cohort)
    for quota in cohort.quotas:
        _quota_in_round(cohort, quota, startups, programmes, places)


def needs_profiles(cohort: Cohort) -> bool:
    """Whether some limit asks what the startups of the round are, beyond their ids."""
    return any(ATTRIBUTES[one.attribute].side == "startup" for one in cohort.quotas)


def _window(cohort: Cohort) -> None:
    opens, closes = cohort.opens_on, cohort.closes_on
    if opens is not None and closes is not None and opens > closes:
        raise _invalid("window", "ends_before_it_opens")


def _listed(cohort: Cohort) -> None:
    for id in _repeated(cohort.startups):
        raise _invalid("startups", "listed_twice", id)
    for id in _repeated(one.programme_id for one in cohort.intakes):
        raise _invalid("intakes", "listed_twice", id)


def _budget(cohort: Cohort) -> None:
    budget = cohort.budget
    if budget is None:
        return
    known = [one for one in cohort.intakes if one.cost_per_place is not None]
    if not known:
        raise _invalid(BUDGET, "no_cost_known")
    costs = {one.programme_id: _in_currency(one.cost_per_place, budget) for one in known}
    for id, cost in costs.items():
        if cost is None:
            raise _invalid(BUDGET, "no_rate", id)
    least = {one.programme_id: one.min_intake for one in cohort.intakes}
    forced = Counter(one.programme_id for one in _forced_of(cohort))
    for counts, cause in ((forced, "forced_above_most"), (least, "least_intakes_above_most")):
        spent = sum(count * (costs.get(id) or 0.0) for id, count in counts.items())
        if spent > budget.amount:
            raise _invalid(BUDGET, cause, None, Sum(spent, budget.currency), money(budget))


def _in_currency(cost: Money | None, budget: Money) -> float | None:
    if cost is None or cost.currency == budget.currency:
        return None if cost is None else cost.amount
    if cost.usd is None or not budget.usd:
        return None
    return cost.usd * budget.amount / budget.usd


def _pair_rules(cohort: Cohort) -> None:
    startups = frozenset(cohort.startups)
    programmes = _programmes_of(cohort)
    seen: dict[tuple[str, str], str] = {}
    for rule in cohort.pair_rules:
        pair, name = (rule.startup_id, rule.programme_id), _pair_of(rule)
        check_members(rule, startups, programmes)
        if pair in seen:
            both = (seen[pair] == "forced") != (rule.ruling == "forced")
            raise _invalid("pair_rules", "forced_and_closed" if both else "ruled_twice", name)
        check_rule(rule)
        seen[pair] = rule.ruling


def check_rule(rule: PairRule) -> None:
    """Refuse a pair rule that cannot hold whatever the round; raises LimitInvalid."""
    if rule.ruling == "forced" and not (rule.why or "").strip():
        raise _invalid("pair_rules", "forced_without_why", _pair_of(rule))


def check_members(rule: PairRule, startups: Container[str], programmes: Container[str]) -> None:
    """Refuse a pair rule about ids that are not in the round; raises LimitInvalid."""
    if rule.startup_id not in startups:
        raise _invalid("pair_rules", "not_in_the_round", rule.startup_id)
    if rule.programme_id not in programmes:
        raise _invalid("pair_rules", "not_in_the_round", rule.programme_id)


def _programmes_of(cohort: Cohort) -> frozenset[str]:
    return frozenset(one.programme_id for one in cohort.intakes)


def _known_places(cohort: Cohort, programmes: Programmes | None) -> dict[str, int | None]:
    """Places of each programme as a run reads them; those that need a profile are left out."""
    known: dict[str, int | None] = {}
    for one in cohort.intakes:
        profile = (programmes or {}).get(one.programme_id)
        if profile is not None:
            known[one.programme_id] = places_of(one, profile, cohort)[0]
        elif one.places is not None:
            known[one.programme_id] = one.places
    return known


def _intakes(cohort: Cohort, places: Mapping[str, int | None]) -> None:
    for one in cohort.intakes:
        if one.min_intake:
            _fits(one, places)
    asked = sum(one.min_intake for one in cohort.intakes)
    found = len(cohort.startups) * cohort.offers
    if cohort.startups and asked > found:
        raise _invalid("min_intake", "above_the_round", None, asked, found)


def _fits(one: Intake, places: Mapping[str, int | None]) -> None:
    most = places.get(one.programme_id, one.min_intake)
    if most is None:
        raise _invalid("min_intake", "places_unknown", one.programme_id)
    if one.min_intake > most:
        raise _invalid("min_intake", "above_places", one.programme_id, one.min_intake, most)


def _forced(cohort: Cohort, places: Mapping[str, int | None]) -> None:
    for id, count in Counter(one.programme_id for one in _forced_of(cohort)).items():
        most = places.get(id, count)
        if most is None:
            raise _invalid("places", "places_unknown", id)
        if count > most:
            raise _invalid("places", "forced_above_places", id, count, most)
    for id, count in Counter(one.startup_id for one in _forced_of(cohort)).items():
        if count > cohort.offers:
            raise _invalid("offers", "forced_above_offers", id, count, cohort.offers)


def check_quota(quota: Quota) -> None:
    """Refuse a quota that cannot hold whatever the round; raises LimitInvalid."""
    least, most = quota.at_least, quota.at_most
    if least is None and most is None:
        raise _invalid(quota.name, "no_bounds")
    if least is not None and most is not None and least > most:
        raise _invalid(quota.name, "least_above_most", None, least, most)
    if quota.name.partition(":")[0].strip() in RESERVED:
        raise _invalid(quota.name, "name_reserved")
    vocabulary = VOCABULARY_OF[quota.attribute]
    if vocabulary is not None and not taxonomy.knows(vocabulary, quota.value):
        raise _invalid(quota.name, "unknown_value", quota.value)


def _named_once(cohort: Cohort) -> None:
    first: dict[str, str] = {}
    for one in cohort.quotas:
        if one.name.casefold() in first:
            raise _invalid(first[one.name.casefold()], "named_twice")
        first[one.name.casefold()] = one.name


def _quota_in_round(
    cohort: Cohort,
    quota: Quota,
    startups: Startups | None,
    programmes: Programmes | None,
    places: Mapping[str, int | None],
) -> None:
    """Hold a quota against what the round has at all, and against what is forced."""
    of_startups = ATTRIBUTES[quota.attribute].side == "startup"
    profiles: Mapping[str, Any] | None = startups if of_startups else programmes
    if profiles is None:
        return
    ours = cohort.startups if of_startups else tuple(one.programme_id for one in cohort.intakes)
    sharing = _sharing(quota, [profiles[id] for id in ours if id in profiles])
    if quota.at_least:
        found = _supply(cohort, sharing, places, of_startups)
        if quota.at_least > found:
            cause = "above_the_round" if sharing else "none_in_the_round"
            raise _invalid(quota.name, cause, quota.value, quota.at_least, found)
    forced = [one.startup_id if of_startups else one.programme_id for one in _forced_of(cohort)]
    least = {} if of_startups else {one.programme_id: one.min_intake for one in cohort.intakes}
    for asked, cause in (
        (sum(id in sharing for id in forced), "forced_above_most"),
        (sum(count for id, count in least.items() if id in sharing), "least_intakes_above_most"),
    ):
        if quota.at_most is not None and asked > quota.at_most:
            raise _invalid(quota.name, cause, quota.value, asked, quota.at_most)


def _sharing(quota: Quota, profiles: Sequence[Any]) -> frozenset[str]:
    shared = holders(quota.attribute, quota.value, profiles).tolist()
    return frozenset(p.id for p, is_one in zip(profiles, shared, strict=True) if is_one)


def _supply(
    cohort: Cohort, sharing: frozenset[str], places: Mapping[str, int | None], of_startups: bool
) -> int:
    """The most placements that a value can have, were every pair of the round open."""
    if of_startups:
        return len(sharing) * min(cohort.offers, len(cohort.intakes))
    count = len(cohort.startups)
    taken = sum(min(places.get(id) or 0, count) for id in sharing)
    return min(taken, count * cohort.offers)


def _forced_of(cohort: Cohort) -> tuple[PairRule, ...]:
    return tuple(one for one in cohort.pair_rules if one.ruling == "forced")


def _pair_of(rule: PairRule) -> str:
    return f"{rule.startup_id} → {rule.programme_id}"


def _repeated(ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for id in ids:
        if id in seen:
            yield id
        seen.add(id)


def _invalid(
    limit: str,
    cause: str,
    about: str | None = None,
    asked: int | Sum | None = None,
    found: int | Sum | None = None,
) -> LimitInvalid:
    return LimitInvalid(limit=limit, cause=cause, about=about, asked=asked, found=found)
