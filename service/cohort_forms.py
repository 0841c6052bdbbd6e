"""Cohorts as JSON: the forms of what comes in and goes out, made of the value classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from data.cohorts import body_of, cohort_of
from matcher.cohort import Cohort, Intake, PairRule, Quota
from matcher.errors import InvalidField
from service.profile_forms import CLEAN, Body, Loose, Strict, code_hint, held, model_of

COHORT_BODY = model_of(Cohort, "CohortBody", Strict)
"""The form of a cohort that comes in."""
COHORT_OUT = model_of(Cohort, "Cohort", Loose)
"""The form of a cohort that goes out; each sum with its dollars."""

_SUM: Any = COHORT_BODY.model_fields["budget"].annotation

_RULING: Any = code_hint("ruling")
_ATTRIBUTE: Any = code_hint("attribute")


class RulingBody(Strict):
    """What is ruled about a pair, and why; a forced pair needs its reason.

    ``forced`` places the startup there even where a condition of the programme refuses it.
    """

    ruling: _RULING
    why: str | None = Field(None, max_length=300, pattern=CLEAN)


class PlacesBody(Strict):
    """What a programme takes in this round; ``places`` null where the officer does not know."""

    places: int | None = Field(None, ge=0, le=10_000)
    min_intake: int = Field(0, ge=0, le=10_000)
    cost_per_place: _SUM = None


class LimitBody(Strict):
    """Bounds on how many placements share a value of an attribute."""

    attribute: _ATTRIBUTE
    value: str = Field(max_length=300, pattern=CLEAN)
    at_least: int | None = Field(None, ge=0, le=1_000_000_000)
    at_most: int | None = Field(None, ge=0, le=1_000_000_000)


def validated_cohort(body: Mapping[str, Any]) -> Cohort:
    """Build a cohort of a body; raises RequestValidationError with every field that fails."""
    return cohort_of(held(Cohort, COHORT_BODY, body))


def given(cohort: Cohort) -> Body:
    """What a merge patch applies to: every field that holds something."""
    return {name: content for name, content in body_of(cohort).items() if content is not None}


def shown_cohort(cohort: Cohort) -> Body:
    """A cohort as it goes out: each sum with its dollars, where a rate is known."""
    body = body_of(cohort)
    if cohort.budget is not None:
        body["budget"]["usd"] = cohort.budget.usd
    for one, shown in zip(cohort.intakes, body["intakes"], strict=True):
        if one.cost_per_place is not None:
            shown["cost_per_place"]["usd"] = one.cost_per_place.usd
    return body


def with_rule(cohort: Cohort, rule: PairRule) -> Cohort:
    """The cohort with one more ruling, in the place of the one on the same pair."""
    return dataclasses.replace(cohort, pair_rules=_put(cohort.pair_rules, rule, _pair))


def with_intake(cohort: Cohort, intake: Intake) -> Cohort:
    """The cohort with one more programme, or other places for one that it has."""
    return dataclasses.replace(cohort, intakes=_put(cohort.intakes, intake, _programme))


def with_quota(cohort: Cohort, quota: Quota) -> Cohort:
    """The cohort with one more limit, in the place of the one of the same name."""
    return dataclasses.replace(cohort, quotas=_put(cohort.quotas, quota, _name))


def same_id(before: Cohort, after: Cohort) -> None:
    """Refuse an edit that would change the id; raises InvalidField."""
    if after.id != before.id:
        raise InvalidField(field="id", value=after.id, expected=before.id)


def _pair(rule: PairRule) -> tuple[str, str]:
    return rule.startup_id, rule.programme_id


def _programme(intake: Intake) -> str:
    return intake.programme_id


def _name(quota: Quota) -> str:
    return quota.name


def _put(items: tuple[Any, ...], item: Any, key: Any) -> tuple[Any, ...]:
    """Items with one in the place of that with its key, else at the end."""
    wanted = key(item)
    if all(key(one) != wanted for one in items):
        return (*items, item)
    return tuple(item if key(one) == wanted else one for one in items)
