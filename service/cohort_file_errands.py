"""What the commands for the files of cohorts do: load one, write a form, write a cohort."""

from __future__ import annotations

from pathlib import Path

import typer

from data import cohorts
from data.cohort_files import CohortReport, read_cohort
from data.cohort_workbooks import write_cohort
from data.cohorts import StoredCohort
from data.engines import Connection, reading, transaction
from data.named_profiles import profiles_named
from data.sheets import Limits
from matcher.cohort import Cohort
from matcher.errors import CohortNotFound, InvalidField
from service.cohort_terminal import CohortTerminal
from service.desk import ATTENTION, WHO, Desk, read_bytes, write_bytes
from service.example_cohort import example_cohort
from service.opening import now, wire_engine
from service.publication_schemas import LoadedCohort, cohort_report_out
from service.round_texts import RoundTexts

WORKBOOK = ".xlsx"


def load(at: Desk, file: Path, id: str | None, name: str | None, dry_run: bool) -> None:
    """Add or change a cohort from a file; exit code 1 where rows were refused.

    Raises InvalidField for a new cohort that neither the file nor ``name`` names.
    """
    content = read_bytes(file)
    with transaction(wire_engine(at.settings)) as conn:
        report, present = _read(conn, at, content, file.name, id, name)
        if report.cohort is None:
            raise InvalidField(field="name", value="", expected="a value")
        loaded = _loaded(conn, report.cohort, present, dry_run)
    if at.as_json:
        at.show(cohort_report_out(report, loaded, dry_run, at.texts).model_dump(mode="json"))
    else:
        CohortTerminal(at.terminal, RoundTexts(at.texts, {})).loaded(report, loaded, dry_run)
    if report.refused:
        raise typer.Exit(ATTENTION)


def _read(
    conn: Connection, at: Desk, content: bytes, filename: str, id: str | None, name: str | None
) -> tuple[CohortReport, StoredCohort | None]:
    """Read a file over the cohort that it changes, and return that too; None for a new one."""
    startups, programmes = profiles_named(conn, "startup"), profiles_named(conn, "programme")
    limits = Limits(file_bytes=at.settings.most_file_bytes)

    def read(present: Cohort | None) -> CohortReport:
        return read_cohort(
            content,
            filename,
            startups=startups,
            programmes=programmes,
            present=present,
            limits=limits,
        )

    report = read(None)
    id = id or (None if report.cohort is None else report.cohort.id)
    present = None if id is None else _present(conn, id)
    if present is not None:
        return read(present.cohort), present
    if id is not None and (report.cohort is None or report.cohort.id != id):
        told = None if report.cohort is None else report.cohort.name
        return read(Cohort(id=id, name=name or told or id)), None
    return report, None


def _present(conn: Connection, id: str) -> StoredCohort | None:
    try:
        return cohorts.get(conn, id)
    except CohortNotFound:
        return None


def _loaded(
    conn: Connection, cohort: Cohort, present: StoredCohort | None, dry_run: bool
) -> LoadedCohort:
    """Keep the cohort of a file, or only check that it can be kept."""
    if dry_run:
        held = cohorts.hold(conn, cohort)
        same = present is not None and present.cohort == held
        return LoadedCohort(held, None, "unchanged" if same else "changed" if present else "added")
    if present is None:
        kept = cohorts.add(conn, cohort, who=WHO, at=now())
        return LoadedCohort(kept.cohort, kept.version, "added")
    kept = cohorts.replace(conn, cohort, who=WHO, at=now(), expected=present.version)
    same = kept.version == present.version
    return LoadedCohort(kept.cohort, kept.version, "unchanged" if same else "changed")


def write_form(at: Desk, file: Path, example: bool) -> None:
    """Write an empty form, or one filled as an example."""
    cohort = example_cohort(at.texts) if example else None
    _write(at, file, cohort)
    if cohort is None:
        at.console.print(at.texts.screen("cohort.form_written", file=file.name))
        return
    counts = {"startups": len(cohort.startups), "programmes": len(cohort.intakes)}
    at.console.print(at.texts.screen("cohort.example_written", file=file.name, **counts))


def export(at: Desk, cohort_id: str, file: Path) -> None:
    """Write a cohort to a file that loads back the same."""
    with reading(wire_engine(at.settings)) as conn:
        cohort = cohorts.get(conn, cohort_id).cohort
    _write(at, file, cohort)
    at.console.print(at.texts.screen("cohort.written", file=file.name))


def _write(at: Desk, file: Path, cohort: Cohort | None) -> None:
    if file.suffix.lower() != WORKBOOK:
        raise InvalidField(field="file", value=file.name, expected=WORKBOOK)
    with reading(wire_engine(at.settings)) as conn:
        startups, programmes = profiles_named(conn, "startup"), profiles_named(conn, "programme")
    write_bytes(file, write_cohort(cohort, startups, programmes, at.texts.lang))
