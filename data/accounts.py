"""People who sign in: who they are, for whom they act, and how often they failed to get in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from data.account_tables import ACCOUNTS
from data.keys import BOUND_ROLES, ROLES
from matcher.errors import AccountExists, InvalidField, NotFound, UnknownCode

FAILURES_BEFORE_LOCK = 10
LOCK = timedelta(minutes=15)
"""How long nobody gets into an account after so many failures in a row."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an account; never its password, nor the secret of its second factor."""

    id: int
    email: str
    name: str
    role: str
    profile_id: str | None
    lang: str
    created_at: datetime
    disabled_at: datetime | None = None
    failures: int = 0
    locked_until: datetime | None = None
    signed_in_at: datetime | None = None
    has_factor: bool = False

    @property
    def label(self) -> str:
        """Its name in histories and audit lines."""
        return f"{self.name} <{self.email}>"

    def is_locked(self, at: datetime) -> bool:
        """Whether too many failures keep everybody out at this moment."""
        return self.locked_until is not None and at < self.locked_until


def folded(email: str) -> str:
    """An address as it is compared: NFC, without spaces around it, in lower case.

    Raises InvalidField for what is no address.
    """
    given = unicodedata.normalize("NFC", email).strip()
    try:
        return validate_email(given, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise InvalidField(field="email", value=given[:80], expected="name@domain.vn") from None


def create(
    conn: Connection,
    email: str,
    name: str,
    role: str,
    *,
    lang: str,
    at: datetime,
    profile_id: str | None = None,
    password: str | None = None,
) -> Account:
    """Make an account; ``password`` is a hash, or None until its owner chooses one.

    A startup's account may be without its profile until that is registered.

    Raises
    ------
    UnknownCode
        For a role that is not known.
    InvalidField
        For an address or a name that cannot be, an incubator's account without its profile, or an
        officer's with one.
    AccountExists
        If another account has this address.
    """
    if role not in ROLES:
        raise UnknownCode(field="role", value=role, known=ROLES)
    bound = profile_id is not None
    if (role not in BOUND_ROLES and bound) or (role == "incubator" and not bound):
        expected = "an id" if role in BOUND_ROLES else "no id for this role"
        raise InvalidField(field="profile_id", value=profile_id or "", expected=expected)
    address, called = folded(email), _called(name)
    if by_email(conn, address) is not None:
        raise AccountExists(email=address)
    values: dict[str, Any] = {
        "email": address,
        "name": called,
        "role": role,
        "profile_id": profile_id,
        "lang": lang,
        "created_at": at,
        "failures": 0,
    }
    number = conn.execute(
        insert(ACCOUNTS).values(password=password, **values).returning(ACCOUNTS.c.id)
    ).scalar_one()
    return Account(id=number, **values)


def get(conn: Connection, account_id: int) -> Account:
    """An account by its number; raises NotFound."""
    row = conn.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(path=f"accounts/{account_id}")
    return _account(row)


def by_email(conn: Connection, address: str) -> Account | None:
    """The account of a folded address, or None."""
    row = conn.execute(select(ACCOUNTS).where(ACCOUNTS.c.email == address)).one_or_none()
    return None if row is None else _account(row)


def password_of(conn: Connection, account_id: int) -> str | None:
    """The hash of an account's password, None where none was chosen."""
    query = select(ACCOUNTS.c.password).where(ACCOUNTS.c.id == account_id)
    kept: str | None = conn.execute(query).scalar_one_or_none()
    return kept


def everyone(conn: Connection) -> tuple[Account, ...]:
    """Every account, disabled ones too, in the order they were made."""
    return tuple(map(_account, conn.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.id))))


def count(conn: Connection) -> int:
    """How many accounts there are."""
    return conn.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one()


def change(conn: Connection, account_id: int, **values: Any) -> Account:
    """Change some of ``name``, ``lang``, ``password``, ``profile_id`` and ``disabled_at``.

    Raises InvalidField for a name that cannot be.
    """
    if "name" in values:
        values["name"] = _called(values["name"])
    strange = set(values) - {"name", "lang", "password", "profile_id", "disabled_at"}
    if strange:
        raise ValueError(f"not to be changed: {sorted(strange)}")
    conn.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(**values))
    return get(conn, account_id)


def acting_for(conn: Connection, role: str, profile_id: str) -> tuple[Account, ...]:
    """Every account that stands for a profile, disabled ones too."""
    mine = (ACCOUNTS.c.role == role, ACCOUNTS.c.profile_id == profile_id)
    return tuple(map(_account, conn.execute(select(ACCOUNTS).where(*mine).order_by(ACCOUNTS.c.id))))


def remove(conn: Connection, account_id: int) -> None:
    """Remove an account for good; what hangs on it is removed by whoever asks for this."""
    conn.execute(delete(ACCOUNTS).where(ACCOUNTS.c.id == account_id))


def note_failure(conn: Connection, account: Account, *, at: datetime) -> Account:
    """Count a failure to get in; after :data:`FAILURES_BEFORE_LOCK` in a row, lock for a while.

    Counts from what is kept now: of failures side by side none is lost.
    """
    kept = get(conn, account.id)
    failures = kept.failures + 1
    locked = locked_after(failures, at) or kept.locked_until
    conn.execute(
        update(ACCOUNTS)
        .where(ACCOUNTS.c.id == account.id)
        .values(failures=failures, locked_until=locked)
    )
    return get(conn, account.id)


def locked_after(failures: int, at: datetime) -> datetime | None:
    """Until when so many failures in a row, the last one now, keep everybody out; None: not."""
    return at + LOCK if failures % FAILURES_BEFORE_LOCK == 0 else None


def note_success(conn: Connection, account: Account, *, at: datetime) -> None:
    """Note that the owner got in; failures are forgotten."""
    conn.execute(
        update(ACCOUNTS)
        .where(ACCOUNTS.c.id == account.id)
        .values(failures=0, locked_until=None, signed_in_at=at)
    )


def _called(name: str) -> str:
    """A name as it is kept; raises InvalidField."""
    called = unicodedata.normalize("NFC", name).strip()
    if not called or len(called) > 200:
        raise InvalidField(field="name", value=called[:80], expected="1–200")
    return called


def _account(row: Row[Any]) -> Account:
    known = {n: v for n, v in row._mapping.items() if n in Account.__slots__}
    return Account(**known, has_factor=row.totp is not None)
