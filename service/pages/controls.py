"""The controls of a form over a whole profile, made of what each field may hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import get_month_names

from data.bodies import class_of
from data.folding import fold
from data.taxonomies import name_of, terms
from data.texts import ErrorText, Texts
from matcher.profile import FieldForm, Money, forms
from matcher.taxonomy import VOCABULARIES
from service.pages.field_groups import GROUPS
from service.pages.posted import Posted

MOST_BOXES = 40
"""Codes that are shown as boxes to tick; of more, their names are typed."""
LONG = 300
"""Characters from which a text has several lines."""
SPARE_ROWS = 2
ORDERED = frozenset({("startup", "sectors")})
"""Lists whose order tells something, so that they are typed: a startup's main sector is first."""
IN_ORDER_OF_NAMES = frozenset({"country", "language", "currency", "market"})

Options = tuple[tuple[str, str], ...]
FIXED = frozenset({"id", "fact_sources"})
"""Fields that no form changes: the id, and sources, which follow from what is changed."""
OF_OFFICERS = frozenset({"verified"})
"""Fields that an owner does not set."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else has entered meanwhile, and what was chosen of the two."""

    text: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Column:
    """A cell of each row of a small table."""

    name: str
    label: str
    kind: str
    options: Options
    longest: int | None


@dataclass(frozen=True, slots=True)
class Control:
    """One field as a form shows it.

    ``value`` is what is typed; ``chosen`` the codes that are ticked; ``rows`` the cells of a small
    table. ``none`` says that the field is known to be none, and is None where it cannot be.
    """

    name: str
    label: str
    kind: str
    lang: str | None
    required: bool
    value: str
    chosen: tuple[str, ...]
    options: Options
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    none: bool | None
    longest: int | None
    least: float | None
    most: float | None
    withheld: bool
    fault: ErrorText | None
    theirs: Theirs | None


@dataclass(frozen=True, slots=True)
class Section:
    """The controls under one heading; texts in two languages stand side by side."""

    key: str
    blocks: tuple[tuple[Control, ...], ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the typed values: faults, others' values, and what may not be shown."""

    faults: Mapping[str, ErrorText] = dataclasses.field(default_factory=dict)
    theirs: Mapping[str, Theirs] = dataclasses.field(default_factory=dict)
    withheld: Sequence[str] = ()


def editable(kind: str, is_officer: bool) -> tuple[str, ...]:
    """The fields that a form changes."""
    left_out = FIXED if is_officer else FIXED | OF_OFFICERS
    return tuple(name for name in forms(class_of(kind)) if name not in left_out)


def sections(
    kind: str, names: Sequence[str], form: Posted, texts: Texts, beside: Beside
) -> tuple[Section, ...]:
    """The controls of these fields, in the groups of the profile, as they stand in a form."""
    made: list[Section] = []
    for key, group in GROUPS[kind]:
        wanted = [name for name in group if name in names]
        controls = [_control(kind, name, form, texts, beside) for name in wanted]
        if controls:
            made.append(Section(key, tuple(_blocks(controls))))
    return tuple(made)


def kind_of_control(form: FieldForm, kind: str = "") -> str:
    """Which control a field of a kind of profile has."""
    if form.type is Money:
        return "money"
    if dataclasses.is_dataclass(form.type):
        return "entries"
    if form.many and form.vocabulary:
        few = len(VOCABULARIES[form.vocabulary]) <= MOST_BOXES
        return "boxes" if few and (kind, form.name) not in ORDERED else "names"
    if form.many:
        return "months" if form.type is int else "lines"
    if form.vocabulary:
        return "choice"
    if form.type is str:
        return "text" if form.longest is not None and form.longest > LONG else "line"
    return {bool: "answer", date: "day"}.get(form.type, "number")


def options_of(vocabulary: str, lang: str) -> Options:
    """The codes of a vocabulary with their names, in the order in which people look for them."""
    return _options(vocabulary, lang)


@lru_cache(maxsize=200)
def _options(vocabulary: str, lang: str) -> Options:
    pairs = [(code, name_of(vocabulary, code, lang)) for code in terms(vocabulary)]
    by_name = vocabulary in IN_ORDER_OF_NAMES
    return tuple(sorted(pairs, key=lambda pair: fold(pair[1])) if by_name else pairs)


def _control(kind: str, name: str, form: Posted, texts: Texts, beside: Beside) -> Control:
    of = forms(class_of(kind))[name]
    shape = kind_of_control(of, kind)
    columns = tuple(_columns(of, texts)) if shape == "entries" else ()
    bounds: Any = of.interval
    return Control(
        name=name,
        label=texts.field(name),
        kind=shape,
        lang={"_vi": "vi", "_en": "en"}.get(name[-3:]),
        required=of.required,
        value=form.get(f"{name}.amount" if shape == "money" else name),
        chosen=form.all(f"{name}.currency" if shape == "money" else name),
        options=_choices(of, shape, texts),
        columns=columns,
        rows=tuple(_rows(name, columns, form)) if columns else (),
        none=bool(form.get(f"{name}.none")) if of.many and not of.required else None,
        longest=of.longest,
        least=None if bounds is None else float(bounds.ge),
        most=None if bounds is None else float(bounds.le),
        withheld=name in beside.withheld,
        fault=beside.faults.get(name),
        theirs=beside.theirs.get(name),
    )


def _choices(form: FieldForm, shape: str, texts: Texts) -> Options:
    if shape == "money":
        return options_of("currency", texts.lang)
    if shape == "months":
        names: Any = get_month_names("wide", locale=texts.lang)
        return tuple((str(month), names[month].capitalize()) for month in range(1, 13))
    if shape in ("choice", "boxes"):
        return options_of(str(form.vocabulary), texts.lang)
    return ()


def _columns(form: FieldForm, texts: Texts) -> Iterator[Column]:
    for inner in forms(form.type).values():
        shape = kind_of_control(inner)
        options = options_of(inner.vocabulary, texts.lang) if inner.vocabulary else ()
        yield Column(inner.name, texts.field(inner.name), shape, options, inner.longest)


def _rows(name: str, columns: tuple[Column, ...], form: Posted) -> Iterator[tuple[str, ...]]:
    """The rows that hold something, and empty ones to go on."""
    cells = [form.all(f"{name}.{column.name}") for column in columns]
    yield from (row for row in zip(*cells, strict=False) if any(row))
    yield from (("",) * len(columns) for _ in range(SPARE_ROWS))


def _blocks(controls: Sequence[Control]) -> Iterator[tuple[Control, ...]]:
    """Controls one by one, but a text in Vietnamese together with the same in English."""
    place = 0
    while place < len(controls):
        pair = controls[place : place + 2]
        stems = [control.name[:-3] for control in pair if control.lang]
        together = len(stems) == 2 and stems[0] == stems[1]
        yield tuple(pair) if together else (pair[0],)
        place += 2 if together else 1
