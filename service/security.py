"""Who asks, what they may do, and what of a profile they may see; with an audit line for each.

Roles: ``admin`` may do everything; ``officer`` everything but keys; ``startup`` reads and writes
its own profile, its matches and its consents, and reads programmes; ``incubator`` reads and writes
its own profile and partners, and reads programmes and the startups that consented to it, with
their matches. Profiles that a key must not know of are not found for it, whether they exist or not.

Personal fields go out to the owner, and to others only under a consent on record. An officer of
the city is one of the others: a consent to everyone or to Viet Nam names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from data.accounts import Account
from data.audit import AuditLine, write_audit
from data.bodies import class_of
from data.consents import consenting_startups, scopes_granted
from data.engines import Connection, Engine, reading, transaction
from data.keys import Key, identify, note_use, use_is_due
from data.profiles import get_many
from data.texts import Texts
from matcher.errors import ProfileNotFound, RoleForbids, Unidentified
from matcher.profile import Profile, forms
from service.chances import ChanceBook
from service.jobs import Jobs
from service.learning import Learning
from service.matchmaking import Matchmaker
from service.metrics import Metrics
from service.opening import HOME
from service.problems import language_of
from service.rounds import Rounds
from service.settings import Settings

OFFICERS = frozenset({"officer", "admin"})
PERSONAL_SCOPES = ("founders", "contact")
"""Consent scopes that let personal fields out."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What an application is made of."""

    settings: Settings
    engine: Engine
    matchmaker: Matchmaker
    metrics: Metrics
    now: Callable[[], datetime]
    rounds: Rounds
    jobs: Jobs
    learning: Learning
    chances: ChanceBook


@dataclass(slots=True)
class Visit:
    """One request of one known caller: who asks, in which language, and what is noted of it.

    Its two doors to the database are entered inside the route, so that a transaction is opened,
    used and ended by one thread and never waits for another to be free.
    """

    parts: Installed
    key: Key | Account
    texts: Texts
    at: datetime
    request_id: str
    lines: list[AuditLine] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Name of the caller in histories and audit lines."""
        return self.key.label

    @property
    def is_officer(self) -> bool:
        """Whether the caller works on all data."""
        return self.key.role in OFFICERS

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read, then write the audit lines: what cannot be noted is not shown."""
        with reading(self.parts.engine) as conn:
            yield conn
        self.write_lines()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write, with the audit lines in the same transaction."""
        with transaction(self.parts.engine) as conn:
            yield conn
            self._write_lines(conn)

    def write_lines(self) -> None:
        """Write the audit lines in a transaction of their own."""
        if self.lines or self._use_is_due():
            with transaction(self.parts.engine) as conn:
                self._write_lines(conn)

    def _write_lines(self, conn: Connection) -> None:
        if isinstance(self.key, Key):
            note_use(conn, self.key, at=self.at)
        write_audit(conn, *self.lines)
        self.lines.clear()

    def _use_is_due(self) -> bool:
        return isinstance(self.key, Key) and use_is_due(self.key, self.at)

    def note(
        self,
        action: str,
        kind: str | None = None,
        id: str | None = None,
        fields: tuple[str, ...] = (),
    ) -> None:
        """Note what the caller saw or did, for the audit."""
        who, role = self.who, self.key.role
        self.lines.append(AuditLine(self.at, who, role, action, kind, id, fields, self.request_id))

    def owns(self, kind: str, profile_id: str) -> bool:
        """Whether a profile is the caller's own."""
        return self.key.role == kind and self.key.profile_id == profile_id


BEARER = HTTPBearer(scheme_name="Key", description="Authorization: Bearer cn_…", auto_error=False)
HEADER = APIKeyHeader(
    name="X-API-Key", scheme_name="KeyHeader", description="X-API-Key: cn_…", auto_error=False
)
Lang = Literal["vi", "en"]


def visit_of(
    request: Request,
    response: Response,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    header: Annotated[str | None, Depends(HEADER)],
    lang: Annotated[
        Lang | None, Query(description="Language of the answer; else Accept-Language. / Ngôn ngữ")
    ] = None,
) -> Visit:
    """Identify the caller; raises Unidentified."""
    parts: Installed = request.app.state.parts
    secret = bearer.credentials if bearer else header
    if not secret:
        raise Unidentified
    at = parts.now()
    with reading(parts.engine) as conn:
        key = identify(conn, secret, at=at)
    request.state.role = key.role
    texts = Texts(lang or language_of(request))
    response.headers["Content-Language"] = texts.lang
    return Visit(parts, key, texts, at, request.state.request_id)


def only(*roles: str) -> Callable[[Visit], Visit]:
    """Let only these roles and the admin through; the first one is named to those refused."""

    def allowed(visit: Annotated[Visit, Depends(visit_of)]) -> Visit:
        require(visit, *roles)
        return visit

    return allowed


