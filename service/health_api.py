"""Addresses for machines that watch the service: is it alive, is it ready, which version, figures.

Health and version need no key and tell nothing of the data. The figures do tell how many profiles
are kept and what is used, so they need an officer's key: "only from this machine" would be no
check at all behind a proxy on the same machine, where everybody comes from it. Prometheus sends a
key by ``authorization: {credentials: cn_...}`` in its scrape configuration.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from typing import Literal

from fastapi import Request, Response
from pydantic import BaseModel

from data import history, profiles
from data.engines import reading
from matcher.errors import CauNoiError
from matcher.profile import KINDS
from service.metrics import MEDIA_TYPE
from service.problems import LOG
from service.profile_forms import Body
from service.security import Installed, Officer

FIGURES: Body = {"responses": {"200": {"content": {"text/plain": {"schema": {"type": "string"}}}}}}
NOT_READY: Body = {
    "responses": {
        "503": {
            "description": "Not ready yet. / Chưa sẵn sàng.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}},
        }
    }
}


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Readiness(BaseModel):
    """Whether requests can be served; ``missing`` says what is not there yet."""

    status: Literal["ready", "not ready"]
    missing: list[Literal["database", "matchmaker"]]


class Version(BaseModel):
    """The product and its version."""

    name: Literal["Cầu Nối"] = "Cầu Nối"
    version: str
    api: Literal["v1"] = "v1"


class WarmUp(threading.Thread):
    """Lets the matchmaker catch up beside the start of the service; tries again until it has.

    ``done`` is set then; who waits for it may have it before.
    """

    def __init__(
        self, parts: Installed, pause: float = 5.0, done: threading.Event | None = None
    ) -> None:
        super().__init__(name="warm-up", daemon=True)
        self.parts = parts
        self.pause = pause
        self.done = done or threading.Event()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Catch up; an error is logged, and tried again after a pause."""
        while not self.stopped.is_set():
            if self._caught_up():
                self.done.set()
                return
            self.stopped.wait(self.pause)

    def stop(self) -> None:
        """End the trying, and wait for the work under way."""
        self.stopped.set()
        self.join()

    def _caught_up(self) -> bool:
        try:
            self.parts.matchmaker.catch_up()
        except Exception:
            LOG.exception("the matchmaker cannot catch up")
            return False
        return True


def live() -> Live:
    """The process answers."""
    return Live()


def ready(request: Request, response: Response) -> Readiness:
    """200 when the database answers and the matchmaker has taken in every profile, else 503."""
    missing: list[Literal["database", "matchmaker"]] = []
    if not _database_answers(request.app.state.parts):
        missing.append("database")
    if not request.app.state.warm_up.done.is_set():
        missing.append("matchmaker")
    response.status_code = 503 if missing else 200
    return Readiness(status="not ready" if missing else "ready", missing=missing)


def read_version() -> Version:
    """The version of the product and of this API."""
    return Version(version=version("caunoi"))


def metrics(visit: Officer) -> Response:
    """Requests by route and status, times by route, profiles by kind, matches served."""
    with visit.reading() as conn:
        counts = {kind: profiles.count(conn, kind) for kind in KINDS}
    return Response(visit.parts.metrics.render(counts), media_type=MEDIA_TYPE)


def _database_answers(parts: Installed) -> bool:
    try:
        with reading(parts.engine) as conn:
            history.latest_seq(conn)
    except CauNoiError:
        return False
    return True
