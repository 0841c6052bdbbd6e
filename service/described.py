"""What the table of the API says of an address, and the problems that addresses share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse, Response

from service.profile_forms import Body

KEYED = (401, 403, 422, 500, 503)
"""Problems of every route that needs a key."""
BODY = (400, 413, 415)
"""Problems of every route that takes a body."""
EDIT = (404, 412, 428)
"""Problems of every edit that rests on a version."""

ETAG: Body = {"ETag": {"description": "Version. / Phiên bản.", "schema": {"type": "string"}}}
LOCATION: Body = {"Location": {"schema": {"type": "string"}}}


@dataclass(frozen=True, slots=True)
class Described:
    """An address with its summary in both languages."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    en: str
    vi: str
    model: Any = None
    status: int = 200
    refused: tuple[int, ...] = ()
    extra: Body | None = None
    headers: Body | None = None
    keyed: bool = True
    answer: type[Response] = JSONResponse
