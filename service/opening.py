"""What every command starts with: the database, opened, and the city's clock; quick to import."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from data.engines import Engine, engine_of, migrate
from service.settings import Settings

CITY = ZoneInfo("Asia/Ho_Chi_Minh")
"""The city's own time: a window that closes today closes at its midnight."""

HOME = "VN"
"""The country of the city's officers, as a consent may name it."""


def now() -> datetime:
    """This moment, in the city's time."""
    return datetime.now(CITY)


def today() -> date:
    """The day in the city."""
    return now().date()


def wire_engine(settings: Settings) -> Engine:
    """The database, its schema up to date."""
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = engine_of(settings.database_url)
    migrate(engine)
    return engine
