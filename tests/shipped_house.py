"""The shipped catalogue behind a real server, with somebody of every role to sign in.

Takes the database and the model of this checkout's installation, which ``make setup`` has made,
and works on a copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from data import accounts, uploads
from data.engines import transaction
from data.layouts import guessed
from data.sheets import sheets_of
from matcher.assignment.instance import How
from service import passwords
from service.app import create_app
from service.opening import now
from service.rounds import Rounds
from service.runs_api import solve_waiting
from service.settings import Settings
from service.wiring import Parts, wire
from tests.import_files import faulty
from tests.page_addresses import SHIPPED, Address, addresses
from tests.page_fixtures import PASSWORD
from tests.service_fixtures import House, serving

NAMES = {
    "admin": ("Lê Thị Quản Trị", None),
    "officer": ("Nguyễn Minh Anh", None),
    "startup": ("Trần Văn Sáng Lập", SHIPPED.startup),
    "incubator": ("Phạm Thu Vườn Ươm", SHIPPED.incubator),
}
"""People made up for pictures and measurements."""


def installed() -> bool:
    """Whether this checkout has an installation to copy."""
    return (Settings().home / "caunoi.db").exists()


def shipped_house(folder: Path, lang: str = "vi") -> House:
    """A house on a copy of the installation."""
    settings = Settings()
    shutil.copy(settings.home / "caunoi.db", folder / "caunoi.db")
    database = f"sqlite:///{folder / 'caunoi.db'}"
    parts = wire(settings.model_copy(update={"database": database}))
    with transaction(parts.engine) as conn:
        for role, (name, profile_id) in NAMES.items():
            accounts.create(
                conn,
                f"{role}@vidu.vn",
                name,
                role,
                lang=lang,
                at=now(),
                profile_id=profile_id,
                password=passwords.hashed(PASSWORD),
            )
    return House(create_app(parts), parts, {})


def pages_of(house: House) -> tuple[Address, ...]:
    """Every page, after two rounds of the example cohort, the first published, and an upload."""
    before, run = _rounds(house.parts)
    numbers = {"run_before": before, "run": run, "upload": _upload(house.parts)}
    return tuple(replace(one, path=one.path.format(**numbers)) for one in addresses(SHIPPED))


def _rounds(parts: Parts) -> tuple[int, int]:
    rounds = Rounds(parts.engine, parts.matchmaker, now)
    who = NAMES["officer"][0]
    first = rounds.run_now(rounds.order(SHIPPED.cohort, How(), who), solve_waiting)
    rounds.publish(SHIPPED.cohort, first.id, startups=None, expected=None, who=who, why=None)
    fair = rounds.order(SHIPPED.cohort, How(mode="fair"), who)
    return first.id, rounds.run_now(fair, solve_waiting).id


def _upload(parts: Parts) -> int:
    content, name = faulty(), "danh-sach.xlsx"
    kind, layout = guessed(sheets_of(content, name), ["startup"])
    with transaction(parts.engine) as conn:
        who = NAMES["officer"][0]
        return uploads.keep(conn, content, name, kind, layout, who=who, at=now())


@contextmanager
def serving_shipped(
    folder: Path, lang: str = "vi"
) -> Iterator[tuple[House, str, dict[str, Address]]]:
    """The house, the address at which it is served, and its pages by name."""
    house = shipped_house(folder, lang)
    pages = {page.name: page for page in pages_of(house)}
    with serving(house.app) as url:
        yield house, url, pages
