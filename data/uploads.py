"""Files on their way in, kept: how they are read, what was corrected, what a load has changed.

A load works in batches and notes each with it, in one transaction, so that a load that is broken
off is reported and can be gone on with or undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from data.account_tables import UPLOADS
from data.layouts import NO_CORRECTIONS, Corrections, Layout
from matcher.errors import NotFound, UploadOver

State = Literal["waiting", "begun", "loaded", "undone"]
Mark = Literal["stands", "undone", "left"]
"""What became of a profile that a load changed; ``left``: somebody changed it since."""

LONGEST_NAME = 200
KEPT = timedelta(days=90)
"""How long the content of a file is kept."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A profile that a load changed: its version before (0: it was not there), and after."""

    before: int
    after: int
    mark: Mark = "stands"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load has done so far; ``unchanged``, ``refused`` and ``skipped`` count rows."""

    touched: Mapping[str, Touched] = field(default_factory=dict)
    unchanged: int = 0
    refused: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file without its content."""

    id: int
    kind: str
    file_name: str
    who: str
    at: datetime
    layout: Layout
    corrections: Corrections
    loaded_at: datetime | None
    undone_at: datetime | None
    outcome: Outcome

    @property
    def state(self) -> State:
        """How far it is; ``begun``: a load was broken off."""
        if self.undone_at is not None:
            return "undone"
        if self.loaded_at is not None:
            return "loaded"
        return "begun" if self.outcome.touched else "waiting"


_LARGEST = 2**63 - 1
"""The largest number that the database holds."""
_COLUMNS = [column for column in UPLOADS.c if column.name != "content"]


def keep(
    conn: Connection,
    content: bytes,
    file_name: str,
    kind: str,
    layout: Layout,
    *,
    who: str,
    at: datetime,
) -> int:
    """Keep a file and return its number."""
    values = {
        "kind": kind,
        "file_name": file_name[:LONGEST_NAME],
        "who": who,
        "at": at,
        "content": content,
        "columns": _plain_layout(layout),
        "corrections": _plain_corrections(NO_CORRECTIONS),
        "changed": _plain_outcome(Outcome()),
    }
    made = conn.execute(insert(UPLOADS).values(values).returning(UPLOADS.c.id))
    return int(made.scalar_one())


def get(conn: Connection, number: int) -> Upload:
    """A file by its number; raises NotFound."""
    query = select(*_COLUMNS).where(UPLOADS.c.id == number)
    row = conn.execute(query).one_or_none() if number <= _LARGEST else None
    if row is None:
        raise NotFound(path=f"/import/{number}")
    return _upload(row)


def content_of(conn: Connection, number: int) -> bytes:
    """The bytes of a file; raises NotFound, also for those that were swept away."""
    content = conn.execute(select(UPLOADS.c.content).where(UPLOADS.c.id == number)).scalar()
    if not content:
        raise NotFound(path=f"/import/{number}")
    return bytes(content)


def listed(conn: Connection, *, limit: int, offset: int = 0) -> tuple[tuple[Upload, ...], int]:
    """Files, newest first, and how many there are."""
    query = select(*_COLUMNS).order_by(UPLOADS.c.id.desc()).limit(limit).offset(offset)
    total = conn.execute(select(func.count()).select_from(UPLOADS)).scalar_one()
    return tuple(map(_upload, conn.execute(query))), total


def lay_out(conn: Connection, upload: Upload, kind: str, layout: Layout) -> None:
    """Read a file in another way; what was corrected in columns of another sheet goes.

    Raises UploadOver once it was loaded.
    """
    kept = _open(conn, upload.id)
    same = kept.layout.sheet == layout.sheet and kept.layout.first_row == layout.first_row
    corrections = kept.corrections if same else NO_CORRECTIONS
    _set(
        conn,
        upload.id,
        kind=kind,
        columns=_plain_layout(layout),
        corrections=_plain_corrections(corrections),
    )


def correct(conn: Connection, number: int, cells: Mapping[tuple[int, str], str | None]) -> None:
    """Correct cells; None takes a correction back. Raises UploadOver once the file was loaded."""
    kept = _open(conn, number).corrections
    merged = {**kept.cells, **cells}
    left = {place: text for place, text in merged.items() if text is not None}
    _set(conn, number, corrections=_plain_corrections(Corrections(left, kept.skipped)))


def skip(conn: Connection, number: int, line: int, *, skipped: bool) -> None:
    """Leave a line out, or take it in again; raises UploadOver once the file was loaded."""
    kept = _open(conn, number).corrections
    lines = kept.skipped | {line} if skipped else kept.skipped - {line}
    _set(conn, number, corrections=_plain_corrections(Corrections(kept.cells, lines)))


