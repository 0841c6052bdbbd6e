"""Every setting, in one class, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from matcher.errors import InvalidField
from matcher.weights import DEFAULT_POINTS, PARTNER_POINTS

PREFIX = "CAUNOI_"
LetterheadPart = Literal["parent", "issuer", "symbol", "addressee", "place", "signer"]


class Settings(BaseSettings):
    """Settings of an installation: environment variables ``CAUNOI_...`` or a file ``.env``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    home: Path = Field(Path("var"), description="Folder of the database and the built model.")
    database: str | None = Field(
        None, description="Database URL; by default SQLite in the folder `home`."
    )
    model: str | None = Field(
        None,
        description="Folder or hub name of a sentence-transformers model; by default the built "
        "multilingual-e5-small in the folder `home`.",
    )
    lang: Literal["vi", "en"] = Field("vi", description="Language where none is asked for.")
    points: dict[str, float] = Field(
        dict(DEFAULT_POINTS), description="Points of each part of a startup's match; sum 100."
    )
    partner_points: dict[str, float] = Field(
        dict(PARTNER_POINTS), description="Points of each part of a partner's match; sum 100."
    )
    noise: float = Field(
        1.0, ge=0, le=100, description="Points below which two neighbours are a near tie."
    )
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that the service listens on.")
    proxies: str = Field(
        "",
        description="Addresses or networks of the proxies before the service, with commas between "
        "them, whose word on where a request came from, and by https, is taken; else nobody's.",
    )
    most_body_bytes: int = Field(
        2_000_000, ge=1000, description="Longest body of a request, files excepted."
    )
    most_file_bytes: int = Field(20_000_000, ge=1000, description="Largest file to import.")
    most_per_page: int = Field(200, ge=1, le=1000, description="Most items on a page of a list.")
    run_seconds: float = Field(
        60.0, ge=1, le=3600, description="Time limit of a cohort's run where none is asked for."
    )
    letterhead: dict[LetterheadPart, str] = Field(
        {}, description="What the head of a proposal names; what is left out stays blank."
    )
    second_factor: Literal["offered", "officers"] = Field(
        "offered",
        description="Whether a second factor is offered to everybody, or officers and "
        "administrators must set one up before they go on.",
    )
    threads: int = Field(8, ge=1, le=200, description="Requests worked on at the same time.")

    @property
    def database_url(self) -> str:
        """URL of the database."""
        return self.database or f"sqlite:///{(self.home / 'caunoi.db').as_posix()}"

    @property
    def model_folder(self) -> Path:
        """Where the default model stands once it is built."""
        return self.home / "models" / "multilingual-e5-small"

    @property
    def model_name(self) -> str:
        """Folder or hub name of the model in use."""
        return self.model or str(self.model_folder)


def read_settings() -> Settings:
    """Read the settings of this installation.

    Raises
    ------
    BadInput
        For the first variable that does not hold.
    """
    try:
        return Settings()
    except ValidationError as error:
        from service.problems import as_ours  # brings the web along, for this case alone

        fault = error.errors()[0]
        variable = PREFIX + ".".join(map(str, fault["loc"])).upper()
        raise as_ours({**fault, "loc": ("settings", variable)}) from None
    except SettingsError as error:
        named = [n for n in Settings.model_fields if f'"{n}"' in str(error)]
        field = PREFIX + (named[0].upper() if named else "")
        raise InvalidField(field=field, value="", expected="JSON") from None
