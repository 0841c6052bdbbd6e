"""Profiles as JSON: forms made of the value classes, so that every field is told only once.

A body is held to its form here, with every fault of it named at once; the values themselves are
checked a second time where they are kept.
"""

from __future__ import annotations

import dataclasses
import re
import types
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from data.bodies import body_of, class_of, fields_of, profile_of
from matcher.profile import FieldForm, Money, Profile, forms
from matcher.taxonomy import VOCABULARIES, knows

Body = dict[str, Any]

CLEAN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Text without control characters, tabs and line breaks excepted."""
CLEAN_AND_SOME = (
    r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
)
"""The same, with something to read in it."""
IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,79}$"
"""Ids that stand in an address as they are."""
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

MOST_ITEMS = 500
"""Longest list in a field."""
LONG_LISTS = {"startups": 50_000, "intakes": 2_000, "pair_rules": 50_000}
"""Longest lists in the fields of a cohort that grow with the round."""

WITHHELD = "withheld"
"""Beside the fields of a profile: the names of those that were not shown to the asker."""


_NULL: Body = {"type": "null"}


class Strict(BaseModel):
    """Base of what comes in: no unknown field, no infinity, nothing turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Loose(BaseModel):
    """Base of what goes out: as it is kept."""

    model_config = ConfigDict(extra="ignore")


def body_model(kind: str) -> type[BaseModel]:
    """The form of a profile that comes in."""
    return model_of(class_of(kind), f"{kind.capitalize()}Body", Strict, _extra_in())


