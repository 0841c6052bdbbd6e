"""How somebody gets in: who an address and a password are, and the session that begins."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request

from data import accounts, sessions
from data.accounts import Account
from data.audit import AuditLine, write_audit
from data.engines import Connection, transaction
from data.sessions import Session
from matcher.errors import CodeWrong, InvalidField, SignInFailed, SignInNeeded, TooManyTries
from service import passwords, second_factor
from service.pages import browsers
from service.pages.doors import COOKIE, YEAR, Guest, PageVisit
from service.pages.tries import KNOWN_BROWSER, SIGN_IN, Tries, origin_of
from service.pages.user_agents import browser_of
from service.pages.waiting import Waiting

STRANGER = "–"
"""In audit lines, for whoever tries an address without an account: what was typed may be anything,
a password too."""
NOBODY = "nobody"


def identified(request: Request, guest: Guest, email: str, password: str) -> Account:
    """The account of an address and its password.

    An address without an account is answered as one with an account is, and takes as long.

    Raises
    ------
    SignInFailed
        Without telling what was wrong.
    TooManyTries
        From one place, or while the account is locked; a browser in which its owner signed in
        before counts its own tries instead.
    """
    tries: Tries = request.app.state.tries
    tries.take(SIGN_IN, origin_of(request))
    account, kept = _kept(guest, email)
    if account is None:
        passwords.fits(password, None)
        raise _strange(guest, tries, email)
    browser = browsers.known(request.cookies.get(browsers.COOKIE, ""), account.id, kept)
    if browser is not None:
        tries.take(KNOWN_BROWSER, browser)
    right = passwords.fits(password, kept)
    if browser is None and account.is_locked(guest.at):
        raise _locked()
    if not right or account.disabled_at is not None:
        _fail(guest, account, counts=browser is None)
        raise SignInFailed
    return account


def proved(request: Request, guest: Guest, waiting: Waiting, code: str) -> Account:
    """The account of somebody who waits, by a code of its second factor, which is used up.

    A wrong code counts as a wrong password does.

    Raises
    ------
    CodeWrong
        Wrong, or used before.
    SignInNeeded
        If the account was changed meanwhile, so that the password must be asked for again.
    TooManyTries
        As :func:`identified` does.
    """
    tries: Tries = request.app.state.tries
    tries.take(SIGN_IN, origin_of(request))
    if waiting.browser is not None:
        tries.take(KNOWN_BROWSER, waiting.browser)
    with transaction(guest.parts.engine) as conn:
        if accounts.password_of(conn, waiting.account_id) != waiting.password:
            raise SignInNeeded
        account = accounts.get(conn, waiting.account_id)
        if account.disabled_at is not None or not account.has_factor:
            raise SignInNeeded
        if waiting.browser is None and account.is_locked(guest.at):
            raise _locked()
        used = second_factor.take(conn, account, code, at=guest.at)
        if used is not None:
            note(conn, guest, account.label, account.role, used)
            return account
    _fail(guest, account, counts=waiting.browser is None, action="wrong code")
    raise CodeWrong


def tried_code(visit: PageVisit, code: str) -> None:
    """Use up a code of one's own second factor; raises CodeWrong.

    Whoever asks has checked the password just before, and with it how often it was tried.
    """
    with transaction(visit.parts.engine) as conn:
        used = second_factor.take(conn, visit.account, code, at=visit.at)
    visit.note("wrong code" if used is None else used)
    if used is None:
        visit.write_lines()
        raise CodeWrong


def begin(request: Request, guest: Guest, account: Account, password: str | None = None) -> Session:
    """Begin a new session: the secret of before, if any, is never taken on.

    A password that was just typed is hashed anew where it is time for that.
    """
    with transaction(guest.parts.engine) as conn:
        old = sessions.find(conn, request.cookies.get(COOKIE, ""), at=guest.at)
        if old is not None:
            sessions.end(conn, old.id)
        if password is not None:
            renew(conn, account, password)
        session = enter(conn, request, account, guest.at)
        accounts.note_success(conn, account, at=guest.at)
        sessions.sweep(conn, at=guest.at)
        note(conn, guest, account.label, account.role, "signed in")
    return session


def renew(conn: Connection, account: Account, password: str) -> None:
    """Hash a password that was right anew, where its hash was made with weaker settings."""
    again = passwords.renewed(password, accounts.password_of(conn, account.id) or "")
    if again is not None:
        accounts.change(conn, account.id, password=again)


def enter(conn: Connection, request: Request, account: Account, at: datetime) -> Session:
    """Begin a session in this browser, and mark it as one of the owner's."""
    browser = browser_of(request.headers.get("user-agent", ""))
    session, secret = sessions.begin(conn, account.id, at=at, browser=browser)
    kept = accounts.password_of(conn, account.id) or ""
    request.state.cookies.append((COOKIE, secret))
    request.state.cookies.append((browsers.COOKIE, browsers.mark(account.id, kept), YEAR))
    return session


def note(conn: Connection, guest: Guest, who: str, role: str, action: str) -> None:
    """Write an audit line of somebody who is not signed in yet."""
    write_audit(conn, AuditLine(guest.at, who, role, action, request_id=guest.request_id))


def _kept(guest: Guest, email: str) -> tuple[Account | None, str | None]:
    """The account of a typed address and the hash of its password."""
    try:
        address = accounts.folded(email)
    except InvalidField:
        address = ""
    with transaction(guest.parts.engine) as conn:
        account = accounts.by_email(conn, address)
        return account, None if account is None else accounts.password_of(conn, account.id)


def _fail(guest: Guest, account: Account, *, counts: bool, action: str = "sign-in failed") -> None:
    with transaction(guest.parts.engine) as conn:
        if counts:
            accounts.note_failure(conn, account, at=guest.at)
        note(conn, guest, account.label, account.role, action)


def _strange(guest: Guest, tries: Tries, email: str) -> SignInFailed | TooManyTries:
    """What to raise for an address without an account; writes as much as for one that has."""
    address = email.strip().casefold()[:300]
    if tries.strangers.is_locked(address, guest.at):
        return _locked()
    tries.strangers.fail(address, guest.at)
    with transaction(guest.parts.engine) as conn:
        note(conn, guest, STRANGER, NOBODY, "sign-in failed")
    return SignInFailed()


def _locked() -> TooManyTries:
    return TooManyTries(minutes=int(accounts.LOCK.total_seconds() // 60))
