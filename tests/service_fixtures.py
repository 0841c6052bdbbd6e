"""A small catalogue behind a real application: real SQLite, the real encoder."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from data import consents, keys, profiles
from data.engines import Engine, engine_of, migrate, transaction
from data.vectors import DatabaseVectors
from matcher.profile import Founder
from matcher.weights import Calibration, Scale
from models.encoder import Encoder, SentenceEncoder
from models.reference import Centring, centring_of
from models.shortlist import Shortlist
from models.vectors import MemoryVectors, RememberingEncoder
from service.app import create_app
from service.matchmaking import Matchmaker
from service.settings import Settings
from service.wiring import Parts
from tests import builders
from tests.encoder_fixtures import default_model

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
DAY = date(2026, 3, 1)
API = "/api/v1"

STARTUPS = (
    builders.startup(
        founders=(Founder(name="Nguyễn Thị Bí Mật"),),
        contact_name="Trần Kín",
        contact_email="kin@vidu.vn",
    ),
    builders.startup(
        id="nong-trai-so",
        name="Nông Trại Số",
        sectors=("agritech",),
        description_en="Sensors and software for rice farms.",
        description_vi="Cảm biến và phần mềm cho ruộng lúa.",
        target_markets=("KR",),
        contact_email="kin@nongtrai.vn",
    ),
    builders.startup(id="lon-qua", name="Lớn Quá", size="large", stage="growth"),
)
PROGRAMMES = (
    builders.programme(contact_name="Ms Secret", contact_email="secret@merlion.sg"),
    builders.programme(
        id="seoul-farm",
        name="Seoul Farm Tech",
        organisation="Seoul Agency",
        country="KR",
        city="Seoul",
        sectors=("agritech",),
        markets=("KR",),
        languages=("ko", "en"),
        description_en="Brings farm technology firms to Korea.",
        description_vi="Đưa công nghệ nông nghiệp sang Hàn Quốc.",
    ),
    builders.programme(
        id="merlion-growth", name="Merlion Growth", services=("mentoring",), funding=None
    ),
    builders.programme(id="closed-one", name="Closed One", status="closed"),
)
INCUBATORS = (
    builders.incubator(contact_email="kin@vuonuom.vn"),
    builders.incubator(id="vuon-uom-hai", name="Second Incubator", sectors=("fintech",)),
)
ROLES = ("admin", "officer", "startup", "other_startup", "incubator", "other_incubator", "nobody")


@cache
def encoder() -> Encoder:
    """The default model, loaded once for all tests and built first where it is not; each text of a
    test is encoded once in a run."""
    return RememberingEncoder(SentenceEncoder(default_model()), MemoryVectors())


@cache
def centring() -> Centring:
    """The centring on the small catalogue, measured once."""
    return centring_of(encoder(), STARTUPS, PROGRAMMES)


@dataclass(frozen=True)
class House:
    """An application with its parts and a secret for every role."""

    app: FastAPI
    parts: Parts
    secrets: dict[str, str]

    def headers(self, role: str) -> dict[str, str]:
        """The key of a role as a header, none for nobody."""
        secret = self.secrets.get(role)
        return {"Authorization": f"Bearer {secret}"} if secret else {}

    def ask(self, client: TestClient, role: str, method: str, path: str, **rest: Any) -> Any:
        """Ask as a role; the path below the API's own."""
        headers = self.headers(role) | rest.pop("headers", {})
        return client.request(method, API + path, headers=headers, **rest)

    def consent(self, startup_id: str, scope: str, recipient: str) -> int:
        """Record a consent behind the API."""
        with transaction(self.parts.engine) as conn:
            given = consents.give_consent(conn, startup_id, scope, recipient, given_on=DAY)
        return given.id


def build(folder: Path, **settings: Any) -> House:
    """A house of its own in a folder, its catalogue loaded and a key made for every role."""
    chosen = Settings(_env_file=None, home=folder, **settings)
    template, secrets = _template()
    shutil.copy(template, folder / "caunoi.db")
    engine = engine_of(chosen.database_url)
    flat = {name: Calibration(0.0, 0.6, 0.3) for name in ("text", "portfolio")}
    scales = (
        Scale(points, flat, chosen.noise) for points in (chosen.points, chosen.partner_points)
    )
    near = Shortlist(RememberingEncoder(encoder(), DatabaseVectors(engine)), centring())
    parts = Parts(chosen, engine, Matchmaker(engine, near, *scales, lambda: DAY))
    return House(create_app(parts, now=lambda: NOW), parts, secrets)


@cache
def _template() -> tuple[Path, dict[str, str]]:
    """A filled database to copy, and its secrets."""
    file = Path(tempfile.mkdtemp(prefix="caunoi-tests-")) / "template.db"
    engine = engine_of(f"sqlite:///{file}")
    migrate(engine)
    secrets = _fill(engine)
    engine.dispose()
    return file, secrets


def _fill(engine: Engine) -> dict[str, str]:
    owners = {
        "admin": ("admin", None),
        "officer": ("officer", None),
        "startup": ("startup", "vi-du-pay"),
        "other_startup": ("startup", "nong-trai-so"),
        "incubator": ("incubator", "vuon-uom-vi-du"),
        "other_incubator": ("incubator", "vuon-uom-hai"),
    }
    with transaction(engine) as conn:
        profiles.put_all(conn, (*STARTUPS, *PROGRAMMES, *INCUBATORS), who="test", at=NOW)
        return {
            name: keys.create_key(conn, name, role, at=NOW, profile_id=owner)[1]
            for name, (role, owner) in owners.items()
        }


@contextmanager
def client_of(house: House) -> Iterator[TestClient]:
    """A client of an application that is warm."""
    with TestClient(house.app, raise_server_exceptions=False) as client:
        assert house.app.state.warm_up.done.wait(60)
        yield client


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """A real server on loopback; gives its address."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", server_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        server.should_exit = True
        thread.join()


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{url}{API}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the server was not ready in 30 s")
