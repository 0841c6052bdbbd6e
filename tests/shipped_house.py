"""The shipped catalogue behind a real server, with somebody of every role to sign in.

Takes the database and the model of this checkout's installation, which ``make setup`` has made,
and works on a copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data import accounts
from data.engines import transaction
from service import passwords
from service.app import create_app
from service.opening import now
from service.settings import Settings
from service.wiring import wire
from tests.page_addresses import SHIPPED
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


@contextmanager
def serving_shipped(folder: Path, lang: str = "vi") -> Iterator[tuple[House, str]]:
    """The house, and the address at which it is served."""
    house = shipped_house(folder, lang)
    with serving(house.app) as url:
        yield house, url
