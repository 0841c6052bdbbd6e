"""Addresses of what a cohort is made of: rulings on pairs, programmes, limits, startups.

Each edit makes a new version of the cohort, held to the same checks as the whole of it.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path, Request, Response

from data.bodies import value_of
from matcher.cohort import Cohort, Intake, PairRule, Quota
from matcher.errors import NotFound
from service.cohort_forms import (
    LimitBody,
    PlacesBody,
    RulingBody,
    with_intake,
    with_quota,
    with_rule,
)
from service.cohorts_api import Edit, edited, line
from service.profile_forms import CLEAN_AND_SOME
from service.profiles_api import IfMatch
from service.round_answers import CohortLine
from service.security import Officer

QuotaName = Annotated[
    str,
    Path(
        max_length=300, pattern=CLEAN_AND_SOME, description="Name of the limit. / Tên của giới hạn."
    ),
]


def put_pair_rule(
    visit: Officer,
    id: str,
    startup_id: str,
    programme_id: str,
    body: RulingBody,
    response: Response,
    if_match: IfMatch = None,
) -> CohortLine:
    """Pin a startup to a programme, exclude the pair, or note a conflict of interest.

    A pinned pair is placed even where a condition of the programme refuses it; it needs a reason.
    """
    rule = PairRule(startup_id=startup_id, programme_id=programme_id, **body.model_dump())
    return line(edited(visit, id, if_match, lambda c: with_rule(c, rule)), response)


def delete_pair_rule(
    visit: Officer,
    id: str,
    startup_id: str,
    programme_id: str,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> CohortLine:
    """The pair is open again as far as the rules of the matching let it."""

    def is_it(rule: PairRule) -> bool:
        return (rule.startup_id, rule.programme_id) == (startup_id, programme_id)

    edit = _without("pair_rules", is_it, request)
    return line(edited(visit, id, if_match, edit), response)


def put_intake(
    visit: Officer,
    id: str,
    programme_id: str,
    body: PlacesBody,
    response: Response,
    if_match: IfMatch = None,
) -> CohortLine:
    """Take a programme into the round, or change its places, least intake and cost."""
    values = body.model_dump(mode="json", exclude_none=True) | {"programme_id": programme_id}
    intake: Intake = value_of(Intake, values)
    return line(edited(visit, id, if_match, lambda c: with_intake(c, intake)), response)


def delete_intake(
    visit: Officer,
    id: str,
    programme_id: str,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> CohortLine:
    """Refused while a ruling of the round still names the programme."""
    edit = _without("intakes", lambda one: one.programme_id == programme_id, request)
    return line(edited(visit, id, if_match, edit), response)


def put_quota(
    visit: Officer,
    id: str,
    name: QuotaName,
    body: LimitBody,
    response: Response,
    if_match: IfMatch = None,
) -> CohortLine:
    """Set a limit on how many placements share a value; its name is the officer's own."""
    quota = Quota(name=_composed(name), **body.model_dump())
    return line(edited(visit, id, if_match, lambda c: with_quota(c, quota)), response)


def delete_quota(
    visit: Officer,
    id: str,
    name: QuotaName,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> CohortLine:
    """Take a limit away."""
    edit = _without("quotas", lambda one: one.name == _composed(name), request)
    return line(edited(visit, id, if_match, edit), response)


def put_member(
    visit: Officer, id: str, startup_id: str, response: Response, if_match: IfMatch = None
) -> CohortLine:
    """Take a startup into the round."""

    def joined(cohort: Cohort) -> Cohort:
        here = startup_id in cohort.startups
        more = cohort.startups if here else (*cohort.startups, startup_id)
        return dataclasses.replace(cohort, startups=more)

    return line(edited(visit, id, if_match, joined), response)


def delete_member(
    visit: Officer,
    id: str,
    startup_id: str,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> CohortLine:
    """Refused while a ruling of the round still names the startup."""
    edit = _without("startups", lambda one: one == startup_id, request)
    return line(edited(visit, id, if_match, edit), response)


def _without(field: str, is_it: Callable[[Any], bool], request: Request) -> Edit:
    """An edit that takes items out of a list; raises NotFound where none of them is in there."""

    def edit(cohort: Cohort) -> Cohort:
        items = getattr(cohort, field)
        left = tuple(one for one in items if not is_it(one))
        if len(left) == len(items):
            raise NotFound(path=request.url.path)
        changes: dict[str, Any] = {field: left}
        return dataclasses.replace(cohort, **changes)

    return edit


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
