"""What the files of every list share: columns by their texts, and the file as it is sent."""

from __future__ import annotations

from fastapi.responses import Response

from data.reports import report_form
from data.reports.matches import ListColumn
from data.reports.table import Form
from data.texts import Texts
from service.runs_api import attached

Columns = tuple[tuple[str, Form, int, float], ...]
"""Columns: the key of each heading, its form, its width in letters in a workbook, and its share of
a document's width (0: left out there)."""


def columns_of(group: str, columns: Columns, texts: Texts) -> tuple[ListColumn, ...]:
    """Columns with their headings, which stand under ``<group>.column`` in the pages' texts."""
    return tuple(
        ListColumn(texts.page(f"{group}.column.{key}"), form, width, share)
        for key, form, width, share in columns
    )


def sent(content: bytes, name: str, form: str) -> Response:
    """A file to be kept under a name, which gets its ending by its form: ``xlsx`` or ``docx``."""
    media_type = report_form(form).media_type
    return Response(content, headers=attached(f"{name}.{form}"), media_type=media_type)
