"""Pages on which officers bring files in: upload, columns, review, load, undo."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import uploads
from data.engines import Connection
from data.entries import cell_at
from data.headings import label_of
from data.import_workbooks import refused_workbook, template
from data.layouts import check_layout, guessed
from data.sheets import Sheet, sheets_of
from data.texts import Texts
from data.uploads import Upload
from data.workbook_parts import refuse_strangers
from matcher.errors import CauNoiError, InvalidField, NotFound
from matcher.profile import KINDS
from service.admin_api import Number
from service.files_api import MEDIA_TYPES
from service.imports import Readings, limits_of, load, undo
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to, render
from service.pages.import_answers import (
    PLACES,
    UPLOADS_ON_A_PAGE,
    Front,
    OneLine,
    columns_page,
    corrections_of,
    line_of,
    note_shown,
    result_page,
    review_page,
    still_open,
    viewer_of,
)
from service.pages.import_forms import relaid
from service.pages.import_views import names_of_codes
from service.pages.paging import pages_of

HOW = ("code", "codes", "email", "year", "months", "texts", "text", "whole", "number", "bool",
       "day", "money", "founder", "alumnus", "factsource", "languageskill")  # fmt: skip


def router() -> APIRouter:
    """The routes; what was read of files is remembered with them."""
    own = Importing()
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/import", own.front, methods=["GET"])
    pages.add_api_route("/import", own.take, methods=["POST"])
    pages.add_api_route("/import/template/{kind}", own.template, methods=["GET"])
    one = "/import/{number:int}"
    pages.add_api_route(one, own.one, methods=["GET"])
    pages.add_api_route(f"{one}/columns", own.columns, methods=["GET"])
    pages.add_api_route(f"{one}/columns", own.choose_columns, methods=["POST"])
    pages.add_api_route(f"{one}/rows/{{line:int}}", own.row, methods=["GET"])
    pages.add_api_route(f"{one}/rows/{{line:int}}", own.correct, methods=["POST"])
    pages.add_api_route(f"{one}/load", own.load, methods=["POST"])
    pages.add_api_route(f"{one}/undo", own.undo, methods=["POST"])
    pages.add_api_route(f"{one}/remove", own.remove, methods=["POST"])
    pages.add_api_route(f"{one}/refused", own.refused, methods=["GET"])
    return pages


class Importing:
    """The pages, which remember the last few files that they have read."""

    def __init__(self) -> None:
        self.readings = Readings()

    def front(self, request: Request, visit: OfficerVisit, page: int = 1) -> HTMLResponse:
        """Where a file is chosen, and the files of before."""
        return self._front(request, visit, None, "", page)

    def _front(
        self,
        request: Request,
        visit: PageVisit,
        error: CauNoiError | None,
        kind: str,
        page: int = 1,
    ) -> HTMLResponse:
        page = min(max(page, 1), 10_000)
        with visit.reading() as conn:
            offset = (page - 1) * UPLOADS_ON_A_PAGE
            found, total = uploads.listed(conn, limit=UPLOADS_ON_A_PAGE, offset=offset)
        megabytes = visit.parts.settings.most_file_bytes // 1_000_000
        told = visit.texts.error(error) if error else None
        pages = pages_of(total, UPLOADS_ON_A_PAGE)
        view = Front(told, kind, megabytes, uploads.KEPT.days, found, page, pages)
        status = error.status if error else 200
        return render(request, "import.html", view, visit=visit, status=status)

    def take(self, request: Request, visit: OfficerVisit, form: Form) -> Response:
        """Keep a file and guess how it is to be read; one that cannot be read is told why."""
        kind, file = form.get("kind"), form.file("file")
        try:
            if file is None:
                raise InvalidField(field="file", value="", expected="a value")
            name, content = file[0].replace("\\", "/").rpartition("/")[2][:200], file[1]
            refuse_strangers(content, name)
            sheets = sheets_of(content, name, limits_of(visit))
            kinds = [kind] if kind in KINDS else list(KINDS)
            found, layout = guessed(sheets, kinds)
        except CauNoiError as error:
            return self._front(request, visit, error, kind)
        visit.note("uploaded", found)
        with visit.writing() as conn:
            uploads.sweep(conn, at=visit.at)
            number = uploads.keep(conn, content, name, found, layout, who=visit.who, at=visit.at)
        self.readings.seed(number, sheets)
        return go_to(f"/import/{number}/columns")

    def template(self, visit: OfficerVisit, kind: str) -> Response:
        """A workbook to fill in; raises NotFound for another kind."""
        if kind not in KINDS:
            raise NotFound(path=f"/import/template/{kind[:40]}")
        both = [Texts(lang) for lang in ("vi", "en")]
        writing = {
            name: (both[0].page(f"importing.how.{name}"), both[1].page(f"importing.how.{name}"))
            for name in HOW
        }
        return _workbook(template(kind, writing), f"caunoi-{kind}.xlsx")

    def columns(self, request: Request, visit: OfficerVisit, number: Number) -> Response:
        """Which column is which field."""
        with visit.reading() as conn:
            upload = still_open(conn, number)
            view = columns_page(visit, conn, upload, self._sheets(visit, conn, upload), None)
        return render(request, "import_columns.html", view, visit=visit)

    def choose_columns(
        self, request: Request, visit: OfficerVisit, number: Number, form: Form
    ) -> Response:
        """Keep how the columns are to be read; another sheet or kind is shown before it is."""
        with visit.reading() as conn:
            upload = still_open(conn, number)
            sheets = self._sheets(visit, conn, upload)
        kind, layout = relaid(sheets, upload, form)
        is_other = (kind, layout.sheet) != (upload.kind, upload.layout.sheet)
        visit.note("chose columns", kind, None, tuple(sorted({f for _, f in layout.fields})))
        with visit.writing() as conn:
            uploads.lay_out(conn, upload, kind, layout)
        if is_other or form.get("act") == "again":
            return go_to(f"/import/{number}/columns")
        try:
            check_layout(kind, layout)
        except InvalidField as error:
            with visit.reading() as conn:
                view = columns_page(visit, conn, still_open(conn, number), sheets, error)
            return render(request, "import_columns.html", view, visit=visit, status=error.status)
        return go_to(f"/import/{number}")

    def _sheets(self, visit: PageVisit, conn: Connection, upload: Upload) -> tuple[Sheet, ...]:
        return self.readings.sheets(conn, upload, limits_of(visit))

    def one(
        self,
        request: Request,
        visit: OfficerVisit,
        number: Number,
        show: str = "",
        page: int = 1,
        line: int = 0,
    ) -> Response:
        """A file as far as it is: to be reviewed, or what came of it."""
        with visit.reading() as conn:
            upload = uploads.get(conn, number)
            if upload.state in ("loaded", "undone"):
                return render(
                    request, "import_result.html", result_page(visit, conn, upload), visit=visit
                )
            try:
                check_layout(upload.kind, upload.layout)
            except InvalidField:
                return go_to(f"/import/{number}/columns")
            review = self.readings.review(conn, upload, limits_of(visit))
            view = review_page(visit, conn, upload, review, show, page, line)
        return render(request, "import_review.html", view, visit=visit)

    def row(
        self, request: Request, visit: OfficerVisit, number: Number, line: Number
    ) -> HTMLResponse:
        """One line with all its cells; raises NotFound for a line that holds no profile."""
        with visit.reading() as conn:
            upload = still_open(conn, number)
            review = self.readings.review(conn, upload, limits_of(visit))
            found = line_of(review, upload, line)
            viewer = viewer_of(visit, conn, upload, review)
            view = viewer.whole(found)
            note_shown(visit, upload, viewer, [found])
        names = tuple(names_of_codes(visit.texts, [view]).items())
        shown_line = OneLine(upload, view, names, PLACES[upload.kind])
        return render(request, "import_row.html", shown_line, visit=visit)

    def correct(self, visit: OfficerVisit, number: Number, line: Number, form: Form) -> Response:
        """Correct cells of a line, skip it, or take it in again."""
        with visit.reading() as conn:
            upload = still_open(conn, number)
            review = self.readings.review(conn, upload, limits_of(visit))
        line_of(review, upload, line)
        act = form.get("act")
        with visit.writing() as conn:
            if act in ("skip", "take"):
                uploads.skip(conn, number, line, skipped=act == "skip")
            else:
                uploads.correct(conn, number, corrections_of(visit, upload, review, line, form))
            visit.note("corrected", upload.kind)
        back = form.get("back")
        asked = f"?{back}" if back.replace("=", "").replace("&", "").isalnum() else ""
        return go_to(f"/import/{number}{asked}#row-{line}")

    def load(self, visit: OfficerVisit, number: Number) -> Response:
        """Load the good rows."""
        load(visit, self.readings, number)
        return go_to(f"/import/{number}", "loaded")

    def undo(self, visit: OfficerVisit, number: Number) -> Response:
        """Undo a load."""
        undo(visit, number)
        return go_to(f"/import/{number}", "load_undone")

    def remove(self, visit: OfficerVisit, number: Number) -> Response:
        """Forget a file of which nothing stands."""
        visit.note("removed an upload")
        with visit.writing() as conn:
            uploads.remove(conn, number)
        return go_to("/import", "upload_removed")

    def refused(self, visit: OfficerVisit, number: Number) -> Response:
        """The refused rows as a workbook that says beside each what is wrong."""
        with visit.reading() as conn:
            upload = uploads.get(conn, number)
            review = self.readings.review(conn, upload, limits_of(visit))
            viewer = viewer_of(visit, conn, upload, review)
            visit.note("exported refused rows", upload.kind)
        lines = [line for line in review.lines if line.state == "refused"]
        head = review.head
        columns = [c for c in head.columns if viewer.own or not viewer.known[c.field].personal]
        headings = [c.heading or label_of(c.field, visit.texts.lang) for c in columns]
        rows = [[cell_at(head.sheet.rows[line.line - 1], c) for c in columns] for line in lines]
        wrong = [visit.texts.page("importing.what_is_wrong"), *map(viewer.sentences, lines)]
        return _workbook(refused_workbook(headings, rows, wrong), f"import-{number}-refused.xlsx")


def _workbook(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=MEDIA_TYPES["xlsx"])
