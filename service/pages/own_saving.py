"""Keeps what a startup says of itself: its first profile, bound to its account, and every edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi.exceptions import RequestValidationError

from data import accounts, drafts, history, profiles
from data.engines import Connection
from data.folding import slug
from data.texts import ErrorText, Texts
from matcher.errors import CauNoiError, InvalidField, Stale
from matcher.profile import Startup
from service.matches_api import UNSAVED
from service.pages.doors import PageVisit
from service.pages.own_asks import ASKS, NEEDED, answer_of
from service.pages.posted import Posted
from service.problems import as_ours
from service.profile_forms import Body, merged, validated
from service.profiles_api import by_asker, changed_fields, given
from service.security import may_write

LONGEST_ID = 60
"""Characters of an id made of a name; the rest of 80 is for a number that tells two apart."""


class Faulty(Exception):
    """Answers that do not hold: the fault of each field."""

    def __init__(self, faults: dict[str, CauNoiError]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults

    def said(self, texts: Texts) -> dict[str, ErrorText]:
        """Each fault in words, beside its question."""
        return {field: _said(field, error, texts) for field, error in self.faults.items()}


def _said(field: str, error: CauNoiError, texts: Texts) -> ErrorText:
    """A fault as its question would put it; as the error itself where the question has no word."""
    text = texts.error(error)
    if not isinstance(error, InvalidField):
        return text
    kind = ASKS[field].kind if field in ASKS else "line"
    key = f"registering.fault.{kind if error.facts['value'] else 'missing'}"
    return ErrorText(text.title, texts.page(key), "") if key in texts.page_keys else text


@dataclass(frozen=True, slots=True)
class Own:
    """The profile of an account in its version, or None and 0 before it has registered one."""

    profile: Startup | None
    version: int


def own_of(visit: PageVisit) -> Own:
    """What the account has registered; raises ProfileNotFound where that was deleted."""
    if visit.account.profile_id is None:
        return Own(None, 0)
    with visit.reading() as conn:
        present = profiles.stored(conn, "startup", visit.profile_id)
        visit.note("read", "startup", visit.profile_id)
    return Own(cast(Startup, present.profile), present.version)


def patch_of(form: Posted, fields: Sequence[str], lang: str) -> Body:
    """What a form says of these fields, as a merge patch of the profile."""
    return {field: answer_of(ASKS[field], form, lang) for field in fields}


def trial_of(patch: Body) -> Startup:
    """A profile that is not kept, of as much of a half-filled form as holds."""
    body = {"id": UNSAVED, "name": "–"} | _known(patch)
    try:
        return _built(body)
    except Faulty as faulty:
        held = {name: value for name, value in body.items() if name not in faulty.faults}
        return _built({"id": UNSAVED, "name": "–"} | held)


def register(visit: PageVisit, patch: Body, form: str) -> Startup:
    """Keep a first profile under a new id, bind the account to it and forget the draft.

    Raises
    ------
    Faulty
        With every answer that is missing or does not hold.
    Stale
        Where the account has registered one meanwhile.
    """
    _check_needed(patch)
    first = {"source_kind": "own", "as_of": visit.at.date().isoformat()}
    _built({"id": UNSAVED} | first | _known(patch))
    with visit.writing() as conn:
        account = accounts.get(conn, visit.account.id)
        if account.profile_id is not None:
            version = profiles.version_of(conn, "startup", account.profile_id)
            raise Stale(id=account.profile_id, version=version)
        id = _new_id(conn, str(patch["name"]))
        profile = by_asker(visit, _built({"id": id} | first | _known(patch)), None)
        profiles.put(conn, profile, who=visit.who, at=visit.at, create=True)
        accounts.change(conn, account.id, profile_id=id)
        drafts.drop(conn, account.id, form)
        visit.note("added", "startup", id, tuple(given(profile)))
    return cast(Startup, profile)


def amend(visit: PageVisit, patch: Body, version: int, form: str) -> None:
    """Keep an edit of the own profile that rests on a version, and forget the draft.

    Raises
    ------
    Faulty
        With every answer that does not hold.
    Stale
        Where the profile has changed since.
    """
    with visit.writing() as conn:
        may_write(visit, conn, "startup", visit.profile_id)
        present = profiles.stored(conn, "startup", visit.profile_id)
        edited = _built(merged(given(present.profile), patch))
        if present.version != version:
            raise Stale(id=visit.profile_id, version=present.version)
        profile = by_asker(visit, edited, present.profile)
        kept = profiles.put(conn, profile, who=visit.who, at=visit.at)
        drafts.drop(conn, visit.account.id, form)
        if kept.changed:
            fields = changed_fields(present.profile, profile)
            visit.note("changed", "startup", visit.profile_id, fields)


def _check_needed(patch: Body) -> None:
    lacking = [field for field in NEEDED if not patch.get(field)]
    products = [field for field in patch if field.startswith("product_")]
    if products and not any(patch[field] for field in products):
        lacking += products
    if lacking:
        raise Faulty({f: InvalidField(field=f, value="", expected="a value") for f in lacking})


def _built(body: Body) -> Startup:
    """A startup of a body; raises Faulty with the first fault of each field."""
    try:
        return cast(Startup, validated("startup", body))
    except RequestValidationError as error:
        faults: dict[str, CauNoiError] = {}
        for fault in error.errors():
            faults.setdefault(str(fault["loc"][1]), as_ours(fault))
        raise Faulty(faults) from None


def _known(patch: Body) -> dict[str, Any]:
    return {name: value for name, value in patch.items() if value is not None}


def _new_id(conn: Connection, name: str) -> str:
    """An id that no profile has or had."""
    base = slug(name, LONGEST_ID) or "startup"
    used = history.ids_ever_used(conn, "startup", base) | {UNSAVED}
    if base not in used:
        return base
    return next(id for number in range(2, len(used) + 3) if (id := f"{base}-{number}") not in used)
