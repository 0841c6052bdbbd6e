"""Commands about people who sign in: invite, list, make a new link, shut out, let in again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.text import Text

from data import accounts, links, second_factors, sessions
from data.accounts import Account
from data.audit import AuditLine, write_audit
from data.engines import Connection, transaction
from matcher.errors import NotFound
from service.desk import AsJson, Desk, Lang, desk
from service.inviting import first_link, invite
from service.opening import now, wire_engine

BY = "command line"

accounts_app = typer.Typer(help="People who sign in: invite, list, shut out.", no_args_is_help=True)


@accounts_app.command("invite")
def invite_account(
    email: Annotated[str, typer.Argument(help="Address by which the person signs in.")],
    name: Annotated[str, typer.Option(help="Name of the person.")],
    role: Annotated[str, typer.Option(help="officer, startup, incubator or admin.")] = "officer",
    profile: Annotated[
        str | None, typer.Option(help="Id of the startup or incubator that the person acts for.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Make an account and print its one-time link, which is shown once."""
    at = desk(as_json, lang)
    with transaction(wire_engine(at.settings)) as conn:
        account, secret = invite(
            conn, email, name, role, profile_id=profile, lang=at.texts.lang, by=BY, at=now()
        )
        _note(conn, account, "invited")
    _show_link(at, account, secret)


@accounts_app.command("link")
def new_link(
    email: Annotated[str, typer.Argument(help="Address of the account.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Make a new one-time link for somebody who lost theirs or forgot the password."""
    at = desk(as_json, lang)
    with _changing(at, email, "made a link") as (conn, found):
        secret = links.make(conn, found.id, by=BY, at=now())
    _show_link(at, found, secret)


@accounts_app.command("list")
def list_accounts(as_json: AsJson = False, lang: Lang = None) -> None:
    """Every account, with its role and whether its owner came in yet."""
    at = desk(as_json, lang)
    with transaction(wire_engine(at.settings)) as conn:
        found = accounts.everyone(conn)
    if at.as_json:
        at.show({"items": [account_out(account) for account in found]})
    else:
        _print(at, found)


@accounts_app.command("disable")
def disable(
    email: Annotated[str, typer.Argument(help="Address of the account.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Shut an account out at once; its sessions and links end."""
    _set_disabled(desk(as_json, lang), email, disabled=True)


@accounts_app.command("enable")
def enable(
    email: Annotated[str, typer.Argument(help="Address of the account.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Let an account in again."""
    _set_disabled(desk(as_json, lang), email, disabled=False)


@accounts_app.command("reset-factor")
def reset_factor(
    email: Annotated[str, typer.Argument(help="Address of the account.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Take the second factor off for somebody who lost it; their sessions end."""
    at = desk(as_json, lang)
    with _changing(at, email, "took a second factor off") as (conn, found):
        second_factors.remove(conn, found.id)
        sessions.end_all(conn, found.id)
        account = accounts.get(conn, found.id)
    _show(at, account)


def _set_disabled(at: Desk, email: str, *, disabled: bool) -> None:
    with _changing(at, email, "disabled" if disabled else "enabled") as (conn, found):
        account = accounts.change(conn, found.id, disabled_at=now() if disabled else None)
        if disabled:
            sessions.end_all(conn, account.id)
            links.end_all(conn, account.id, at=now())
    _show(at, account)


@contextmanager
def _changing(at: Desk, email: str, did: str) -> Iterator[tuple[Connection, Account]]:
    """The account of an address, in a transaction that also writes the audit line of what is done.

    Raises NotFound.
    """
    with transaction(wire_engine(at.settings)) as conn:
        found = accounts.by_email(conn, accounts.folded(email))
        if found is None:
            raise NotFound(path=f"accounts/{email}")
        yield conn, found
        _note(conn, found, did)


def _note(conn: Connection, account: Account, did: str) -> None:
    write_audit(conn, AuditLine(now(), BY, "admin", did, "account", str(account.id)))


def _show(at: Desk, account: Account) -> None:
    if at.as_json:
        at.show(account_out(account))
    else:
        _print(at, (account,))


def first_sign_in(at: Desk, url: str) -> None:
    """Print how the first officer comes in, where nobody has an account yet."""
    with transaction(wire_engine(at.settings)) as conn:
        secret = first_link(conn, at=now())
    if secret is None:
        at.console.print(at.texts.screen("serve.sign_in", url=f"{url}/"))
    else:
        told = at.texts.screen("serve.first_sign_in", url=f"{url}/link/{secret}")
        at.console.print(Text(told, style="bold green"), soft_wrap=True)


def account_out(account: Account) -> dict[str, object]:
    """An account for programs; never its password."""
    moments = {n: getattr(account, n) for n in ("created_at", "disabled_at", "signed_in_at")}
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "profile_id": account.profile_id,
        "lang": account.lang,
        "second_factor": account.has_factor,
        **{name: None if at is None else at.isoformat() for name, at in moments.items()},
    }


def _print(at: Desk, found: Sequence[Account]) -> None:
    """Print what is known of accounts, as a table."""
    say = at.texts.screen
    if not found:
        at.console.print(say("accounts.empty"))
        return
    table = at.terminal.table(
        "id", "accounts.email", "accounts.person", "keys.role", "accounts.state"
    )
    for one in found:
        state = "disabled" if one.disabled_at else "came" if one.signed_in_at else "invited"
        table.add_row(str(one.id), one.email, one.name, one.role, say(f"accounts.{state}"))
    at.console.print(table)


def _show_link(at: Desk, account: Account, secret: str) -> None:
    url = f"http://{at.settings.host}:{at.settings.port}/link/{secret}"
    if at.as_json:
        at.show(account_out(account) | {"link": url})
        return
    told = at.texts.screen("accounts.link", name=account.name, url=url)
    at.console.print(Text(told, style="bold green"), soft_wrap=True)
    hours = int(links.GOOD_FOR.total_seconds() // 3600)
    at.console.print(at.texts.screen("accounts.link_once", hours=hours))
