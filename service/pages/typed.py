"""From a profile to what a form holds, and back from what was typed to a profile's body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from data.bodies import class_of
from data.folding import place, place_name
from data.taxonomies import code_of, name_of
from data.texts import ErrorText, Texts
from matcher.errors import CauNoiError, UnknownCode
from matcher.profile import FieldForm, forms
from service.pages.controls import kind_of_control
from service.pages.posted import Posted
from service.problems import as_ours
from service.profile_forms import Body

_YES = {"yes": True, "no": False}


def filled(kind: str, body: Body, names: Sequence[str], lang: str) -> Posted:
    """A form that holds what a body does."""
    fields = forms(class_of(kind))
    pairs: list[tuple[str, str]] = []
    for name in names:
        shape = kind_of_control(fields[name], kind)
        pairs += _pairs(fields[name], shape, body.get(name), lang)
    return Posted(tuple(pairs))


def body_of_form(kind: str, form: Posted, names: Sequence[str], before: Body) -> Body:
    """What a form says of these fields, as JSON values; what it leaves open is left out.

    What cannot be read is kept as it was typed, so that it is refused as such. Boxes know no order:
    what was ticked before keeps its place.
    """
    fields = forms(class_of(kind))
    read: Body = {}
    for name in names:
        shape = kind_of_control(fields[name], kind)
        value = _read(fields[name], shape, form)
        if shape in ("boxes", "months"):
            value = _in_order(value, before.get(name))
        if value is not None:
            read[name] = value
    return read


def _in_order(value: list[Any] | None, before: list[Any] | None) -> list[Any] | None:
    if not value or not before:
        return value
    kept = [one for one in before if one in value]
    return kept + [one for one in value if one not in kept]


def faults_of(kind: str, error: RequestValidationError, texts: Texts) -> dict[str, ErrorText]:
    """The first fault of each field, in words."""
    faults: dict[str, ErrorText] = {}
    for fault in error.errors():
        name = str(fault["loc"][1]) if len(fault["loc"]) > 1 else ""
        faults.setdefault(name, texts.error(_by_names(kind, name, as_ours(fault), texts)))
    return faults


def _by_names(kind: str, name: str, error: CauNoiError, texts: Texts) -> CauNoiError:
    """An error over a code whose known codes are told by their names, as they can be typed."""
    form = forms(class_of(kind)).get(name)
    if not isinstance(error, UnknownCode) or form is None or form.vocabulary is None:
        return error
    known: Any = error.facts["known"]
    named = tuple(name_of(form.vocabulary, code, texts.lang) for code in known)
    return UnknownCode(**(error.facts | {"known": named}))


# -- from a body to a form ---------------------------------------------------------------------


def _pairs(form: FieldForm, shape: str, value: Any, lang: str) -> Iterator[tuple[str, str]]:
    name = form.name
    if value is None:
        return
    if value == [] and form.many:
        yield f"{name}.none", "yes"
        return
    match shape:
        case "money":
            yield f"{name}.amount", _plain(value["amount"])
            yield f"{name}.currency", value["currency"]
        case "entries":
            for item in value:
                for inner in forms(form.type).values():
                    yield f"{name}.{inner.name}", _cell(item.get(inner.name))
        case "names":
            vocabulary = str(form.vocabulary)
            yield name, "\n".join(name_of(vocabulary, code, lang) for code in value)
        case "lines":
            yield name, "\n".join(value)
        case "boxes" | "months":
            yield from ((name, str(code)) for code in value)
        case _:
            yield name, place_name(value, lang) if name == "city" else _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _plain(value)
    return "" if value is None else str(value)


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


# -- from a form to a body ---------------------------------------------------------------------


def _read(form: FieldForm, shape: str, posted: Posted) -> Any:
    name = form.name
    if shape == "money":
        return _money(posted.get(f"{name}.amount"), posted.get(f"{name}.currency"))
    if form.many:
        items = _items(form, shape, posted)
        return items or ([] if posted.get(f"{name}.none") else None)
    text = posted.get(name)
    return _value(shape, place(text) if name == "city" else text, form.type)


def _items(form: FieldForm, shape: str, posted: Posted) -> list[Any]:
    name = form.name
    if shape == "entries":
        return _entries(form, posted)
    if shape in ("names", "lines"):
        marks = r"[\n;]" if shape == "names" else r"\n"
        texts = [text.strip() for text in re.split(marks, posted.get(name)) if text.strip()]
        if shape == "names":
            texts = [code_of(str(form.vocabulary), text) or text for text in texts]
        return list(dict.fromkeys(texts))
    chosen = [one for one in posted.all(name) if one]
    return [_value("number", one, int) for one in chosen] if shape == "months" else chosen


def _entries(form: FieldForm, posted: Posted) -> list[Any]:
    inner = list(forms(form.type).values())
    cells = [posted.all(f"{form.name}.{one.name}") for one in inner]
    rows = [row for row in zip(*cells, strict=False) if any(cell.strip() for cell in row)]
    return [
        {
            one.name: value
            for one, cell in zip(inner, row, strict=True)
            if (value := _value(kind_of_control(one), cell.strip(), one.type)) is not None
        }
        for row in rows
    ]


def _money(amount: str, currency: str) -> Body | None:
    if not amount:
        return None
    return {"amount": _value("number", amount, float), "currency": currency}


def _value(shape: str, text: str, kind: type) -> Any:
    if not text:
        return None
    if shape == "answer":
        return _YES.get(text, text)
    if shape == "number":
        return _number(text, kind)
    return text


def _number(text: str, kind: type) -> Any:
    """A number as browsers send it; what is none stays a text."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if kind is int and number.is_integer() else number
