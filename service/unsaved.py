"""A startup in a file, to be matched without being kept; checked as the API and the loader do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from fastapi.exceptions import RequestValidationError

from data.entries import read_table
from data.folding import slug
from matcher.errors import FileUnreadable, InvalidField
from matcher.profile import Startup
from service.edge import read_json
from service.problems import Refused, as_ours
from service.profile_forms import validated


def unsaved(content: bytes, file: Path) -> Startup:
    """Read the startup in a file: a JSON object, or the first row of a table.

    Raises
    ------
    BadInput
        For a file that cannot be read, or the first field that does not hold.
    """
    if file.suffix.lower() == ".json":
        return _of_object(_object(content, file))
    table = read_table(content, file.name, "startup")
    if table.refused:
        raise table.refused[0].cells[0].error
    if not table.entries:
        raise FileUnreadable(file=file.name, cause="no row")
    entry = table.entries[0]
    return Startup(id=entry.id, **dict(entry.values))


def _object(content: bytes, file: Path) -> dict[str, Any]:
    try:
        body = read_json(content)
    except Refused:
        raise FileUnreadable(file=file.name, cause="JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("name"), str):
        raise InvalidField(field="name", value="", expected="a value")
    return body


def _of_object(body: dict[str, Any]) -> Startup:
    """A startup with the fields of the API; an id is not needed."""
    try:
        return cast(Startup, validated("startup", {"id": slug(body["name"])} | body))
    except RequestValidationError as error:
        raise as_ours(error.errors()[0]) from None
