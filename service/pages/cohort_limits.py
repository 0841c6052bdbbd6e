"""Pages of the limits of a cohort on what placements share, by what the round has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from data import cohorts, profiles
from data.cohorts import StoredCohort
from data.engines import Connection
from data.taxonomies import name_of
from matcher.assignment.building import ATTRIBUTES
from matcher.cohort import Cohort, Quota
from matcher.errors import LimitInvalid
from matcher.limits import VOCABULARY_OF
from matcher.taxonomy import VOCABULARIES
from service.cohort_forms import given, validated_cohort, with_quota
from service.pages.cohort_fields import (
    NO_FAULTS,
    Faults,
    Typed,
    Wrong,
    faults_of,
    typed_of,
    whole_of,
)
from service.pages.cohort_setup import saved
from service.pages.cohort_views import CohortHead, head_of
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import render
from service.pages.posted import Posted
from service.round_names import telling
from service.security import Visit

LIMIT_FIELDS = ("limit_name", "value", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit, what it counts in words, and how many of the round share the value."""

    quota: Quota
    what: str
    found: int


@dataclass(frozen=True, slots=True)
class LimitsPage:
    """The limits of a cohort, and the form of one by an attribute.

    ``values`` are those of the attribute that the round has: value, name, and how many share it.
    ``lacking`` counts those whose value is not known.
    """

    head: CohortHead
    lines: tuple[LimitLine, ...]
    budget: str
    attributes: tuple[tuple[str, str], ...]
    by: str
    values: tuple[tuple[str, str, int], ...]
    lacking: int
    typed: Typed
    faults: Faults


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts/{id}/limits", limits_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/limits", change_limits, methods=["POST"])
    return pages


def limits_page(
    request: Request,
    visit: OfficerVisit,
    id: str,
    by: Annotated[str, Query(max_length=20)] = "country",
    edit: Annotated[str, Query(max_length=300)] = "",
) -> HTMLResponse:
    """The limits of a cohort; ``by`` chooses what one more counts, ``edit`` opens one by name."""
    return _limits(request, visit, id, by, edit)


def _limits(
    request: Request,
    visit: PageVisit,
    id: str,
    by: str,
    edit: str = "",
    typed: Typed | None = None,
    faults: Faults = NO_FAULTS,
) -> HTMLResponse:
    with visit.reading() as conn:
        kept = cohorts.get(conn, id)
        opened = next((one for one in kept.cohort.quotas if one.name == edit), None)
        by = opened.attribute if opened else by if by in ATTRIBUTES else "country"
        page = _limits_told(conn, visit, kept, by, typed or _typed(opened), faults)
        visit.note("read", "cohort", id)
    return render(request, "cohort_limits.html", page, visit=visit, status=faults.status)


def _limits_told(
    conn: Connection, visit: Visit, kept: StoredCohort, by: str, typed: Typed, faults: Faults
) -> LimitsPage:
    cohort = kept.cohort
    attributes = {one.attribute for one in cohort.quotas} | {by}
    counted = {one: _counted(conn, cohort, one) for one in sorted(attributes)}
    say = telling(conn, visit.texts, ())
    lines = tuple(
        LimitLine(
            one,
            say.attribute(one.attribute, one.value),
            _sharing(counted[one.attribute][0], one.value),
        )
        for one in cohort.quotas
    )
    values, lacking = counted[by]
    return LimitsPage(
        head_of(conn, kept, "limits"),
        lines,
        "" if cohort.budget is None else visit.texts.value(cohort.budget),
        tuple((code, _name_of(visit, "attribute", code)) for code in ATTRIBUTES),
        by,
        tuple(_values(visit, by, values, typed.of("value"))),
        lacking,
        typed,
        faults,
    )


def _counted(conn: Connection, cohort: Cohort, attribute: str) -> tuple[Counter[str], int]:
    """How many of the round share each value of an attribute, and how many tell none."""
    side, read = ATTRIBUTES[attribute].side, ATTRIBUTES[attribute].values_of
    programmes = [one.programme_id for one in cohort.intakes]
    ids: Sequence[str] = cohort.startups if side == "startup" else programmes
    held = [read(one) for one in profiles.get_many(conn, side, ids).values()]
    known = [tuple(one for one in some or () if one) for some in held]
    values = Counter(value for some in known for value in frozenset(some))
    return values, sum(not some for some in known)


