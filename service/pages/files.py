"""Files of the pages: an address that changes with the content, and answers packed once."""

from __future__ import annotations

import gzip
import hashlib
import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Scope

STATIC = "/static"
BASE = f"{STATIC}/base"
PLACES = {
    BASE: ("flask_bootstrap", "static/bootstrap5"),
    STATIC: ("service", "static"),
}
"""Where files stand: address, and the package and folder behind it; the longest address first."""

TEXTS = frozenset({".css", ".js", ".svg"})
"""Endings of what is packed."""


def address_of(path: str) -> str:
    """The address of a file below :data:`STATIC` with a version that its content gives it.

    A browser may keep what stands there for ever, and sees a changed file at once. Raises
    FileNotFoundError.
    """
    file = _file(f"{STATIC}/{path}")
    return f"{STATIC}/{path}?v={_digest(file, file.stat().st_mtime_ns)}"


@lru_cache(maxsize=200)
def _file(address: str) -> Path:
    place = next(place for place in PLACES if address.startswith(f"{place}/"))
    package, folder = PLACES[place]
    found = find_spec(package)
    if found is None or found.origin is None:
        raise FileNotFoundError(address)
    return Path(found.origin).parent / folder / address.removeprefix(f"{place}/")


@lru_cache(maxsize=400)
def _digest(file: Path, changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=400)
def _packed(path: str, changed: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


class PackedFiles(StaticFiles):
    """Files that are packed once and not for every answer."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, packed for a browser that unpacks; 304 for one that has it."""
        plain = super().file_response(full_path, stat_result, scope, status_code)
        asked = Headers(scope=scope)
        packs = "gzip" in asked.get("accept-encoding", "") and "range" not in asked
        if not isinstance(plain, FileResponse) or Path(full_path).suffix not in TEXTS or not packs:
            return plain
        headers = {
            "Content-Encoding": "gzip",
            "ETag": f"W/{plain.headers['etag']}",
            "Last-Modified": plain.headers["last-modified"],
        }
        content = _packed(str(full_path), stat_result.st_mtime_ns)
        return Response(content, status_code, headers, media_type=plain.media_type)


def mounts() -> list[tuple[str, StaticFiles]]:
    """The applications that serve the files, by address."""
    return [(at, PackedFiles(packages=[place])) for at, place in PLACES.items()]
