"""Says what is wrong with an installation and how to mend it; changes nothing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from data import keys, profiles
from data.engines import engine_of, is_migrated, is_there, reading
from matcher.errors import CauNoiError
from matcher.profile import KINDS
from models.encoder import SentenceEncoder
from service.settings import Settings

State = Literal["good", "warning", "bad"]

LEAST_FREE_BYTES = 2_000_000_000
"""Below this, the disk is soon full: a model and a database with its history need about as much."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name and remedy are texts of ``screen.doctor``, ``detail`` is plain."""

    check: str
    state: State
    detail: str
    remedy: str | None = None


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Run every check; one that fails does not stop the others."""
    return tuple(finding for check in CHECKS for finding in _guarded(check, settings))


def _guarded(
    check: Callable[[Settings], Iterator[Finding]], settings: Settings
) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except CauNoiError as error:
        name = check.__name__.removeprefix("_")
        yield Finding(name, "bad", str(error), f"{name}_remedy")


def _python(_settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info[:2] == (3, 11)
    yield Finding("python", "good" if good else "bad", version, "python_remedy")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(f for f in (settings.home, *settings.home.resolve().parents) if f.exists())
    free = shutil.disk_usage(folder).free
    good = free >= LEAST_FREE_BYTES and os.access(folder, os.W_OK)
    yield Finding("disk", "good" if good else "bad", f"{free / 1e9:.1f} GB", "disk_remedy")


def _database(settings: Settings) -> Iterator[Finding]:
    if not is_there(settings.database_url):
        yield Finding("database", "bad", "", "database_remedy")
        return
    engine = engine_of(settings.database_url)
    yield Finding("database", "good", engine.url.render_as_string(hide_password=True))
    current = is_migrated(engine)
    state: State = "good" if current else "bad"
    yield Finding("migrations", state, "", "migrations_remedy")
    if not current:
        return
    with reading(engine) as conn:
        counts = {kind: profiles.count(conn, kind) for kind in KINDS}
        officers = [k for k in keys.list_keys(conn) if k.role == "officer" and not k.revoked_at]
    detail = ", ".join(f"{kind}s {count}" for kind, count in counts.items())
    state = "good" if all(counts.values()) else "warning"
    yield Finding("catalogue", state, detail, "catalogue_remedy")
    state = "good" if officers else "warning"
    yield Finding("keys", state, str(len(officers)), "keys_remedy")


def _model(settings: Settings) -> Iterator[Finding]:
    encoder = SentenceEncoder(settings.model_name)
    vector = encoder.encode(["Xin chào"], "query")
    detail = f"{encoder.model_id}, {vector.shape[1]}"
    yield Finding("model", "good", detail)


CHECKS = (_python, _disk, _database, _model)
