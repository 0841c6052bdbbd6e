"""Addresses of what surrounds the matching: keys, consents, and the audit."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from data import audit, consents, keys, profiles
from data.engines import Connection
from matcher.errors import NotFound
from matcher.taxonomy import knows
from service.profile_forms import CLEAN, CLEAN_AND_SOME, Strict, iso_day
from service.profiles_api import ALL, check_page
from service.security import Admin, Anyone, Officer, may_write

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Day = Annotated[date, BeforeValidator(iso_day), Field(strict=False)]


_NOTHING: JsonDict = {"type": "null"}


class KeyBody(Strict):
    """A key to make; ``profile_id`` for the roles that stand for one profile."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"properties": {"role": {"enum": ["officer", "admin"]}, "profile_id": _NOTHING}},
                {
                    "properties": {
                        "role": {"enum": ["startup", "incubator"]},
                        "profile_id": {"type": "string"},
                    },
                    "required": ["profile_id"],
                },
            ]
        }
    )

    name: str = Field(min_length=1, max_length=200, pattern=CLEAN_AND_SOME)
    role: Literal["officer", "startup", "incubator", "admin"]
    profile_id: str | None = Field(None, max_length=80, pattern=CLEAN)


class KeyOut(BaseModel):
    """A key, never with its secret."""

    id: int
    name: str
    role: str
    profile_id: str | None
    prefix: str
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class KeyMade(KeyOut):
    """A new key with its secret, which is shown this once."""

    secret: str


class Keys(BaseModel):
    """Every key, revoked ones too."""

    items: list[KeyOut]


class ConsentBody(Strict):
    """A consent to record: to ``*``, to a country by its ISO code, or to an incubator by its id."""

    scope: Literal["founders", "contact", "profile", "all"]
    recipient: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    given_on: Day | None = None
    retain_until: Day | None = None
    note: str | None = Field(None, max_length=2000, pattern=CLEAN)


class ConsentOut(BaseModel):
    """A consent on record; it ends on the day of ``withdrawn_on``, or after ``retain_until``."""

    id: int
    startup_id: str
    scope: str
    recipient: str
    given_on: date
    withdrawn_on: date | None
    retain_until: date | None
    note: str | None


class Consents(BaseModel):
    """Consents of a startup, oldest first."""

    items: list[ConsentOut]


class LineOut(BaseModel):
    """One audit line: names of fields, never their contents."""

    at: AwareDatetime
    who: str
    role: str
    action: str
    kind: str | None
    id: str | None
    fields: list[str]
    request_id: str | None


class Lines(BaseModel):
    """Audit lines, newest first."""

    items: list[LineOut]
    limit: int
    offset: int


def make_key(visit: Admin, body: KeyBody, response: Response) -> KeyMade:
    """The secret is in this answer only."""
    response.headers["Cache-Control"] = "no-store"
    with visit.writing() as conn:
        key, secret = keys.create_key(
            conn, body.name, body.role, at=visit.at, profile_id=body.profile_id
        )
        if key.profile_id is not None:
            profiles.stored(conn, key.role, key.profile_id)
        visit.note("made key", "key", str(key.id))
    return KeyMade(**_values(key, KeyOut), secret=secret)


def list_keys(visit: Admin) -> Keys:
    """Each with its first characters, by which its owner knows it."""
    with visit.reading() as conn:
        found = keys.list_keys(conn)
        visit.note("list keys")
    return Keys(items=[KeyOut(**_values(key, KeyOut)) for key in found])


def revoke_key(visit: Admin, key_id: Number) -> Response:
    """For good; a key that was revoked before keeps its date."""
    with visit.writing() as conn:
        keys.revoke_key(conn, key_id, at=visit.at)
        visit.note("revoked key", "key", str(key_id))
    return Response(status_code=204)


def give_consent(visit: Anyone, id: str, body: ConsentBody) -> ConsentOut:
    """By the startup, or by an officer who holds it in writing."""
    with visit.writing() as conn:
        may_write(visit, conn, "startup", id)
        profiles.stored(conn, "startup", id)
        _check_recipient(conn, body.recipient)
        given = consents.give_consent(
            conn,
            id,
            body.scope,
            body.recipient,
            given_on=body.given_on or visit.at.date(),
            retain_until=body.retain_until,
            note=body.note,
        )
        visit.note("gave consent", "startup", id, (body.scope,))
    return ConsentOut(**_values(given, ConsentOut))


def list_consents(visit: Anyone, id: str) -> Consents:
    """Withdrawn and ended ones too."""
    with visit.reading() as conn:
        may_write(visit, conn, "startup", id)
        profiles.stored(conn, "startup", id)
        found = consents.consents_of(conn, id)
        visit.note("read consents", "startup", id)
    return Consents(items=[ConsentOut(**_values(one, ConsentOut)) for one in found])


def withdraw_consent(visit: Anyone, id: str, consent_id: Number) -> ConsentOut:
    """From today on; the record stays."""
    with visit.writing() as conn:
        may_write(visit, conn, "startup", id)
        if consent_id not in (one.id for one in consents.consents_of(conn, id)):
            raise NotFound(path=f"startups/{id}/consents/{consent_id}")
        ended = consents.withdraw_consent(conn, consent_id, on=visit.at.date())
        visit.note("withdrew consent", "startup", id, (ended.scope,))
    return ConsentOut(**_values(ended, ConsentOut))


def read_audit(
    visit: Officer,
    who: Annotated[str | None, Query(max_length=300)] = None,
    kind: Annotated[str | None, Query(max_length=20)] = None,
    id: Annotated[str | None, Query(max_length=80)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0, le=ALL)] = 0,
) -> Lines:
    """Who saw and changed what: of one person, or about one profile."""
    check_page(visit, limit)
    with visit.reading() as conn:
        found = audit.read_audit(conn, who=who, kind=kind, id=id, limit=limit, offset=offset)
        visit.note("read audit")
    items = [LineOut(**_values(line, LineOut)) for line in found]
    return Lines(items=items, limit=limit, offset=offset)


def _check_recipient(conn: Connection, recipient: str) -> None:
    """Refuse a recipient that nobody could be."""
    if recipient != consents.EVERYONE and not knows("country", recipient):
        profiles.stored(conn, "incubator", recipient)


def _values(value: object, form: type[BaseModel]) -> dict[str, Any]:
    """The contents of a value under the names of a form."""
    contents = {name: getattr(value, name) for name in form.model_fields}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in contents.items()}
