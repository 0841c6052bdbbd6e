"""What the pages of the import show of a file: its lines, cells, faults and changes, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.bodies import class_of
from data.cells import shown
from data.entries import RefusedCell
from data.headings import Column
from data.heads import Head
from data.import_workbooks import form_name
from data.layouts import cells_of, key_of
from data.near_codes import near_codes
from data.notices import Notice
from data.taxonomies import terms
from data.texts import Texts
from matcher.errors import CauNoiError, InvalidField, TextTooLong, UnknownCode
from matcher.profile import FieldForm, Money, Profile, forms
from service.imports import Line, Review, bare_sums, is_bare_sum
from service.schemas import cell_fault
from service.security import Sight

HOME_CURRENCY = "VND"
LONGEST_SHOWN = 240
LONG_CELL = 60
"""Characters above which a cell is corrected in a box of several lines."""
_RANGE = re.compile(r"(-?[\d.e+]+)\.\.(-?[\d.e+]+)")
_NO_BOUND = 1e9
"""An upper bound from here on is none that anybody meets."""


_MINUS = re.compile(r"\s*[-\u2212\u2013]\s*\S*\d")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence on a cell, with what to do."""

    kind: str
    text: str
    how: str


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell: what is in it, what is wrong with it, and what it could be instead.

    ``suggestions`` are pairs of the cell as it would be, and the name of the code in it.
    """

    key: str
    label: str
    field: str
    value: str
    told: tuple[Told, ...] = ()
    vocabulary: str | None = None
    suggestions: tuple[tuple[str, str], ...] = ()
    same: int = 0
    bare_sums: int = 0
    before: str | None = None
    must: bool = False
    is_hidden: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it needs a box of several lines."""
        return len(self.value) > LONG_CELL or "\n" in self.value

    @property
    def is_wrong(self) -> bool:
        """Whether it keeps its line from being loaded."""
        return any(one.kind == "fault" for one in self.told)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A field of an existing profile that the line changes; ``is_new``: it was not known."""

    label: str
    before: str
    after: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the file."""

    line: int
    name: str
    state: str
    id: str | None
    cells: tuple[CellView, ...]
    changes: tuple[ChangeView, ...]


