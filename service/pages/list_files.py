"""What the files of every list share: columns with their headings, and the file as it is sent."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.responses import Response

from data.reports import report_form
from data.reports.matches import ListColumn
from data.reports.table import Form
from service.runs_api import attached

Columns = tuple[tuple[str, Form, int, float], ...]
"""Columns: the key of each heading, its form, its width in letters in a workbook, and its share of
a document's width (0: left out there)."""


def columns_of(columns: Columns, heading: Callable[[str], str]) -> tuple[ListColumn, ...]:
    """Columns, each with the heading of its key."""
    return tuple(
        ListColumn(heading(key), form, width, share) for key, form, width, share in columns
    )


def sent(content: bytes, name: str, form: str) -> Response:
    """A file to be kept under a name, which gets its ending by its form: ``xlsx`` or ``docx``."""
    media_type = report_form(form).media_type
    return Response(content, headers=attached(f"{name}.{form}"), media_type=media_type)
