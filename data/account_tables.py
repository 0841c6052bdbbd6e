"""The tables of people who sign in, and of what they leave half done; see ``tables.py``."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from data.tables import METADATA, Instant

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("profile_id", String(80)),
    Column("password", String(200)),
    Column("lang", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("signed_in_at", Instant),
    Column("totp", String(64)),
    Column("totp_last", Integer),
    Column("recovery", JSON),
    Unique("email"),
    Index(None, "profile_id"),
    sqlite_autoincrement=True,
)
"""``email`` is folded; ``password`` is a slow hash, NULL until its owner has chosen one; ``totp``
is the secret of a second factor, NULL without one, ``totp_last`` the last time step of which a code
was used, ``recovery`` the hashes of the recovery codes that are left."""

LINKS = Table(
    "links",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("account_id", Integer, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "account_id"),
)
"""One-time links by which an account's owner chooses a password; ``digest`` is of the secret."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("digest_before", String(64)),
    Column("csrf", String(64), nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("renewed_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("browser", String(80)),
    Unique("digest"),
    Index(None, "digest_before"),
    Index(None, "account_id"),
    sqlite_autoincrement=True,
)
"""Who is signed in; ``digest_before`` is of the secret before the last renewal, good for a moment
longer, since a page's requests run side by side."""

DRAFTS = Table(
    "drafts",
    METADATA,
    Column("account_id", Integer, primary_key=True),
    Column("form", String(40), primary_key=True),
    Column("body", JSON, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
"""What somebody has typed into a long form so far."""

WISHES = Table(
    "wishes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("startup_id", String(80), nullable=False),
    Column("programme_id", String(80), nullable=False),
    Column("wish", String(20), nullable=False),
    Column("why", Text),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "startup_id"),
    Index(None, "programme_id"),
    sqlite_autoincrement=True,
)
"""What startups themselves say of programmes; the latest of a pair counts."""

QUESTIONS = Table(
    "questions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("startup_id", String(80), nullable=False),
    Column("programme_id", String(80), nullable=False),
    Column("rule", String(40), nullable=False),
    Column("ask", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_at", Instant),
    Index(None, "startup_id"),
    Index(None, "programme_id"),
    sqlite_autoincrement=True,
)
"""Open questions of a match that an officer has put to a startup or a programme."""

UPLOADS = Table(
    "uploads",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("corrections", JSON, nullable=False),
    Column("loaded_at", Instant),
    Column("undone_at", Instant),
    Column("changed", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""Files on their way in: how their columns are read, the cells corrected in place, and which
profiles in which versions a load has changed, so that it can be undone."""

FEEDS = Table(
    "feeds",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("account_id", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended", Boolean, nullable=False),
    Index(None, "account_id"),
)
"""Secret addresses of calendars that a calendar programme reads without signing in."""