def note_batch(conn: Connection, number: int, touched: Mapping[str, Touched]) -> None:
    """Add a batch to what a load has changed; raises UploadOver once the load has ended.

    Of a profile that an earlier try has changed too, the version before that try stays the one to
    go back to.
    """
    kept = _open(conn, number).outcome
    merged = dict(kept.touched)
    for id, new in touched.items():
        merged[id] = Touched(merged[id].before if id in merged else new.before, new.after)
    _set(conn, number, changed=_plain_outcome(replace(kept, touched=merged)))


def end_load(
    conn: Connection, number: int, *, unchanged: int, refused: int, skipped: int, at: datetime
) -> None:
    """Note that all batches are loaded; raises UploadOver where they were before."""
    touched = _open(conn, number).outcome.touched
    outcome = Outcome(touched, unchanged, refused, skipped)
    _set(conn, number, changed=_plain_outcome(outcome), loaded_at=at)


def note_undone(conn: Connection, number: int, marks: Mapping[str, Mark]) -> None:
    """Note what became of some profiles of a load that is undone."""
    kept = get(conn, number).outcome
    touched = {id: replace(one, mark=marks.get(id, one.mark)) for id, one in kept.touched.items()}
    _set(conn, number, changed=_plain_outcome(replace(kept, touched=touched)))


def end_undo(conn: Connection, number: int, *, at: datetime) -> None:
    """Note that a load is undone."""
    _set(conn, number, undone_at=at)


def remove(conn: Connection, number: int) -> None:
    """Forget a file and its content; raises UploadOver while profiles stand that it changed."""
    if get(conn, number).state in ("begun", "loaded"):
        raise UploadOver(file=get(conn, number).file_name)
    conn.execute(delete(UPLOADS).where(UPLOADS.c.id == number))


def sweep(conn: Connection, *, at: datetime) -> None:
    """Keep nobody's data longer than :data:`KEPT`.

    Files of which nothing stands go whole; loaded ones lose their content and corrections, and what
    they changed stays known. A load that was broken off can still be gone on with.
    """
    is_old = UPLOADS.c.at < at - KEPT
    undone = UPLOADS.c.undone_at.is_not(None)
    for row in conn.execute(select(*_COLUMNS).where(is_old, UPLOADS.c.content != b"", ~undone)):
        state = _upload(row).state
        if state == "waiting":
            remove(conn, row.id)
        elif state == "loaded":
            _set(conn, row.id, content=b"", corrections=_plain_corrections(NO_CORRECTIONS))
    conn.execute(delete(UPLOADS).where(is_old, undone))


def _open(conn: Connection, number: int) -> Upload:
    upload = get(conn, number)
    if upload.state in ("loaded", "undone"):
        raise UploadOver(file=upload.file_name)
    return upload


def _set(conn: Connection, number: int, **values: Any) -> None:
    conn.execute(update(UPLOADS).where(UPLOADS.c.id == number).values(**values))


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        row.id,
        row.kind,
        row.file_name,
        row.who,
        row.at,
        _layout(row.columns),
        _corrections(row.corrections),
        row.loaded_at,
        row.undone_at,
        _outcome(row.changed),
    )


def _plain_layout(layout: Layout) -> dict[str, Any]:
    return {
        "sheet": layout.sheet,
        "headings": [list(levels) for levels in layout.headings],
        "first_row": layout.first_row,
        "fields": [list(pair) for pair in layout.fields],
        "fixed": [list(pair) for pair in layout.fixed],
    }


def _layout(body: Mapping[str, Any]) -> Layout:
    return Layout(
        body["sheet"],
        tuple(map(tuple, body["headings"])),
        body["first_row"],
        _pairs(body["fields"]),
        _pairs(body["fixed"]),
    )


def _pairs(body: Iterable[Iterable[Any]]) -> tuple[tuple[Any, Any], ...]:
    return tuple((first, second) for first, second in body)


def _plain_corrections(corrections: Corrections) -> dict[str, Any]:
    cells = [[line, key, text] for (line, key), text in sorted(corrections.cells.items())]
    return {"cells": cells, "skipped": sorted(corrections.skipped)}


def _corrections(body: Mapping[str, Any]) -> Corrections:
    cells = {(line, key): text for line, key, text in body["cells"]}
    return Corrections(cells, frozenset(body["skipped"]))


def _plain_outcome(outcome: Outcome) -> dict[str, Any]:
    rows = [[id, one.before, one.after, one.mark] for id, one in outcome.touched.items()]
    counts = {"unchanged": outcome.unchanged, "refused": outcome.refused}
    return {"profiles": rows, "skipped": outcome.skipped, **counts}


def _outcome(body: Mapping[str, Any]) -> Outcome:
    touched = {id: Touched(before, after, mark) for id, before, after, mark in body["profiles"]}
    return Outcome(touched, body["unchanged"], body["refused"], body["skipped"])