def _sharing(values: Counter[str], value: str) -> int:
    wanted = value.casefold()
    return sum(count for one, count in values.items() if one.casefold() == wanted)


def _values(visit: Visit, by: str, values: Counter[str], also: str) -> Any:
    """The values of an attribute that the round has, most shared first, and the one in the form."""
    vocabulary = VOCABULARY_OF[by]
    every = dict(values) if not also else {also: 0} | values
    shown = sorted(every.items(), key=lambda one: (-one[1], one[0]))
    for value, count in shown:
        known = vocabulary is not None and value in VOCABULARIES[vocabulary]
        name = _name_of(visit, str(vocabulary), value) if known else value
        yield value, name, count


def _name_of(visit: Visit, vocabulary: str, code: str) -> str:
    return name_of(vocabulary, code, visit.texts.lang)


def _typed(quota: Quota | None) -> Typed:
    if quota is None:
        return Typed(())
    bounds = [(n, getattr(quota, n)) for n in ("at_least", "at_most")]
    told = [(name, "" if bound is None else str(bound)) for name, bound in bounds]
    opened = (("was", quota.name), ("limit_name", quota.name), ("value", quota.value))
    return Typed((*opened, *told))


def change_limits(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Set a limit in the place of the one that was opened, or take some away."""
    by = form.get("by", "country")

    def again(error: Wrong) -> Response:
        name = " ".join(form.get("limit_name").split())
        faults = faults_of(visit, _told(visit, by, error), (*LIMIT_FIELDS, name, "name"))
        beside = (("limit_name" if k in (name, "name") else k, text) for k, text in faults.beside)
        found = Faults(tuple(beside), faults.whole, faults.status)
        return _limits(request, visit, id, by, typed=typed_of(form), faults=found)

    def edit(before: Cohort) -> Cohort:
        gone = frozenset(form.all("limit"))
        if form.get("do") == "remove":
            return replace(before, quotas=tuple(o for o in before.quotas if o.name not in gone))
        return _with_limit(before, by, form)

    return saved(request, visit, id, form, edit, again, f"{request.url.path}?by={by}")


def _told(visit: Visit, by: str, error: Wrong) -> Wrong:
    """An error about a value with its name instead of its code."""
    about, vocabulary = getattr(error, "facts", {}).get("about"), VOCABULARY_OF.get(by)
    if not isinstance(error, LimitInvalid) or vocabulary is None:
        return error
    if about not in VOCABULARIES[vocabulary]:
        return error
    return LimitInvalid(**(error.facts | {"about": _name_of(visit, vocabulary, str(about))}))


def _with_limit(before: Cohort, by: str, form: Posted) -> Cohort:
    """The cohort with the limit of a form; raises RequestValidationError by its fields."""
    body: dict[str, Any] = {
        "name": form.get("limit_name") or _default_name(form),
        "attribute": by,
        "value": form.get("value"),
        "at_least": whole_of(form.get("at_least")),
        "at_most": whole_of(form.get("at_most")),
    }
    alone = given(replace(before, quotas=())) | {"quotas": [body]}
    try:
        quota = validated_cohort(alone).quotas[0]
    except RequestValidationError as error:
        raise _of_fields(error) from None
    was = form.get("was")
    if was and was != quota.name:
        before = replace(before, quotas=tuple(o for o in before.quotas if o.name != was))
    return with_quota(before, quota)


def _default_name(form: Posted) -> str:
    """A limit needs a name; without one typed it is called by its value and bounds."""
    bounds = [("≥", form.get("at_least")), ("≤", form.get("at_most"))]
    told = [f"{sign} {bound}" for sign, bound in bounds if bound]
    return " ".join([form.get("value"), *told])[:300]


def _of_fields(error: RequestValidationError) -> RequestValidationError:
    """``quotas, 0, at_most`` becomes ``at_most``, as the form names it."""
    return RequestValidationError(
        [{**fault, "loc": ("body", *fault["loc"][3:4])} for fault in error.errors()]
    )
