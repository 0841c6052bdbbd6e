"""Reads what a form of a cohort says, and tells beside which of its fields something is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError

from data.numbers import money_of, number_of
from data.texts import ErrorText
from matcher.cohort import Cohort
from matcher.errors import BadInput, CauNoiError, LimitInvalid
from matcher.profile import Money
from matcher.rules.base import money
from service.pages.posted import Posted
from service.problems import as_ours
from service.round_texts import names_of
from service.security import Visit

DETAILS = (
    "name", "opens_on", "closes_on", "budget_year", "budget", "offers", "assumed_places",
    "least_points", "startup_side", "note",
)  # fmt: skip
"""Fields of a cohort that one form holds; its lists have forms of their own."""

WHOLE = frozenset({"budget_year", "offers", "assumed_places"})
DECIMAL = frozenset({"least_points", "startup_side"})
FIELD_OF_LIMIT = {"window": "closes_on"}
"""Where the error of a built-in limit stands that is named otherwise than its field."""

HOME_CURRENCY = "VND"


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a form: beside its fields, and as a whole; and the status that says so."""

    beside: tuple[tuple[str, ErrorText], ...] = ()
    whole: ErrorText | None = None
    status: int = 200

    def of(self, field: str) -> ErrorText | None:
        """What is wrong with one field."""
        return next((text for name, text in self.beside if name == field), None)


NO_FAULTS = Faults()
Wrong = CauNoiError | RequestValidationError


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of a form, as it is typed."""

    fields: tuple[tuple[str, str], ...]

    def of(self, field: str) -> str:
        """What stands in one field; nothing where it was not filled in."""
        return next((text for name, text in self.fields if name == field), "")


def typed_of(form: Posted) -> Typed:
    """What was typed into a form; of a field that was sent twice, the last."""
    return Typed(tuple((name, form.get(name)) for name, _ in form.kept()))


def details_typed(cohort: Cohort, visit: Visit) -> Typed:
    """The details of a cohort as they stand in its form."""
    return Typed(tuple((name, _text(getattr(cohort, name), visit)) for name in DETAILS))


def _text(value: object, visit: Visit) -> str:
    if value is None:
        return ""
    if isinstance(value, Money):
        return visit.texts.value(money(value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def details_patch(form: Posted) -> dict[str, Any]:
    """The details that a form says as a merge patch; what cannot be read stays as it is typed, and
    is then refused by the form of the cohort."""
    return {name: _value(name, form.get(name)) for name in DETAILS}


def _value(name: str, text: str) -> Any:
    if name == "name":
        return text
    if name == "offers" and not text:
        return 1
    if not text:
        return None
    if name in WHOLE:
        return whole_of(text)
    if name in DECIMAL:
        return decimal_of(text)
    return sum_of(text) if name == "budget" else text


def whole_of(text: str) -> Any:
    """A whole number; the text itself where it is none, None where there is no text."""
    if not text:
        return None
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else text


def decimal_of(text: str) -> Any:
    """A number, with a point or a comma; the text itself where it is none."""
    if not text:
        return None
    number = number_of(text)
    return text if number is None else number


def sum_of(text: str) -> Any:
    """A sum as JSON, in dong where it names no currency; what cannot be read stays in it."""
    if not text:
        return None
    found = money_of(text) or money_of(f"{text} {HOME_CURRENCY}")
    if found is None:
        return {"amount": text, "currency": HOME_CURRENCY}
    return {"amount": found.amount, "currency": found.currency}


def faults_of(visit: Visit, error: Wrong, known: Collection[str]) -> Faults:
    """Where the errors of a form stand; ``known`` are its fields."""
    ours = _ours(error)
    beside = [(_field(one, known), _named(visit, one)) for one in ours]
    whole = [one for field, one in beside if field is None]
    first = whole[0] if whole else BadInput() if len(ours) > 1 else None
    return Faults(
        tuple((field, visit.texts.error(one)) for field, one in beside if field is not None),
        None if first is None else visit.texts.error(first),
        ours[0].status,
    )


def _ours(error: Wrong) -> list[CauNoiError]:
    if isinstance(error, RequestValidationError):
        return [as_ours(fault) for fault in error.errors()]
    return [error]


def _field(error: CauNoiError, known: Collection[str]) -> str | None:
    """The field of a form that an error is about."""
    facts: Mapping[str, Any] = error.facts
    if isinstance(error, LimitInvalid):
        limit, about = str(facts["limit"]), facts.get("about")
        names: Sequence[str] = (FIELD_OF_LIMIT.get(limit, limit), f"{limit}:{about}")
    else:
        field = str(facts.get("field", ""))
        names = (field, field.partition(".")[0])
    return next((name for name in names if name in known), None)


def _named(visit: Visit, error: CauNoiError) -> CauNoiError:
    """An error that names people's words: of a limit, the names of those it is about instead of
    their ids; of a field in a line of many, the field alone."""
    about, field = error.facts.get("about"), str(error.facts.get("field", ""))
    if ":" in field:
        return type(error)(**(error.facts | {"field": field.partition(":")[0]}))
    if not isinstance(error, LimitInvalid) or not isinstance(about, str):
        return error
    ids = about.split(" → ")
    with visit.reading() as conn:
        names = names_of(conn, ids, ids)
    return LimitInvalid(**(error.facts | {"about": " → ".join(names.get(id, id) for id in ids)}))
