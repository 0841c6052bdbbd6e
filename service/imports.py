"""Files on their way in: reviewed against what is kept, loaded in batches, and undone.

The write lock is held for one batch at a time. Every batch notes with itself what it changed, so
what a load that is broken off has done is known, and it can be gone on with or undone.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from data import profiles, uploads
from data.cells import shown
from data.engines import Connection
from data.entries import RefusedCell, Table, cell_at, is_passed_over
from data.headings import Column
from data.heads import Head
from data.history import profiles_as_of
from data.layouts import read_laid_out
from data.loading import Plan, PlannedRow, load_table, plan_of
from data.notices import Notice, notices_on
from data.sheets import Limits, Sheet, sheets_of
from data.uploads import Mark, Touched, Upload
from matcher.errors import UploadOver
from matcher.profile import Profile
from service.security import Visit

BATCH = 250
"""Rows that are loaded while the write lock is held once."""
REMEMBERED = 4
"""Files that are kept read in memory."""

_BARE_SUM = re.compile(r"[\d\s.,']*\d[\d\s.,']*")
State = Literal["added", "changed", "unchanged", "refused", "skipped"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """What loading would make of one line; ``planned`` of one that can be loaded."""

    line: int
    name: str
    state: State
    planned: PlannedRow | None = None
    refused: tuple[RefusedCell, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_problem(self) -> bool:
        """Whether somebody should look at it."""
        return bool(self.refused or self.notices)


@dataclass(frozen=True, slots=True)
class Review:
    """A file against what is kept: its lines in their order."""

    head: Head
    table: Table
    lines: tuple[Line, ...]

    def count(self, state: State) -> int:
        """How many lines are of a state."""
        return sum(line.state == state for line in self.lines)

    @property
    def good(self) -> int:
        """How many lines would be loaded."""
        return sum(line.planned is not None for line in self.lines)

    @property
    def noticed(self) -> int:
        """How many lines can be loaded but should be looked at."""
        return sum(bool(line.notices) and line.planned is not None for line in self.lines)


class Readings:
    """The last few files that were looked at, so that no page reads a file anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, Any] = OrderedDict()

    def seed(self, number: int, sheets: tuple[Sheet, ...]) -> None:
        """Remember the sheets of a file that was just read."""
        self._remembered(("sheets", number), lambda: sheets)

    def sheets(self, conn: Connection, upload: Upload, limits: Limits) -> tuple[Sheet, ...]:
        """The sheets of a file, which never change."""

        def read() -> tuple[Sheet, ...]:
            return sheets_of(uploads.content_of(conn, upload.id), upload.file_name, limits)

        return self._remembered(("sheets", upload.id), read)

    def review(self, conn: Connection, upload: Upload, limits: Limits) -> Review:
        """What loading would do now; anew whenever a cell or any profile has changed."""
        cells = tuple(sorted(upload.corrections.cells.items()))
        state = (upload.kind, upload.layout, cells, upload.corrections.skipped)
        key = ("review", upload.id, state, profiles.latest_seq(conn))
        return self._remembered(
            key, lambda: review_of(conn, upload, self.sheets(conn, upload, limits))
        )

    def _remembered(self, key: object, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > 2 * REMEMBERED:
                self._kept.popitem(last=False)
        return made


def review_of(conn: Connection, upload: Upload, sheets: Sequence[Sheet]) -> Review:
    """What loading a file would make of each of its lines; only reads."""
    head, table = read_laid_out(sheets, upload.kind, upload.layout, upload.corrections)
    plan = plan_of(conn, table)
    lines = [*_planned(head, plan), *_refused(head, plan), *_skipped(head, upload)]
    return Review(head, table, tuple(sorted(lines, key=lambda line: line.line)))


def _planned(head: Head, plan: Plan) -> Iterator[Line]:
    for row in plan.rows:
        state: State = "changed"
        if row.before is None:
            state = "added"
        elif row.before == row.after:
            state = "unchanged"
        yield Line(row.line, row.after.name, state, row, notices=notices_on(head, row.line))


def _refused(head: Head, plan: Plan) -> Iterator[Line]:
    for row in plan.refused:
        bad = {(cell.heading, cell.field) for cell in row.cells}
        noticed = notices_on(head, row.line)
        others = tuple(n for n in noticed if (n.column.heading, n.column.field) not in bad)
        yield Line(row.line, row.name, "refused", refused=row.cells, notices=others)


def _skipped(head: Head, upload: Upload) -> Iterator[Line]:
    told = [c for name in ("name", "id") for c in head.columns if c.field == name]
    for line in upload.corrections.skipped:
        if not head.first_row < line <= len(head.sheet.rows):
            continue
        row = head.sheet.rows[line - 1]
        if not is_passed_over(head, row, line - 1):
            name = next((shown(cell) for c in told if (cell := cell_at(row, c)) is not None), "")
            yield Line(line, name, "skipped")


def limits_of(visit: Visit) -> Limits:
    """What a file may hold at most, by the settings."""
    return Limits(file_bytes=visit.parts.settings.most_file_bytes)


def load(visit: Visit, readings: Readings, number: int) -> None:
    """Load the good rows of a file; raises NotFound, and UploadOver once it was loaded."""
    with visit.reading() as conn:
        upload = uploads.get(conn, number)
        if upload.state in ("loaded", "undone"):
            raise UploadOver(file=upload.file_name)
        table = readings.review(conn, upload, limits_of(visit)).table
    fields = tuple(sorted({column.field for column in table.columns}))
    visit.note("import", upload.kind, None, fields)
    refused, unchanged = len(table.refused), 0
    for start in range(0, len(table.entries), BATCH):
        batch = replace(table, entries=table.entries[start : start + BATCH], refused=())
        with visit.writing() as conn:
            before = uploads.get(conn, number).outcome.touched
            lacking, same = _load_batch(visit, conn, number, batch)
            refused += lacking
            unchanged += len([id for id in same if id not in before])
    with visit.writing() as conn:
        skipped = len(upload.corrections.skipped)
        uploads.end_load(
            conn, number, unchanged=unchanged, refused=refused, skipped=skipped, at=visit.at
        )


def _load_batch(
    visit: Visit, conn: Connection, number: int, batch: Table
) -> tuple[int, tuple[str, ...]]:
    """Load some rows and note what they changed; how many were refused, which changed nothing."""
    before = profiles.versions(conn, batch.kind, [entry.id for entry in batch.entries])
    report = load_table(conn, batch, who=visit.who, at=visit.at)
    written = (*report.added, *report.changed)
    after = profiles.versions(conn, batch.kind, written)
    touched = {id: Touched(before.get(id, 0), after[id]) for id in written}
    uploads.note_batch(conn, number, touched)
    return len(report.refused), report.unchanged


def undo(visit: Visit, number: int) -> None:
    """Put back what a load has changed, but for profiles that somebody changed since.

    Raises NotFound, and UploadOver where no load stands.
    """
    with visit.reading() as conn:
        upload = uploads.get(conn, number)
    if upload.state not in ("loaded", "begun"):
        raise UploadOver(file=upload.file_name)
    visit.note("import undone", upload.kind)
    ids = [id for id, one in upload.outcome.touched.items() if one.mark == "stands"]
    for start in range(0, len(ids), BATCH):
        with visit.writing() as conn:
            now = uploads.get(conn, number).outcome.touched
            standing = {
                id: now[id] for id in ids[start : start + BATCH] if now[id].mark == "stands"
            }
            uploads.note_undone(conn, number, _put_back(visit, conn, upload.kind, standing))
    with visit.writing() as conn:
        uploads.end_undo(conn, number, at=visit.at)


def _put_back(
    visit: Visit, conn: Connection, kind: str, touched: dict[str, Touched]
) -> dict[str, Mark]:
    """Put profiles back that are as the load left them; what became of each."""
    present = profiles.get_many(conn, kind, touched)
    loaded = profiles_as_of(conn, kind, {id: one.after for id, one in touched.items()})
    before = profiles_as_of(conn, kind, {id: one.before for id, one in touched.items()})
    marks: dict[str, Mark] = {}
    back: list[Profile] = []
    for id in touched:
        if present.get(id) == before.get(id):
            marks[id] = "undone"  # somebody did already
        elif present.get(id) != loaded.get(id):
            marks[id] = "left"
        else:
            marks[id] = "undone"
            if id in before:
                back.append(before[id])
            else:
                profiles.delete(conn, kind, id, who=visit.who, at=visit.at)
    profiles.put_all(conn, back, who=visit.who, at=visit.at)
    return marks


def same_cells(head: Head, column: int, text: str) -> Iterable[int]:
    """The lines whose cell of a column holds this text."""
    for index, row in enumerate(head.sheet.rows[head.first_row :], start=head.first_row):
        if column < len(row) and row[column] is not None and shown(row[column]) == text:
            yield index + 1


def is_bare_sum(text: str) -> bool:
    """Whether a text is an amount without its currency."""
    return _BARE_SUM.fullmatch(text) is not None


def bare_sums(review: Review, column: Column) -> Mapping[int, str]:
    """The refused amounts of a column that lack nothing but their currency, by line."""
    cells = (
        (line.line, cell.value)
        for line in review.lines
        for cell in line.refused
        if (cell.heading, cell.field) == (column.heading, column.field)
    )
    return {line: value for line, value in cells if is_bare_sum(value)}
