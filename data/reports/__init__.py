"""Reports of a run that officers use as they are: one module for each form of output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from data.reports.document import write_document
from data.reports.lists import write_list
from data.reports.pictures import (
    Draw,
    PictureFormat,
    draw_choices,
    draw_flow,
    draw_loads,
    write_picture,
)
from data.reports.table import RunReport
from data.reports.workbook import write_workbook
from matcher.errors import UnknownName


@dataclass(frozen=True, slots=True)
class ReportForm:
    """A form of output: its media type, the end of its file's name, and what writes it.

    ``write`` takes a report and a language (``vi`` or ``en``), and returns the file. That of
    ``docx`` takes a :class:`data.reports.document.Letterhead` too.
    """

    media_type: str
    extension: str
    write: Callable[[RunReport, str], bytes]


_OFFICE = "application/vnd.openxmlformats-officedocument"


def _picture(name: str, draw: Draw, format: PictureFormat) -> ReportForm:
    media_type = {"svg": "image/svg+xml", "png": "image/png"}[format]
    write = partial(write_picture, draw=draw, format=format)
    return ReportForm(media_type, f"{name}.{format}", write)


REPORTS: dict[str, ReportForm] = {
    "docx": ReportForm(f"{_OFFICE}.wordprocessingml.document", "docx", write_document),
    "xlsx": ReportForm(f"{_OFFICE}.spreadsheetml.sheet", "xlsx", write_workbook),
    "csv": ReportForm("text/csv; charset=utf-8", "csv", write_list),
    "flow.svg": _picture("flow", draw_flow, "svg"),
    "flow.png": _picture("flow", draw_flow, "png"),
    "choices.svg": _picture("choices", draw_choices, "svg"),
    "choices.png": _picture("choices", draw_choices, "png"),
    "loads.svg": _picture("loads", draw_loads, "svg"),
    "loads.png": _picture("loads", draw_loads, "png"),
}
"""Every form of a report by its name."""


def report_form(name: str) -> ReportForm:
    """The form of that name.

    Raises
    ------
    UnknownName
        For a name that :data:`REPORTS` does not list.
    """
    if name not in REPORTS:
        raise UnknownName(what="report", value=name[:20], known=tuple(REPORTS))
    return REPORTS[name]


def write_report(name: str, report: RunReport, lang: str = "vi") -> bytes:
    """Write a run in one form; raises UnknownName for an unknown form or language."""
    return report_form(name).write(report, lang)