def patch_schema(model: type[BaseModel], title: str) -> Body:
    """JSON schema of a merge patch (RFC 7396): any of the fields, ``null`` takes one away."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    required = schema.pop("required")
    schema.pop("$defs")
    fields = {
        name: field if name in required or "anyOf" in field else {"anyOf": [field, _NULL]}
        for name, field in schema["properties"].items()
    }
    return schema | {"title": title, "properties": fields}


def unsaved_schema(kind: str) -> Body:
    """JSON schema of a profile that is not kept: its id may be left out."""
    schema = body_model(kind).model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs")
    required = [name for name in schema["required"] if name != "id"]
    return schema | {"title": f"Unsaved{kind.capitalize()}", "required": required}


def shown_model(kind: str) -> type[BaseModel]:
    """The form of a profile that goes out, with the names of fields withheld from the asker."""
    return model_of(class_of(kind), kind.capitalize(), Loose, _extra_out())


def validated(kind: str, body: Mapping[str, Any]) -> Profile:
    """Build a profile of a body.

    Raises
    ------
    RequestValidationError
        With every field that does not hold, each by its path.
    """
    return profile_of(kind, held(class_of(kind), body_model(kind), body))


def held(kind: type, model: type[BaseModel], body: Mapping[str, Any]) -> Body:
    """Hold a body to the model of a value class; what was given, as JSON values.

    Raises RequestValidationError as :func:`validated` does.
    """
    try:
        content = model.model_validate(body)
    except ValidationError as error:
        raise RequestValidationError([_fault(kind, fault) for fault in error.errors()]) from None
    return content.model_dump(mode="json", exclude={WITHHELD}, exclude_unset=True)


def _fault(owner: type, fault: Any) -> Body:
    """A fault with its whole path and, for an unknown field, the known ones beside it."""
    for name in fault["loc"][:-1]:
        owner = forms(owner)[name].type if name in forms(owner) else owner
    known = tuple(forms(owner)) if fault["type"] == "extra_forbidden" else ()
    context = {**fault.get("ctx", {}), "known": known}
    return {**fault, "loc": ("body", *fault["loc"]), "ctx": context}


def merged(body: Body, patch: Mapping[str, Any]) -> Body:
    """Apply a merge patch (RFC 7396, section 2) to a body."""
    result = dict(body)
    for name, change in patch.items():
        if change is None:
            result.pop(name, None)
        elif isinstance(change, dict):
            present = result.get(name)
            result[name] = merged(present if isinstance(present, dict) else {}, change)
        else:
            result[name] = change
    return result


def shown(profile: Profile, hidden: tuple[str, ...]) -> Body:
    """A profile as it goes out: the hidden fields are null and named."""
    body = body_of(profile)
    for form in fields_of(profile):
        value = getattr(profile, form.name)
        if isinstance(value, Money):
            body[form.name]["usd"] = value.usd
    return body | dict.fromkeys(hidden) | {WITHHELD: list(hidden)}


def _extra_in() -> dict[str, Any]:
    note = "Read only: accepted and passed over, so that what was read can be sent back."
    form = Field(default=None, description=note, json_schema_extra={"readOnly": True})
    return {WITHHELD: (list[str] | None, form)}


def _extra_out() -> dict[str, Any]:
    note = "Personal fields that hold something but are not shown to this key."
    return {WITHHELD: (list[str], Field(description=note))}


_MODELS: dict[str, type[BaseModel]] = {}


def model_of(
    kind: type, name: str, base: type[BaseModel], extra: Mapping[str, Any] | None = None
) -> type[BaseModel]:
    """Make the model of a value class, once by name; ``extra`` fields stand beside its own."""
    if name not in _MODELS:
        defaults = {f.name: f.default for f in dataclasses.fields(kind)}
        fields = {
            form.name: _field(form, defaults[form.name], base) for form in forms(kind).values()
        }
        _MODELS[name] = create_model(
            name,
            __base__=base,
            __doc__=(kind.__doc__ or "").split("\n")[0],
            **fields,
            **(extra or {}),
        )
    return _MODELS[name]


def _field(form: FieldForm, default: Any, base: type[BaseModel]) -> Any:
    hint = _item(form, base)
    if form.many:
        longest = LONG_LISTS.get(form.name, MOST_ITEMS)
        most = Field(max_length=longest if base is Strict else None)
        hint = Annotated[types.GenericAlias(list, (hint,)), most]
    if default is dataclasses.MISSING:
        return (hint, ...)
    if default is None:
        return (hint | None, None)
    return (hint, Field(default=list(default) if form.many else default))


def _item(form: FieldForm, base: type[BaseModel]) -> Any:
    """The hint of one value of a field."""
    if dataclasses.is_dataclass(form.type):
        suffix = "Body" if base is Strict else ""
        return model_of(form.type, form.type.__name__ + suffix, base)
    if base is not Strict:
        return _shown_item(form)
    if form.vocabulary:
        return code_hint(form.vocabulary)
    if form.type is str:
        return _text_hint(form)
    if form.type is date:
        return Annotated[date, BeforeValidator(iso_day), Field(strict=False)]
    if form.interval is not None:
        bounds = Field(ge=form.interval.ge, le=form.interval.le)
        return Annotated[form.type, bounds, BeforeValidator(whole)]
    return form.type


def _shown_item(form: FieldForm) -> Any:
    if form.vocabulary:
        return Annotated[str, Field(description=f"A code of the vocabulary “{form.vocabulary}”.")]
    return form.type


def _text_hint(form: FieldForm) -> Any:
    pattern = CLEAN_AND_SOME if form.required else CLEAN
    if form.name == "id":
        pattern = IDENTIFIER
    limits = StringConstraints(max_length=form.longest, pattern=pattern)
    return Annotated[str, limits, AfterValidator(_composed)]


@cache
def code_hint(vocabulary: str) -> Any:
    """A hint for a code of a vocabulary, which the API's description lists by its name."""
    schema = {"type": "string", "enum": list(VOCABULARIES[vocabulary])}
    hint = Annotated[str, AfterValidator(_knows(vocabulary)), WithJsonSchema(schema)]
    name = "".join(part.capitalize() for part in vocabulary.split("_")) + "Code"
    return TypeAliasType(name, hint)


def _knows(vocabulary: str) -> Callable[[str], str]:
    def check_code(code: str) -> str:
        if not knows(vocabulary, code):
            facts = {"vocabulary": vocabulary}
            raise PydanticCustomError("unknown_code", "no code of {vocabulary}", facts)
        return code

    return check_code


def _composed(text: str) -> str:
    """Write a text in Unicode NFC, as all texts are kept."""
    return unicodedata.normalize("NFC", text)


def whole(value: Any) -> Any:
    """Read 12.0 as 12: in JSON they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def iso_day(value: Any) -> Any:
    """Let only a whole ISO day through: a number or a moment is no day."""
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return value
    raise PydanticCustomError("iso_day", "no day as YYYY-MM-DD")
