"""What forms of the import send, read: how columns are to be read, which cells are corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data.bodies import class_of
from data.cells import shown
from data.headings import is_counter, label_of
from data.layouts import Layout, absent_fields, guessed, guessed_columns
from data.sheets import Sheet
from data.taxonomies import terms
from data.uploads import Upload
from matcher.errors import InvalidField, UnknownName
from matcher.profile import KINDS, forms
from service.pages.posted import Posted

SAMPLES = 3
"""First filled cells of a column that are shown."""
LONGEST_SAMPLE = 60
MOST_CELLS = 200


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of the file: its heading, its first contents, and the field that it is read as."""

    place: int
    heading: str
    samples: tuple[str, ...]
    field: str
    is_hidden: bool

    @property
    def is_counter(self) -> bool:
        """Whether it holds running numbers, which nobody misses."""
        return is_counter(self.heading)


@dataclass(frozen=True, slots=True)
class FixedView:
    """A field that a new profile needs and that has no column; ``names`` are those of its codes."""

    field: str
    label: str
    value: str
    names: tuple[tuple[str, str], ...]


def relaid(sheets: Sequence[Sheet], upload: Upload, form: Posted) -> tuple[str, Layout]:
    """The kind and layout that a form asks for; another sheet or kind is guessed anew.

    Raises UnknownName or InvalidField for what no form of ours sends.
    """
    kind = form.get("kind", upload.kind)
    if kind not in KINDS:
        raise UnknownName(what="kind", value=kind[:20], known=tuple(KINDS))
    sheet = form.get("sheet", str(upload.layout.sheet))
    if not sheet.isdecimal() or int(sheet) >= len(sheets):
        raise InvalidField(field="sheet", value=sheet[:20], expected=f"0..{len(sheets) - 1}")
    if int(sheet) != upload.layout.sheet:
        return kind, replace(guessed([sheets[int(sheet)]], [kind])[1], sheet=int(sheet))
    if kind != upload.kind:
        return kind, guessed_columns(kind, upload.layout)
    return kind, _chosen(kind, upload.layout, form)


def _chosen(kind: str, layout: Layout, form: Posted) -> Layout:
    known = forms(class_of(kind))
    fields = []
    for place in range(len(layout.headings)):
        default = dict(layout.fields).get(place, "")
        name = form.get(f"column-{place}", default)
        if name and name not in known:
            raise InvalidField(field=name[:40], value=name[:40], expected="a value")
        if name:
            fields.append((place, name))
    chosen = replace(layout, fields=tuple(fields))
    absent = absent_fields(kind, chosen)
    fixed = ((name, form.get(f"fixed-{name}", dict(layout.fixed).get(name, ""))) for name in absent)
    return replace(chosen, fixed=tuple((name, text) for name, text in fixed if text))


def columns_shown(
    sheets: Sequence[Sheet], kind: str, layout: Layout, *, own: bool
) -> tuple[ColumnView, ...]:
    """The columns of a file that hold anything, as they are read."""
    sheet = sheets[layout.sheet]
    known, chosen = forms(class_of(kind)), dict(layout.fields)
    views = []
    for place, levels in enumerate(layout.headings):
        field = chosen.get(place, "")
        samples = _samples(sheet, layout.first_row, place)
        heading = " › ".join(dict.fromkeys(part for part in levels if part))
        if not heading and not samples:
            continue
        # an unread column of somebody else's file may hold anything
        hidden = not own and (not field or known[field].personal)
        views.append(ColumnView(place, heading, () if hidden else samples, field, hidden))
    return tuple(views)


def _samples(sheet: Sheet, first_row: int, place: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in sheet.rows[first_row:]:
        if place < len(row) and row[place] is not None:
            text = shown(row[place])
            found.append(text if len(text) <= LONGEST_SAMPLE else text[:LONGEST_SAMPLE] + "…")
        if len(found) == SAMPLES:
            break
    return tuple(found)


def fixed_shown(kind: str, layout: Layout, lang: str) -> tuple[FixedView, ...]:
    """Fields without a column that may hold the same in every row."""
    known, given = forms(class_of(kind)), dict(layout.fixed)
    views = []
    for name in absent_fields(kind, layout):
        if name == "name":
            continue
        vocabulary = known[name].vocabulary
        listed = terms(vocabulary).values() if vocabulary else ()
        names = [(getattr(term, lang),) * 2 for term in listed]
        views.append(FixedView(name, label_of(name, lang), given.get(name, ""), tuple(names)))
    return tuple(views)


def corrected_cells(
    form: Posted, line: int, before: Mapping[str, str]
) -> dict[tuple[int, str], str | None]:
    """The cells of a line that a form changes.

    ``before`` is what stands in each cell now, by key; a chosen suggestion wins over what is typed.
    """
    found: dict[tuple[int, str], str | None] = {}
    for name, value in form.fields[:MOST_CELLS]:
        key = name.removeprefix("cell-")
        if name.startswith("cell-") and key in before and value.strip() != before[key].strip():
            found[line, key] = value.strip()
    key, _, value = form.get("set").partition("|")
    if key in before:
        found[line, key] = value
    return found
