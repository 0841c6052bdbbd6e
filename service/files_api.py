"""Addresses of files: a CSV or Excel file in, with a report of every refused row; and files out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import File, Form, Query, Response, UploadFile
from pydantic.json_schema import SkipJsonSchema

from data import profiles
from data.exporting import export_profiles
from data.loading import load_table, read_table
from data.sheets import Limits
from matcher.profile import Profile
from service.answers import ReportOut
from service.profile_forms import Body
from service.schemas import report_out
from service.security import Officer, sight_of

Kind = Literal["startup", "programme", "incubator"]
Format = Literal["csv", "xlsx"]

MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BINARY: Body = {"schema": {"type": "string", "format": "binary"}}
FILE: Body = {"responses": {"200": {"content": dict.fromkeys(MEDIA_TYPES.values(), _BINARY)}}}


def import_file(
    visit: Officer,
    file: Annotated[UploadFile, File(description="CSV or .xlsx. / Tệp CSV hoặc .xlsx.")],
    kind: Annotated[
        Kind | SkipJsonSchema[None], Form(description="Else told by the headings.")
    ] = None,
    dry_run: Annotated[bool, Form(description="Only say what would become of it.")] = False,
) -> ReportOut:
    """Good rows are kept; each refused row is named with its line, fields and what to do."""
    limits = Limits(file_bytes=visit.parts.settings.most_file_bytes)
    table = read_table(file.file.read(), (file.filename or "")[:200] or None, kind, limits)
    with visit.writing() as conn:
        report = load_table(conn, table, who=visit.who, at=visit.at, dry_run=dry_run)
        fields = tuple(sorted({column.field for column in table.columns}))
        visit.note("dry-run import" if dry_run else "import", report.kind, None, fields)
    return report_out(report, visit.texts)


def export(visit: Officer, kind: Kind, format: Annotated[Format, Query()] = "csv") -> Response:
    """Headings and names of codes in the asked language; personal fields only under a consent."""
    with visit.reading() as conn:
        sight = sight_of(visit, conn, kind)
        found = profiles.all_profiles(conn, kind)
        for profile in found:
            if sight.personal(profile):
                visit.note("export", kind, profile.id, sight.personal(profile))
        visit.note("export", kind)
    allowed = [_without(profile, sight.hidden(profile)) for profile in found]
    content = export_profiles(kind, allowed, format, lang=visit.texts.lang, personal=True)
    name = f'attachment; filename="{kind}s.{format}"'
    return Response(content, headers={"Content-Disposition": name}, media_type=MEDIA_TYPES[format])


def _without(profile: Profile, hidden: tuple[str, ...]) -> Profile:
    unknown: dict[str, Any] = dict.fromkeys(hidden)
    return replace(profile, **unknown)
