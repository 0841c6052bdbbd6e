"""What the command for reports does: a run becomes a file, in the form that its name asks for."""

from __future__ import annotations

from pathlib import Path

from data.engines import Engine, reading
from data.reports import REPORTS, write_report
from data.reports.table import RunReport
from matcher.errors import InvalidField
from service.desk import Desk, write_bytes
from service.opening import wire_engine
from service.run_reports import letterhead_of, report_of


def report(at: Desk, number: int, out: Path) -> None:
    """Write a run as a file; raises RunNotFound, NoOutcome."""
    write(at, wire_engine(at.settings), number, out, form_of(out))


def form_of(file: Path) -> str:
    """The form of report that a file's name asks for; raises InvalidField with what is known.

    A name such as ``loads.png`` asks for that picture; any other picture is the flow.
    """
    name, end = file.name.lower(), file.suffix.lower().lstrip(".")
    known = [form for form in REPORTS if end and form in (name, end, f"flow.{end}")]
    if not known:
        raise InvalidField(field="--out", value=file.name, expected=", ".join(REPORTS))
    return name if name in known else known[0]


def write(at: Desk, engine: Engine, number: int, file: Path, form: str) -> None:
    """Write a run in a form to a file, and say so; raises RunNotFound, NoOutcome."""
    with reading(engine) as conn:
        report = report_of(conn, number, letterhead_of(at.settings))
    put(at, report, file, form)


def put(at: Desk, report: RunReport, file: Path, form: str) -> None:
    """Write a report in a form to a file, and say so."""
    write_bytes(file, write_report(form, report, at.texts.lang))
    if not at.as_json:
        at.console.print(at.texts.screen("cohort.written", file=file.name))
