"""Second factors of accounts: the secret of the codes, the last one used, and what is left to
recover by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, null, or_, select, update

from data.account_tables import ACCOUNTS


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor; ``recovery`` are hashes of the codes that were not used yet."""

    secret: str
    recovery: tuple[str, ...]


def of_account(conn: Connection, account_id: int) -> Factor | None:
    """The second factor of an account, None without one."""
    query = select(ACCOUNTS.c.totp, ACCOUNTS.c.recovery).where(ACCOUNTS.c.id == account_id)
    row = conn.execute(query).one_or_none()
    if row is None or row.totp is None:
        return None
    return Factor(row.totp, tuple(row.recovery or ()))


def keep(
    conn: Connection, account_id: int, secret: str, *, step: int, recovery: Collection[str]
) -> None:
    """Give an account a second factor, whose code of a time step was just used."""
    values = {"totp": secret, "totp_last": step, "recovery": list(recovery)}
    conn.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(values))


def keep_recovery(conn: Connection, account_id: int, recovery: Collection[str]) -> None:
    """Put other recovery codes in the place of all that were left."""
    mine = ACCOUNTS.c.id == account_id
    conn.execute(update(ACCOUNTS).where(mine).values(recovery=list(recovery)))


def remove(conn: Connection, account_id: int) -> None:
    """Take an account's second factor off, and its recovery codes."""
    nothing = {"totp": None, "totp_last": None, "recovery": null()}
    conn.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(nothing))


def use_step(conn: Connection, account_id: int, step: int) -> bool:
    """Use up the code of a time step; False where it, or that of a later step, was used before."""
    unused = or_(ACCOUNTS.c.totp_last.is_(None), ACCOUNTS.c.totp_last < step)
    mine = (ACCOUNTS.c.id == account_id, ACCOUNTS.c.totp.is_not(None), unused)
    return bool(conn.execute(update(ACCOUNTS).where(*mine).values(totp_last=step)).rowcount)


def use_recovery(conn: Connection, account_id: int, digest: str) -> bool:
    """Use up a recovery code by its hash; False where it is none, or was used before."""
    factor = of_account(conn, account_id)
    if factor is None or digest not in factor.recovery:
        return False
    keep_recovery(conn, account_id, [one for one in factor.recovery if one != digest])
    return True
