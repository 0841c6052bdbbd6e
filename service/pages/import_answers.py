"""What the pages of the import show: built of a file, what it holds and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data import uploads
from data.bodies import class_of
from data.cells import shown
from data.engines import Connection
from data.headings import label_of
from data.layouts import cells_of
from data.named_profiles import names_by_id
from data.sheets import Sheet
from data.texts import ErrorText
from data.uploads import Upload
from data.workbook_parts import remarks_on
from matcher.errors import CauNoiError, NotFound, UploadOver
from matcher.profile import forms
from service.imports import Line, Review, bare_sums, same_cells
from service.pages.doors import PageVisit
from service.pages.import_forms import (
    ColumnView,
    FixedView,
    columns_shown,
    corrected_cells,
    fixed_shown,
)
from service.pages.import_views import (
    HOME_CURRENCY,
    LineView,
    Viewer,
    names_of_codes,
)
from service.pages.paging import pages_of
from service.pages.posted import Posted
from service.security import personal_fields, sight_of

ON_A_PAGE = 20
UPLOADS_ON_A_PAGE = 20
LISTED = 200
"""Profiles that the result of a load links to."""
SHOWN = ("problems", "refused", "noticed", "added", "changed", "unchanged", "skipped", "all")
"""What of a file the review can show."""
LOADED = ("added", "changed", "unchanged", "refused", "skipped")
UNDONE = ("left", "taken_out", "put_back")
PLACES = {"startup": "startups", "programme": "programmes", "incubator": "incubators"}


@dataclass(frozen=True, slots=True)
class Front:
    """The form, and the files of before."""

    error: ErrorText | None
    kind: str
    megabytes: int
    days: int
    uploads: tuple[Upload, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of a file are read."""

    upload: Upload
    error: ErrorText | None
    remarks: tuple[str, ...]
    sheets: tuple[tuple[str, str], ...]
    columns: tuple[ColumnView, ...]
    fields: tuple[tuple[str, str], ...]
    fixed: tuple[FixedView, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A file before it is loaded: what would become of each line."""

    upload: Upload
    counts: tuple[tuple[str, int], ...]
    good: int
    show: str
    lines: tuple[LineView, ...]
    total: int
    page: int
    pages: int
    names: tuple[tuple[str, tuple[str, ...]], ...]
    place: str
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneLine:
    """One line with all its cells."""

    upload: Upload
    line: LineView
    names: tuple[tuple[str, tuple[str, ...]], ...]
    place: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a load, or its undoing, has done."""

    upload: Upload
    counts: tuple[tuple[str, int], ...]
    profiles: tuple[tuple[str, str, str], ...]
    more: int
    left: tuple[tuple[str, str], ...]
    place: str
    has_file: bool


def columns_page(
    visit: PageVisit,
    conn: Connection,
    upload: Upload,
    sheets: Sequence[Sheet],
    error: CauNoiError | None,
) -> Columns:
    """Which column is which field."""
    kind, lang = upload.kind, visit.texts.lang
    views = columns_shown(sheets, kind, upload.layout, own=is_own(visit, upload))
    names = [sheet.name for sheet in sheets]
    listed = tuple((str(place), name) for place, name in enumerate(names))
    return Columns(
        upload,
        visit.texts.error(error) if error else None,
        remarks_on(uploads.content_of(conn, upload.id)),
        listed if len(set(names)) > 1 else (),
        views,
        tuple((name, label_of(name, lang)) for name in forms(class_of(kind))),
        fixed_shown(kind, upload.layout, lang),
        tuple(v.heading for v in views if not v.field and v.heading and not v.is_counter),
    )


def review_page(
    visit: PageVisit,
    conn: Connection,
    upload: Upload,
    review: Review,
    show: str,
    page: int,
    line: int = 0,
) -> Reviewed:
    """A page of the lines that are asked for, or one line alone."""
    counts = {name: len(_chosen(review, name)) for name in SHOWN}
    chosen = show if show in SHOWN else "problems" if counts["problems"] else "all"
    lines = [one for one in _chosen(review, chosen) if line in (0, one.line)]
    pages = pages_of(len(lines), ON_A_PAGE)
    page = min(max(page, 1), pages)
    on_page = lines[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    viewer = viewer_of(visit, conn, upload, review)
    views = tuple(map(viewer.line, on_page))
    note_shown(visit, upload, viewer, on_page)
    return Reviewed(
        upload,
        tuple(counts.items()),
        review.good,
        chosen,
        views,
        len(lines),
        page,
        pages,
        tuple(names_of_codes(visit.texts, views).items()),
        PLACES[upload.kind],
        review.table.ignored_headings,
    )


def _chosen(review: Review, show: str) -> list[Line]:
    if show == "all":
        return list(review.lines)
    if show == "problems":
        return [line for line in review.lines if line.is_problem]
    if show == "noticed":
        return [line for line in review.lines if line.notices and line.planned]
    return [line for line in review.lines if line.state == show]


def viewer_of(visit: PageVisit, conn: Connection, upload: Upload, review: Review) -> Viewer:
    """Who writes the lines of a file for this reader."""
    sight = sight_of(visit, conn, upload.kind)
    return Viewer(review, upload.kind, visit.texts, sight, own=is_own(visit, upload))


def note_shown(visit: PageVisit, upload: Upload, viewer: Viewer, lines: list[Line]) -> None:
    """Note of which kept profiles something is shown beside what would replace it."""
    for line in lines:
        before = line.planned.before if line.planned else None
        if before is not None:
            visit.note("read", upload.kind, before.id, viewer.sight.personal(before))


def corrections_of(
    visit: PageVisit, upload: Upload, review: Review, line: int, form: Posted
) -> dict[tuple[int, str], str | None]:
    """The cells that a form of a line changes, there or wherever the same stands."""
    head = review.head
    cells = {key: (column, shown(raw)) for key, column, raw in cells_of(head, line)}
    viewer_sees = {
        key: text
        for key, (column, text) in cells.items()
        if is_own(visit, upload) or column.field not in personal_fields(upload.kind)
    }
    found = corrected_cells(form, line, viewer_sees)
    bare = form.get("act").removeprefix("currency-")
    if form.get("act") != bare and bare in viewer_sees:
        sums = bare_sums(review, cells[bare][0])
        found |= {(other, bare): f"{text} {HOME_CURRENCY}" for other, text in sums.items()}
    everywhere = form.get("act").removeprefix("everywhere-")
    if (line, everywhere) in found and viewer_sees.get(everywhere):
        column, text = cells[everywhere]
        lines = same_cells(head, column.index, text)
        found |= {(other, everywhere): found[line, everywhere] for other in lines}
    return found


def result_page(visit: PageVisit, conn: Connection, upload: Upload) -> Result:
    """What a load, or its undoing, has done."""
    outcome = upload.outcome
    names = names_by_id(conn, upload.kind, outcome.touched)
    listed = [(id, names.get(id, ""), _came_to(upload, one)) for id, one in outcome.touched.items()]
    order = UNDONE if upload.state == "undone" else LOADED
    listed.sort(key=lambda one: order.index(one[2]))
    counts = Counter(came_to for _, _, came_to in listed)
    rows = {"unchanged": outcome.unchanged, "refused": outcome.refused, "skipped": outcome.skipped}
    return Result(
        upload,
        tuple((name, counts[name] if name in counts else rows.get(name, 0)) for name in order),
        tuple(listed[:LISTED]),
        max(len(listed) - LISTED, 0),
        tuple((id, name or id) for id, name, came_to in listed if came_to == "left"),
        PLACES[upload.kind],
        visit.at - upload.at <= uploads.KEPT,
    )


def _came_to(upload: Upload, touched: uploads.Touched) -> str:
    """What became of a profile, by a name of :data:`LOADED` or :data:`UNDONE`."""
    if upload.state != "undone":
        return "added" if touched.before == 0 else "changed"
    if touched.mark == "left":
        return "left"
    return "taken_out" if touched.before == 0 else "put_back"


def still_open(conn: Connection, number: int) -> Upload:
    """A file that is not loaded yet; raises NotFound and UploadOver."""
    upload = uploads.get(conn, number)
    if upload.state in ("loaded", "undone"):
        raise UploadOver(file=upload.file_name)
    return upload


def line_of(review: Review, upload: Upload, line: int) -> Line:
    """A line of a file; raises NotFound for one that holds no profile."""
    found = next((one for one in review.lines if one.line == line), None)
    if found is None:
        raise NotFound(path=f"/import/{upload.id}/rows/{line}")
    return found


def is_own(visit: PageVisit, upload: Upload) -> bool:
    """Whether the reader uploaded the file, by the address, which stays when a name changes."""
    return upload.who.rpartition("<")[2] == visit.who.rpartition("<")[2]
