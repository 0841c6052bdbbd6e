"""Consents of startups to show personal fields: to whom, what, from when to when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from data.tables import CONSENTS
from matcher.errors import NotFound, UnknownCode

SCOPES = ("founders", "contact", "profile", "all")
EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent: its scope, and its recipient (``*``, a country's ISO code, or an incubator's id).

    It holds from ``given_on`` until the day before ``withdrawn_on``, and to ``retain_until`` at
    the latest.
    """

    id: int
    startup_id: str
    scope: str
    recipient: str
    given_on: date
    withdrawn_on: date | None = None
    retain_until: date | None = None
    note: str | None = None


def give_consent(
    conn: Connection,
    startup_id: str,
    scope: str,
    recipient: str,
    *,
    given_on: date,
    retain_until: date | None = None,
    note: str | None = None,
) -> Consent:
    """Record a consent; raises UnknownCode for an unknown scope."""
    if scope not in SCOPES:
        raise UnknownCode(field="scope", value=scope, known=SCOPES)
    values: dict[str, Any] = {
        "startup_id": startup_id,
        "scope": scope,
        "recipient": recipient,
        "given_on": given_on,
        "retain_until": retain_until,
        "note": note,
    }
    number = conn.execute(insert(CONSENTS).values(values).returning(CONSENTS.c.id)).scalar_one()
    return Consent(id=number, **values)


def withdraw_consent(conn: Connection, consent_id: int, *, on: date) -> Consent:
    """Withdraw a consent from a day on; a withdrawn one keeps its day. Raises NotFound."""
    conn.execute(
        update(CONSENTS)
        .where(CONSENTS.c.id == consent_id, CONSENTS.c.withdrawn_on.is_(None))
        .values(withdrawn_on=on)
    )
    return _by_id(conn, consent_id)


def consents_of(conn: Connection, startup_id: str) -> tuple[Consent, ...]:
    """Return every consent of a startup, withdrawn and expired ones too, oldest first."""
    query = select(CONSENTS).where(CONSENTS.c.startup_id == startup_id)
    return tuple(map(_consent, conn.execute(query.order_by(CONSENTS.c.id))))


def scopes_granted(
    conn: Connection, startup_id: str, recipients: Collection[str], *, on: date
) -> frozenset[str]:
    """Return what a startup lets any of these recipients see on a day.

    ``recipients`` names the one who asks in every way it may be named: its id, its country. The
    scope ``all`` is returned as all the scopes that it stands for.
    """
    held = and_(CONSENTS.c.startup_id == startup_id, _holds(recipients, on))
    scopes = frozenset(conn.execute(select(CONSENTS.c.scope).where(held)).scalars())
    return frozenset(SCOPES) if "all" in scopes else scopes


def consenting_startups(
    conn: Connection, scope: str, recipients: Collection[str], *, on: date
) -> frozenset[str]:
    """Return the ids of all startups that let any of these recipients see this scope on a day."""
    in_scope = CONSENTS.c.scope.in_((scope, "all"))
    query = select(CONSENTS.c.startup_id).where(in_scope, _holds(recipients, on))
    return frozenset(conn.execute(query).scalars())


def _holds(recipients: Collection[str], on: date) -> ColumnElement[bool]:
    c = CONSENTS.c
    return and_(
        c.recipient.in_((*recipients, EVERYONE)),
        c.given_on <= on,
        or_(c.withdrawn_on.is_(None), c.withdrawn_on > on),
        or_(c.retain_until.is_(None), c.retain_until >= on),
    )


def _by_id(conn: Connection, consent_id: int) -> Consent:
    row = conn.execute(select(CONSENTS).where(CONSENTS.c.id == consent_id)).one_or_none()
    if row is None:
        raise NotFound(path=f"consents/{consent_id}")
    return _consent(row)


def _consent(row: Row[Any]) -> Consent:
    return Consent(**row._mapping)