class Viewer:
    """Writes the lines of a file for one reader.

    Parameters
    ----------
    sight
        What the reader may see of profiles that are kept.
    own
        Whether the file is the reader's own; personal data of another's is not shown.
    """

    def __init__(self, review: Review, kind: str, texts: Texts, sight: Sight, *, own: bool) -> None:
        self.review = review
        self.kind = class_of(kind)
        self.known = forms(self.kind)
        self.texts = texts
        self.sight = sight
        self.own = own
        self._bare: dict[int, int] = {}
        self._held: dict[int, Counter[str]] = {}
        self._first: dict[str, int] = {}
        for line in review.lines:
            if line.planned is not None:
                self._first.setdefault(line.planned.after.id, line.line)

    def line(self, line: Line) -> LineView:
        """A line with its cells that somebody should look at, and what it changes."""
        cells = tuple(cell for cell in self._cells(line) if cell.told)
        return self._view(line, cells)

    def whole(self, line: Line) -> LineView:
        """A line with every cell."""
        return self._view(line, tuple(self._cells(line)))

    def _view(self, line: Line, cells: tuple[CellView, ...]) -> LineView:
        planned = line.planned
        changes = tuple(self._changes(planned.before, planned.after)) if planned else ()
        id = planned.after.id if planned else None
        return LineView(line.line, line.name, line.state, id, cells, changes)

    def _cells(self, line: Line) -> Iterator[CellView]:
        head = self.review.head
        faults = {_key(head, cell): cell for cell in line.refused}
        before = line.planned.before if line.planned else None
        for key, column, raw in cells_of(head, line.line):
            form = self.known[column.field]
            cell = faults.get(key)
            if form.personal and not self.own:
                yield from self._withheld(key, column, cell)
                continue
            told = [self._fault(form, cell)] if cell else []
            told += [self._notice(form, n) for n in line.notices if n.key == key]
            value = shown(raw)
            yield CellView(
                key,
                column.heading or self.texts.field(column.field),
                column.field,
                value,
                tuple(told),
                form.vocabulary,
                self._suggestions(form, cell, value) if cell else (),
                self._same(column, value) if cell and form.vocabulary and value else 0,
                self._bare_sums(column)
                if cell and form.type is Money and is_bare_sum(value)
                else 0,
                None if before is None else self._kept(before, column.field),
                form.required and form.name != "id",
            )

    def _withheld(self, key: str, column: Column, cell: RefusedCell | None) -> Iterator[CellView]:
        """A wrong cell that holds somebody's personal data: only that it is wrong."""
        if cell is not None:
            said = self.texts.page
            told = Told("fault", said("importing.withheld"), said("importing.withheld_how"))
            yield CellView(key, column.heading, column.field, "", (told,), is_hidden=True)

    def sentences(self, line: Line) -> str:
        """What is wrong with a line, in one cell of a workbook."""
        head, said = self.review.head, []
        columns = {key_of(head, column): column for column in head.columns}
        for cell in line.refused:
            column = columns.get(_key(head, cell))
            form = self.known[column.field if column else cell.field]
            told = self._fault(form, cell)
            label = cell.heading or self.texts.field(cell.field)
            said.append(f"{label}: {told.text} {told.how}")
        return "\n".join(said)

    def _kept(self, profile: Profile, field: str) -> str:
        """A field of a kept profile in words, if the reader may see it."""
        if field in self.sight.hidden(profile):
            return self.texts.page("importing.hidden")
        return self._content(field, getattr(profile, field))

    def _content(self, field: str, value: object) -> str:
        text = self.texts.content(self.kind, field, value)
        return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN].rstrip() + "…"

    def _changes(self, before: Profile | None, after: Profile) -> Iterator[ChangeView]:
        if before is None:
            return
        for name, form in self.known.items():
            new = getattr(after, name)
            if getattr(before, name) == new:
                continue
            is_hidden = form.personal and not self.own
            said = self.texts.page("importing.hidden") if is_hidden else self._content(name, new)
            is_new = getattr(before, name) is None
            yield ChangeView(self.texts.field(name), self._kept(before, name), said, is_new)

    def _fault(self, form: FieldForm, cell: RefusedCell) -> Told:
        how = self.texts.page(
            "importing.do", how=self.texts.page(f"importing.how.{form_name(form)}")
        )
        error = cell.error
        if isinstance(error, InvalidField) and error.facts["expected"] == "an id once in the file":
            how = self.texts.page("importing.fault.repeated_how")
            line = self._first.get(str(error.facts["value"]), 0)
            return Told("fault", self.texts.page("importing.fault.repeated", line=line), how)
        if isinstance(error, TextTooLong):
            how = self.texts.page("importing.fault.long_how", limit=error.facts["limit"])
        return Told("fault", self._said(form, error) or cell_fault(cell, self.texts).message, how)

    def _said(self, form: FieldForm, error: CauNoiError) -> str | None:
        """A fault in words that fit beside its cell; None where the error's own must do."""
        said: Callable[..., str] = self.texts.page
        facts = error.facts
        if isinstance(error, TextTooLong):
            return said("importing.fault.long", length=facts["length"], limit=facts["limit"])
        if isinstance(error, UnknownCode):
            return said("importing.fault.code", value=facts["value"])
        if not isinstance(error, InvalidField):
            return None
        bounds = _RANGE.fullmatch(str(facts["expected"]))
        if facts["expected"] in ("a value", "text"):
            return said("importing.fault.missing")
        if form.type is Money and is_bare_sum(str(facts["value"])):
            return said("importing.fault.currency", value=facts["value"])
        if form.type is Money and _MINUS.match(str(facts["value"])):
            return said("importing.fault.negative", value=facts["value"])
        if bounds is None:
            return said("importing.fault.unread", value=facts["value"])
        low, high = (float(bound) for bound in bounds.groups())
        if high >= _NO_BOUND:
            return said("importing.fault.below", value=facts["value"], low=f"{low:g}")
        return said("importing.fault.range", value=facts["value"], low=f"{low:g}", high=f"{high:g}")

    def _notice(self, form: FieldForm, notice: Notice) -> Told:
        key = f"importing.notice.{notice.code}"
        text = self.texts.page(key, was=notice.was[:80], value=notice.value[:80])
        return Told("notice", text, self.texts.page(f"{key}_how"))

    def _suggestions(
        self, form: FieldForm, cell: RefusedCell, value: str
    ) -> tuple[tuple[str, str], ...]:
        if form.type is Money and is_bare_sum(value):
            return ((f"{value} {HOME_CURRENCY}",) * 2,)
        if not isinstance(cell.error, UnknownCode) or form.vocabulary is None:
            return ()
        wrong = str(cell.error.facts["value"])
        listed = terms(form.vocabulary)
        names = (getattr(listed[c], self.texts.lang) for c in near_codes(form.vocabulary, wrong))
        pairs = ((value.replace(wrong, name) if wrong in value else name, name) for name in names)
        return tuple(pairs)

    def _bare_sums(self, column: Column) -> int:
        if column.index not in self._bare:
            self._bare[column.index] = len(bare_sums(self.review, column))
        return self._bare[column.index]

    def _same(self, column: Column, value: str) -> int:
        """How many cells of a column hold the same text."""
        if column.index not in self._held:
            rows = self.review.head.sheet.rows[self.review.head.first_row :]
            cells = (row[column.index] for row in rows if column.index < len(row))
            self._held[column.index] = Counter(shown(cell) for cell in cells if cell is not None)
        return self._held[column.index][value]


def names_of_codes(texts: Texts, views: Sequence[LineView]) -> Mapping[str, tuple[str, ...]]:
    """The names to choose from, of each vocabulary that a wrong cell is of."""
    wrong = (cell for view in views for cell in view.cells if cell.vocabulary)
    used = dict.fromkeys(str(cell.vocabulary) for cell in wrong)
    return {one: tuple(getattr(t, texts.lang) for t in terms(one).values()) for one in used}


def _key(head: Head, cell: RefusedCell) -> str:
    """The key of the column in which a refused cell stands."""
    columns = head.columns
    exact = [c for c in columns if (c.heading, c.field) == (cell.heading, cell.field)]
    alike = exact or [c for c in columns if c.heading == cell.heading and cell.heading]
    alike = alike or [c for c in columns if c.field == cell.field]
    return key_of(head, alike[0]) if alike else cell.field
