"""All that is kept about a startup and its account, as a document and as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from data import audit, consents, decisions, history, profiles, questions, wishes
from data.accounts import Account
from data.audit import AuditLine
from data.bodies import body_of
from data.consents import Consent
from data.decisions import Decision
from data.engines import Connection
from data.history import Edition
from data.questions import Question
from data.reports.paper import WIDTH, Line, Paper, TableColumn
from data.texts import Texts
from data.wishes import Wish
from matcher.profile import Startup, forms

MOST_LINES = 100_000
"""Audit lines of one download."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything on record about one account and its startup, oldest first."""

    account: Account
    profile: Startup | None
    editions: tuple[Edition, ...]
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]
    consents: tuple[Consent, ...]
    wishes: tuple[Wish, ...]
    lines: tuple[AuditLine, ...]


def kept_about(conn: Connection, account: Account) -> Kept:
    """Read it; raises ProfileNotFound where the profile was deleted."""
    mine = audit.read_audit(conn, who=account.label, limit=MOST_LINES)
    id = account.profile_id
    if id is None:
        return Kept(account, None, (), (), (), (), (), mine[::-1])
    about = audit.read_audit(conn, kind="startup", id=id, limit=MOST_LINES)
    lines = dict.fromkeys((*mine, *about), None)
    profile: Any = profiles.get(conn, "startup", id)
    return Kept(
        account,
        profile,
        history.history(conn, "startup", id)[::-1],
        decisions.decisions_about(conn, id),
        questions.of_startup(conn, id),
        consents.consents_of(conn, id),
        wishes.everything(conn, id),
        tuple(sorted(lines, key=lambda line: line.at)),
    )


def as_json(kept: Kept) -> bytes:
    """The record for programs: stable names, ISO days and moments."""
    account = kept.account
    content = {
        "account": {
            "email": account.email,
            "name": account.name,
            "language": account.lang,
            "created_at": account.created_at,
            "signed_in_at": account.signed_in_at,
        },
        "profile": None if kept.profile is None else body_of(kept.profile),
        "versions": [_edition(edition, kept) for edition in kept.editions],
        "decisions": [_fields(one, kept) for one in kept.decisions],
        "questions": [_fields(one, kept) for one in kept.questions],
        "consents": [_fields(one, kept) for one in kept.consents],
        "wishes": [_fields(one, kept) for one in kept.wishes],
        "audit": [_fields(one, kept) for one in kept.lines],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain).encode()


def as_document(kept: Kept, texts: Texts, at: datetime) -> bytes:
    """The record for people, as a DOCX."""
    account = kept.account
    title = texts.page("own.data.doc.title", name=account.name)
    paper = Paper(title, texts.lang, at.date())
    paper.add(Line(text=title, size=16, bold=True, align="left", level=1))
    paper.add(Line(text=texts.page("own.data.doc.made", at=at), italic=True))
    for name, columns, rows in _sections(kept, texts):
        paper.add(Line(text=texts.page(f"own.data.doc.{name}"), bold=True, before=10, level=2))
        if rows:
            paper.add_table(columns, rows)
        else:
            paper.add(Line(text=texts.page("own.data.doc.nothing")))
    return paper.content()


_Section = tuple[str, Sequence[TableColumn], list[tuple[str, ...]]]


def _sections(kept: Kept, texts: Texts) -> Iterator[_Section]:
    account, pair = kept.account, _columns(texts, ("about", 55), ("more", WIDTH - 55))
    own: list[tuple[str, ...]] = [
        (texts.field("name"), account.name),
        (texts.page("own.data.doc.email"), account.email),
    ]
    yield "account", pair, own
    yield "profile", pair, list(_facts(kept.profile, texts))
    columns = _columns(texts, ("at", 35), ("who", 40), ("what", 35), ("more", WIDTH - 110))
    yield (
        "versions",
        columns,
        [
            (_at(e.changed_at, texts), _name(e.changed_by), str(e.version), e.action)
            for e in kept.editions
        ],
    )
    yield (
        "decisions",
        columns,
        [
            (_at(d.at, texts), _name(d.who), d.decision, _joined(d.target_id, d.why))
            for d in kept.decisions
        ],
    )
    yield (
        "questions",
        columns,
        [
            (_at(q.at, texts), _name(q.who), texts.rule(q.rule), _joined(q.programme_id, q.answer))
            for q in kept.questions
        ],
    )
    yield (
        "consents",
        columns,
        [(texts.value(c.given_on), c.recipient, c.scope, _ended(c, texts)) for c in kept.consents],
    )
    yield (
        "wishes",
        columns,
        [(_at(w.at, texts), w.programme_id, w.wish, w.why or "") for w in kept.wishes],
    )
    yield (
        "audit",
        columns,
        [(_at(a.at, texts), _name(a.who), a.action, _joined(a.id, *a.fields)) for a in kept.lines],
    )


def _columns(texts: Texts, *named: tuple[str, float]) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(texts.page(f"own.data.doc.column.{n}"), width) for n, width in named)


def _facts(profile: Startup | None, texts: Texts) -> Iterator[tuple[str, str]]:
    """Every field with what it holds; what is unknown is said to be."""
    if profile is None:
        return
    for name in forms(Startup):
        value = getattr(profile, name)
        unknown = texts.page("own.data.doc.unknown")
        told = unknown if value is None else texts.content(Startup, name, value)
        yield texts.field(name), told


def _edition(edition: Edition, kept: Kept) -> dict[str, Any]:
    return {
        "version": edition.version,
        "changed_at": edition.changed_at,
        "changed_by": _whose(edition.changed_by, kept),
        "action": edition.action,
        "profile": body_of(edition.profile),
    }


def _fields(value: Any, kept: Kept) -> dict[str, Any]:
    """The fields of a record; other people by their name alone, without their address."""
    found = {name: getattr(value, name) for name in type(value).__slots__}
    people = ("who", "answered_by")
    return {n: _whose(v, kept) if n in people and v else v for n, v in found.items()}


def _whose(label: str, kept: Kept) -> str:
    return label if label == kept.account.label else _name(label)


def _name(label: str) -> str:
    """A person's name without the address."""
    return label.partition(" <")[0]


def _at(moment: datetime, texts: Texts) -> str:
    return texts.value(moment)


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _ended(consent: Consent, texts: Texts) -> str:
    day = consent.withdrawn_on or consent.retain_until
    return "" if day is None else f"→ {texts.value(day)}"


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
