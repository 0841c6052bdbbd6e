"""Addresses of files of cohorts: one in, with a report of every refused line; out; and a form."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import File, Form, Response, UploadFile
from pydantic.json_schema import SkipJsonSchema

from data import cohorts
from data.cohort_files import CohortReport, read_cohort
from data.cohort_workbooks import write_cohort
from data.cohorts import StoredCohort
from data.engines import Connection
from data.named_profiles import Names, profiles_named
from data.sheets import Limits
from matcher.cohort import Cohort
from matcher.errors import CohortStale, InvalidField
from service.files_api import MEDIA_TYPES
from service.profile_forms import CLEAN, IDENTIFIER, Body
from service.publication_answers import CohortReportOut
from service.publication_schemas import LoadedCohort, cohort_report_out
from service.runs_api import attached
from service.security import Officer, Visit

XLSX = MEDIA_TYPES["xlsx"]
WORKBOOK: Body = {
    "responses": {
        "200": {
            "description": "The workbook. / Tệp Excel.",
            "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
NAMES_ONLY = frozenset({"id", "name"})
"""A file that says no more of a round is no file of one: it may be any list with these headings."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a file says, and the cohort over which it was laid."""

    report: CohortReport
    cohort: Cohort
    present: StoredCohort | None


def import_cohort(
    visit: Officer,
    file: Annotated[UploadFile, File(description="CSV or .xlsx. / Tệp CSV hoặc .xlsx.")],
    id: Annotated[
        str | SkipJsonSchema[None],
        Form(pattern=IDENTIFIER, description="Else told by the file. / Mã đợt."),
    ] = None,
    name: Annotated[
        str | SkipJsonSchema[None],
        Form(max_length=300, pattern=CLEAN, description="Of a new cohort. / Tên đợt mới."),
    ] = None,
    version: Annotated[
        int | SkipJsonSchema[None],
        Form(ge=1, le=2**31, description="Of a cohort that is there: the version you have seen."),
    ] = None,
    dry_run: Annotated[bool, Form(description="Only say what would become of it.")] = False,
) -> CohortReportOut:
    """Lists that the file gives replace those of the cohort; what it does not say stays.

    A refused line is named with its cells and keeps no other from being read; a limit that cannot
    hold refuses the file by the name of the limit. To change a cohort that is there, name the
    version that you have seen.
    """
    content, filename = file.file.read(), (file.filename or "")[:200]
    return loaded(visit, content, filename, (id, name, version), dry_run)


def loaded(
    visit: Visit,
    content: bytes,
    filename: str,
    told: tuple[str | None, str | None, int | None],
    dry_run: bool,
) -> CohortReportOut:
    """Keep what a file says, or only check it; ``told`` is the id, the name of a new cohort, and
    the version that was seen of one that is there.

    Raises InvalidField, CohortStale, and as :func:`data.cohorts.hold` and reading files do.
    """
    id, name, version = told
    with visit.reading() as conn:
        read = _read(visit, conn, content, filename, id, name)
    with visit.writing() as conn:
        kept = _held(conn, read, version) if dry_run else _kept(visit, conn, read, version)
        note = "dry-run import" if dry_run else "import"
        visit.note(note, "cohort", read.cohort.id, read.report.given)
    return cohort_report_out(read.report, kept, dry_run, visit.texts)


def export_cohort(visit: Officer, id: str) -> Response:
    """A workbook that loads back; ids count, the names beside them are for people."""
    with visit.reading() as conn:
        cohort = cohorts.get(conn, id).cohort
        startups, programmes = profiles_named(conn, "startup"), profiles_named(conn, "programme")
        visit.note("export", "cohort", id)
    content = write_cohort(cohort, startups, programmes, visit.texts.lang)
    return Response(content, headers=attached(f"{id}.xlsx"), media_type=XLSX)


def read_cohort_form(visit: Officer) -> Response:
    """An empty workbook to fill in: the round, its startups, programmes, rulings and limits."""
    content = write_cohort(None, Names("startup", ()), Names("programme", ()), visit.texts.lang)
    visit.note("cohort form")
    visit.write_lines()
    name = "cohort-form.xlsx" if visit.texts.lang == "en" else "mau-dot.xlsx"
    return Response(content, headers=attached(name), media_type=XLSX)


def _read(
    visit: Visit, conn: Connection, content: bytes, filename: str, id: str | None, name: str | None
) -> _Read:
    """Read a file over the cohort that it means, if there is one already."""
    startups, programmes = profiles_named(conn, "startup"), profiles_named(conn, "programme")
    limits = Limits(file_bytes=visit.parts.settings.most_file_bytes)

    def laid_over(base: Cohort | None) -> CohortReport:
        return read_cohort(
            content,
            filename,
            startups=startups,
            programmes=programmes,
            present=base,
            limits=limits,
        )

    present = None if id is None else cohorts.find(conn, id)
    new = Cohort(id=id, name=name) if id and name else None
    report = laid_over(present.cohort if present else new)
    if id is None and report.cohort is not None:
        present = cohorts.find(conn, report.cohort.id)
        report = laid_over(present.cohort) if present else report
    if report.cohort is None:
        raise InvalidField(field="name", value="", expected="a value")
    if not set(report.given) - NAMES_ONLY:
        raise InvalidField(field="startups", value="", expected="a value")
    cohort = dataclasses.replace(report.cohort, id=id or report.cohort.id)
    if not re.fullmatch(IDENTIFIER, cohort.id):
        raise InvalidField(field="id", value=cohort.id[:80], expected="A-Z a-z 0-9 . _ ~ -")
    return _Read(report, cohort, present)


def _held(conn: Connection, read: _Read, version: int | None) -> LoadedCohort:
    """Check what would be kept, and keep nothing."""
    held, present = cohorts.hold(conn, read.cohort), read.present
    if present is None:
        return LoadedCohort(held, None, "added")
    if version is not None:
        _check_version(present, version)
    same = held == present.cohort
    return LoadedCohort(held, present.version, "unchanged" if same else "changed")


def _kept(visit: Visit, conn: Connection, read: _Read, version: int | None) -> LoadedCohort:
    present = read.present
    if present is None:
        made = cohorts.add(conn, read.cohort, who=visit.who, at=visit.at)
        return LoadedCohort(made.cohort, made.version, "added")
    _check_version(present, version)
    kept = cohorts.replace(conn, read.cohort, who=visit.who, at=visit.at, expected=present.version)
    same = kept.version == present.version
    return LoadedCohort(kept.cohort, kept.version, "unchanged" if same else "changed")


def _check_version(present: StoredCohort, version: int | None) -> None:
    if version is None:
        raise InvalidField(field="version", value="", expected="a value")
    if version != present.version:
        raise CohortStale(id=present.cohort.id, version=present.version)
