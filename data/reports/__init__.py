"""Reports of a run that officers use as they are: one module for each form of output.

A new form is a module that writes a :class:`~data.reports.table.RunReport`, entered in
:data:`REPORTS`; what it says stands under ``report`` in ``data/languages``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.reports.table import RunReport
from matcher.errors import UnknownName

if TYPE_CHECKING:
    from data.reports.pictures import PictureFormat


@dataclass(frozen=True, slots=True)
class ReportForm:
    """A form of output: its media type, the end of its file's name, and what writes it.

    ``write`` takes a report and a language (``vi`` or ``en``), and returns the file.
    """

    media_type: str
    extension: str
    write: Callable[[RunReport, str], bytes]


# What writes a form is loaded when it is asked for: matplotlib and python-docx take a second.


def _document(report: RunReport, lang: str) -> bytes:
    from data.reports.document import write_document

    return write_document(report, lang)


def _workbook(report: RunReport, lang: str) -> bytes:
    from data.reports.workbook import write_workbook

    return write_workbook(report, lang)


def _list(report: RunReport, lang: str) -> bytes:
    from data.reports.lists import write_list

    return write_list(report, lang)


def _picture(name: str, format: PictureFormat, media_type: str) -> ReportForm:
    def write(report: RunReport, lang: str) -> bytes:
        from data.reports.pictures import write_picture

        return write_picture(report, lang, name, format)

    return ReportForm(media_type, f"{name}.{format}", write)


_OFFICE = "application/vnd.openxmlformats-officedocument"

REPORTS: dict[str, ReportForm] = {
    "docx": ReportForm(f"{_OFFICE}.wordprocessingml.document", "docx", _document),
    "xlsx": ReportForm(f"{_OFFICE}.spreadsheetml.sheet", "xlsx", _workbook),
    "csv": ReportForm("text/csv; charset=utf-8", "csv", _list),
    "flow.svg": _picture("flow", "svg", "image/svg+xml"),
    "flow.png": _picture("flow", "png", "image/png"),
    "choices.svg": _picture("choices", "svg", "image/svg+xml"),
    "choices.png": _picture("choices", "png", "image/png"),
    "loads.svg": _picture("loads", "svg", "image/svg+xml"),
    "loads.png": _picture("loads", "png", "image/png"),
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