def require(visit: Visit, *roles: str) -> None:
    """Refuse a caller of another role; raises RoleForbids."""
    if visit.key.role not in (*roles, "admin"):
        raise RoleForbids(role=visit.key.role, needed=roles[0])


Anyone = Annotated[Visit, Depends(visit_of)]
Officer = Annotated[Visit, Depends(only("officer"))]
Admin = Annotated[Visit, Depends(only("admin"))]


def may_list(visit: Visit, kind: str) -> None:
    """Refuse a kind of profiles of which the caller may see none; raises RoleForbids."""
    if kind == "incubator":
        require(visit, "officer", "incubator")


def may_read(visit: Visit, conn: Connection, kind: str, profile_id: str) -> None:
    """Refuse to show a profile; raises ProfileNotFound, or RoleForbids for a whole kind."""
    may_list(visit, kind)
    if visit.is_officer or kind == "programme" or visit.owns(kind, profile_id):
        return
    if kind != "startup" or profile_id not in readable_startups(visit, conn, profile_id):
        raise ProfileNotFound(kind=kind, id=profile_id, nearest=())


def may_write(visit: Visit, conn: Connection, kind: str, profile_id: str) -> None:
    """Refuse to change a profile; raises ProfileNotFound where the caller must not know of it."""
    if visit.is_officer or visit.owns(kind, profile_id):
        return
    may_read(visit, conn, kind, profile_id)
    raise RoleForbids(role=visit.key.role, needed="officer")


def may_create(visit: Visit, kind: str, profile_id: str) -> None:
    """Refuse to add a profile: officers add any, others only the one that their key stands for."""
    if not visit.is_officer and not visit.owns(kind, profile_id):
        raise RoleForbids(role=visit.key.role, needed="officer")


def readable_startups(
    visit: Visit, conn: Connection, profile_id: str | None = None
) -> frozenset[str]:
    """Ids of the startups that a caller other than an officer may read; of one, if it is named."""
    own = visit.key.profile_id or ""
    if visit.key.role == "startup":
        return frozenset({own})
    names, on = recipients_of(visit, conn), visit.at.date()
    if profile_id is None:
        return consenting_startups(conn, "profile", names, on=on)
    granted = scopes_granted(conn, profile_id, names, on=on)
    return frozenset({profile_id}) if "profile" in granted else frozenset()


def recipients_of(visit: Visit, conn: Connection) -> tuple[str, ...]:
    """The caller's names in a consent: its country, and for an incubator its id before it."""
    if visit.is_officer:
        return (HOME,)
    if visit.key.role != "incubator" or visit.key.profile_id is None:
        return ()
    own: Any = get_many(conn, "incubator", [visit.key.profile_id]).get(visit.key.profile_id)
    return (visit.key.profile_id, own.country) if own else (visit.key.profile_id,)


def scope_of(field_name: str) -> str:
    """The consent scope that a personal field needs."""
    return "founders" if field_name == "founders" else "contact"


def personal_fields(kind: str) -> tuple[str, ...]:
    """The personal fields of a kind of profile."""
    return tuple(f.name for f in forms(class_of(kind)).values() if f.personal)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a caller sees of the personal fields: all of its own, of others what they consented."""

    visit: Visit
    kind: str
    granted: dict[str, frozenset[str]]

    def hidden(self, profile: Profile) -> tuple[str, ...]:
        """Personal fields that hold something but must not be shown."""
        return tuple(n for n in self._held(profile) if not self._open(profile.id, n))

    def personal(self, profile: Profile) -> tuple[str, ...]:
        """Personal fields that hold something and are shown."""
        return tuple(n for n in self._held(profile) if self._open(profile.id, n))

    def _held(self, profile: Profile) -> Iterator[str]:
        names = personal_fields(self.kind)
        return (name for name in names if getattr(profile, name) is not None)

    def _open(self, profile_id: str, name: str) -> bool:
        if self.visit.owns(self.kind, profile_id):
            return True
        return self.kind == "startup" and profile_id in self.granted[scope_of(name)]


def sight_of(visit: Visit, conn: Connection, kind: str, profile_id: str | None = None) -> Sight:
    """What the caller sees of one profile, or of all of a kind."""
    names, on = recipients_of(visit, conn), visit.at.date()
    if kind != "startup" or visit.key.role == "startup":
        return Sight(visit, kind, dict.fromkeys(PERSONAL_SCOPES, frozenset()))
    if profile_id is None:
        found = {s: consenting_startups(conn, s, names, on=on) for s in PERSONAL_SCOPES}
        return Sight(visit, kind, found)
    scopes = scopes_granted(conn, profile_id, names, on=on)
    one, none = frozenset({profile_id}), frozenset[str]()
    return Sight(visit, kind, {s: one if s in scopes else none for s in PERSONAL_SCOPES})
