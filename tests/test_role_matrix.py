"""Who may use which page: every route of the pages, asked by everybody, with real ids.

The table is written by hand. A route that it does not list fails a test, and so does a line whose
route is gone. What is refused must not tell anything of others; what is allowed must not tell
personal data of others without a consent: the house has founders, contacts and addresses in every
profile, and one consent only, which lets an incubator read a startup's profile but not its people.
"""

from __future__ import annotations

import copy
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from data import feeds, links, questions, sessions, uploads
from data.engines import transaction
from data.layouts import Layout
from service.pages.doors import COOKIE
from tests.cohort_house import ROUND, keep_cohort, run_cohort
from tests.page_fixtures import PASSWORD, account_of, token, visitor
from tests.service_fixtures import NOW, House, build

ROLES = ("nobody", "startup", "other_startup", "incubator", "other_incubator", "officer", "admin")

ALL = "nobody startup other_startup incubator other_incubator officer admin"
SIGNED_IN = "startup other_startup incubator other_incubator officer admin"
OFFICERS = "officer admin"
STARTUPS = "startup other_startup"
INCUBATORS = "incubator other_incubator"
READERS = "startup incubator officer admin"
"""Of the startup vi-du-pay: itself, the incubator that it gave a consent, and officers."""
OWN_STARTUP = "startup officer admin"
OWN_INCUBATOR = "incubator officer admin"


@dataclass(frozen=True)
class Line:
    """One route with those who may use it, what a form sends at least, and why it is so."""

    method: str
    path: str
    who: str
    why: str = ""

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset(self.who.split())


TABLE = (
    # -- the door ------------------------------------------------------------------------
    Line("GET", "/", SIGNED_IN, "nobody is led to the form"),
    Line("GET", "/sign-in", ALL),
    Line("POST", "/sign-in", ALL),
    Line("GET", "/sign-in/code", ALL, "leads back unless a password was right a moment ago"),
    Line("POST", "/sign-in/code", ALL, "leads back unless a password was right a moment ago"),
    Line("POST", "/sign-out", SIGNED_IN),
    Line("GET", "/account", SIGNED_IN),
    Line("POST", "/account", SIGNED_IN),
    Line("POST", "/account/sessions", SIGNED_IN, "of one's own sessions"),
    Line("GET", "/account/second-factor", SIGNED_IN),
    Line("POST", "/account/second-factor", SIGNED_IN),
    Line("GET", "/link/{secret}", ALL, "whoever holds the secret"),
    Line("POST", "/link/{secret}", ALL, "whoever holds the secret"),
    Line("GET", "/register", ALL, "a startup makes its own account"),
    Line("POST", "/register", ALL, "a startup makes its own account"),
    # -- lists and profiles --------------------------------------------------------------
    Line("GET", "/programmes", SIGNED_IN, "programmes are known to all who are signed in"),
    Line("GET", "/map", SIGNED_IN, "of programmes"),
    Line(
        "GET",
        "/startups",
        f"{INCUBATORS} {OFFICERS}",
        "an incubator sees in it those that consented; a startup knows itself",
    ),
    Line("GET", "/incubators", OFFICERS),
    Line("GET", "/programmes/{id}/profile", SIGNED_IN),
    Line("GET", "/startups/{id}/profile", READERS),
    Line("GET", "/incubators/{id}/profile", OWN_INCUBATOR),
    Line("GET", "/programmes/new", OFFICERS),
    Line("POST", "/programmes/new", OFFICERS),
    Line("GET", "/startups/new", OFFICERS),
    Line("POST", "/startups/new", OFFICERS),
    Line("GET", "/incubators/new", OFFICERS),
    Line("POST", "/incubators/new", OFFICERS),
    Line("GET", "/programmes/{id}/edit", OFFICERS),
    Line("POST", "/programmes/{id}/edit", OFFICERS),
    Line("GET", "/startups/{id}/edit", OWN_STARTUP),
    Line("POST", "/startups/{id}/edit", OWN_STARTUP),
    Line("GET", "/incubators/{id}/edit", OWN_INCUBATOR),
    Line("POST", "/incubators/{id}/edit", OWN_INCUBATOR),
    Line("GET", "/programmes/{id}/history", OFFICERS),
    Line("POST", "/programmes/{id}/history", OFFICERS),
    Line("GET", "/startups/{id}/history", OWN_STARTUP),
    Line("POST", "/startups/{id}/history", OWN_STARTUP),
    Line("GET", "/incubators/{id}/history", OWN_INCUBATOR),
    Line("POST", "/incubators/{id}/history", OWN_INCUBATOR),
    Line("POST", "/programmes/{id}/delete", OFFICERS),
    Line("POST", "/startups/{id}/delete", OFFICERS),
    Line("POST", "/incubators/{id}/delete", OFFICERS),
    # -- officers at work ----------------------------------------------------------------
    Line("GET", "/home", OFFICERS),
    Line("GET", "/people", OFFICERS),
    Line("POST", "/people", OFFICERS),
    Line("GET", "/people/audit", OFFICERS, "an officer sees their own lines only"),
    Line("POST", "/people/{id}/link", OFFICERS, "of an account of a startup"),
    Line("POST", "/people/{id}/disable", OFFICERS, "of an account of a startup"),
    Line("POST", "/people/{id}/enable", OFFICERS, "of an account of a startup"),
    Line("POST", "/people/{id}/second-factor", "admin", "for somebody who lost it"),
    Line("GET", "/import", OFFICERS),
    Line("POST", "/import", OFFICERS),
    Line("GET", "/import/template/{kind}", OFFICERS),
    Line("GET", "/import/{number:int}", OFFICERS),
    Line("GET", "/import/{number:int}/columns", OFFICERS),
    Line("POST", "/import/{number:int}/columns", OFFICERS),
    Line("GET", "/import/{number:int}/rows/{line:int}", OFFICERS),
    Line("POST", "/import/{number:int}/rows/{line:int}", OFFICERS),
    Line("POST", "/import/{number:int}/load", OFFICERS),
    Line("POST", "/import/{number:int}/undo", OFFICERS),
    Line("POST", "/import/{number:int}/remove", OFFICERS),
    Line("GET", "/import/{number:int}/refused", OFFICERS),
    Line("GET", "/startups/{id}", OFFICERS, "a startup has /me, an incubator /partners"),
    Line("GET", "/startups/{id}/blocked", OFFICERS),
    Line("GET", "/startups/{id}/compare", OFFICERS),
    Line("GET", "/startups/{id}/programmes/{programme_id}", OFFICERS),
    Line(
        "GET", "/startups/{id}/programmes/{programme_id}/decisions", OFFICERS, "leads to the pair"
    ),
    Line("POST", "/startups/{id}/programmes/{programme_id}/decisions", OFFICERS),
    Line(
        "GET", "/startups/{id}/programmes/{programme_id}/questions", OFFICERS, "leads to the pair"
    ),
    Line("POST", "/startups/{id}/programmes/{programme_id}/questions", OFFICERS),
    Line("GET", "/startups/{id}/programmes/{programme_id}/questions/{number}", OFFICERS),
    Line("POST", "/startups/{id}/programmes/{programme_id}/questions/{number}", OFFICERS),
    Line("GET", "/startups/{id}/what-if", OFFICERS),
    Line("POST", "/startups/{id}/what-if", OFFICERS),
    Line("GET", "/startups/{id}/matches.xlsx", OFFICERS),
    Line("GET", "/startups/{id}/matches.docx", OFFICERS),
    Line("GET", "/programmes/{id}", SIGNED_IN, "others are led to what they may read of it"),
    Line("GET", "/programmes/{id}/blocked", OFFICERS),
    Line("POST", "/programmes/{id}/decide", OFFICERS),
    Line("GET", "/programmes/{id}/what-if", OFFICERS),
    Line("POST", "/programmes/{id}/what-if", OFFICERS),
    Line("GET", "/programmes/{id}/startups.xlsx", OFFICERS),
    Line("GET", "/programmes/{id}/startups.docx", OFFICERS),
    Line("GET", "/incubators/{id}", OWN_INCUBATOR),
    Line("GET", "/incubators/{id}/blocked", OWN_INCUBATOR),
    Line("POST", "/incubators/{id}/decide", OFFICERS),
    Line("GET", "/incubators/{id}/what-if", OWN_INCUBATOR),
    Line("POST", "/incubators/{id}/what-if", OWN_INCUBATOR),
    Line("GET", "/incubators/{id}/partners.xlsx", OFFICERS),
    Line("GET", "/incubators/{id}/partners.docx", OFFICERS),
    # -- cohorts and runs ----------------------------------------------------------------
    Line("GET", "/cohorts", OFFICERS),
    Line("POST", "/cohorts", OFFICERS),
    Line("GET", "/cohort-form", OFFICERS),
    Line("POST", "/cohorts/import", OFFICERS),
    Line("GET", "/cohorts/{id}", OFFICERS),
    Line("POST", "/cohorts/{id}", OFFICERS),
    Line("GET", "/cohorts/{id}/export", OFFICERS),
    Line("GET", "/cohorts/{id}/history", OFFICERS),
    Line("POST", "/cohorts/{id}/restore", OFFICERS),
    Line("POST", "/cohorts/{id}/delete", OFFICERS),
    Line("GET", "/cohorts/{id}/startups", OFFICERS),
    Line("POST", "/cohorts/{id}/startups", OFFICERS),
    Line("GET", "/cohorts/{id}/programmes", OFFICERS),
    Line("POST", "/cohorts/{id}/programmes", OFFICERS),
    Line("GET", "/cohorts/{id}/rulings", OFFICERS),
    Line("POST", "/cohorts/{id}/rulings", OFFICERS),
    Line("GET", "/cohorts/{id}/limits", OFFICERS),
    Line("POST", "/cohorts/{id}/limits", OFFICERS),
    Line("GET", "/cohorts/{id}/runs", OFFICERS),
    Line("POST", "/cohorts/{id}/runs", OFFICERS),
    Line("GET", "/cohorts/{id}/lists", OFFICERS),
    Line("GET", "/cohorts/{id}/published", OFFICERS),
    Line("POST", "/cohorts/{id}/undo", OFFICERS),
    Line("GET", "/runs/compare", OFFICERS),
    Line("GET", "/runs/{id}", OFFICERS),
    Line("POST", "/runs/{id}/cancel", OFFICERS),
    Line("POST", "/runs/{id}/replay", OFFICERS),
    Line("POST", "/runs/{id}/relax", OFFICERS),
    Line("GET", "/runs/{id}/programmes", OFFICERS),
    Line("GET", "/runs/{id}/fairness", OFFICERS),
    Line("GET", "/runs/{id}/moves", OFFICERS),
    Line("GET", "/runs/{id}/pictures", OFFICERS),
    Line("GET", "/runs/{id}/report/{form}", OFFICERS),
    Line("GET", "/runs/{id}/placements", OFFICERS),
    Line("GET", "/runs/{id}/startups/{startup_id}", OFFICERS),
    Line("POST", "/runs/{id}/startups/{startup_id}", OFFICERS),
    Line("GET", "/runs/{id}/publish", OFFICERS),
    Line("POST", "/runs/{id}/publish", OFFICERS),
    # -- an incubator's own --------------------------------------------------------------
    Line("GET", "/partners", INCUBATORS),
    Line("GET", "/partners/{id}", OWN_INCUBATOR, "one that is kept here: as its own page"),
    # -- a startup's own: not even an administrator, who has no profile -------------------
    Line("GET", "/me", STARTUPS),
    Line("GET", "/me/shut", STARTUPS),
    Line("GET", "/me/profile", STARTUPS),
    Line("POST", "/me/profile", STARTUPS),
    Line("POST", "/me/profile/draft", STARTUPS),
    Line("POST", "/me/profile/discard", STARTUPS),
    Line("POST", "/me/wishes", STARTUPS),
    Line("POST", "/me/questions/{number}", "startup", "the question is put to vi-du-pay"),
    Line("GET", "/me/programmes/{id}", STARTUPS),
    Line("GET", "/me/calendar", STARTUPS),
    Line("GET", "/me/calendar/caunoi.ics", STARTUPS),
    Line("POST", "/me/calendar/feed", STARTUPS),
    Line("POST", "/me/calendar/feed/end", STARTUPS),
    Line("GET", "/calendar/{secret}.ics", ALL, "a calendar programme, which holds the secret"),
    Line("GET", "/me/consents", STARTUPS),
    Line("POST", "/me/consents", STARTUPS),
    Line("POST", "/me/consents/{number}/withdraw", "startup", "the consent is vi-du-pay's"),
    Line("GET", "/me/data", STARTUPS),
    Line("GET", "/me/data/caunoi.json", STARTUPS),
    Line("GET", "/me/data/caunoi.docx", STARTUPS),
    Line("POST", "/me/data/delete", STARTUPS),
)

FIELDS: dict[tuple[str, str], dict[str, str]] = {
    ("POST", "/link/{secret}"): {"password": PASSWORD, "password_again": PASSWORD},
    ("POST", "/people"): {"role": "startup"},
    ("POST", "/cohorts/{id}/runs"): {"mode": "unknown"},
    ("POST", "/runs/{id}/replay"): {"mode": "unknown"},
    ("POST", "/me/wishes"): {"programme": "merlion-landing", "wish": "interested"},
    ("POST", "/programmes/{id}/decide"): {"startup": "vi-du-pay"},
    ("POST", "/incubators/{id}/decide"): {"partner": "org-merlion-agency"},
    ("POST", "/cohorts/{id}/restore"): {"restore": "1"},
}
"""What a form sends where nothing at all would be refused to everybody, or would take long."""

PERSONAL: dict[str, tuple[str, ...]] = {
    "startup": ("Nguyễn Thị Bí Mật", "Trần Kín", "kin@vidu.vn"),
    "other_startup": ("kin@nongtrai.vn",),
    "incubator": ("kin@vuonuom.vn",),
    "a programme": ("Ms Secret", "secret@merlion.sg"),
}
"""Personal data by whose they are."""

TEXTS: dict[str, tuple[str, ...]] = {
    "startup": ("Ví Dụ Pay", "Payment software", "Phần mềm thanh toán"),
    "other_startup": ("Nông Trại Số", "rice farms", "ruộng lúa", "nong-trai-so"),
    "incubator": ("Example Incubator", "Vườn ươm Ví Dụ"),
    "other_incubator": ("Second Incubator",),
    "a large one": ("Lớn Quá", "lon-qua"),
}
"""What else profiles hold, by whose they are."""

KEYS = [(line.method, line.path) for line in TABLE]


@dataclass
class World:
    """A house with a session for everybody and one of everything that an address can name."""

    house: House
    file: Path
    ids: dict[str, str]
    clients: dict[str, TestClient]
    tokens: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(build(tmp_path_factory.mktemp("roles"))) as found:
        yield found


@contextmanager
def world_of(house: House) -> Iterator[World]:
    """A house with everybody in it, and what addresses name."""
    consent = house.consent("vi-du-pay", "profile", "vuon-uom-vi-du")
    with ExitStack() as stack:
        clients = {who: stack.enter_context(visitor(house)) for who in ROLES}
        for who in ROLES[1:]:
            sign_in(house, clients[who], who)
        tokens = {who: _tokens(client, who) for who, client in clients.items()}
        ids = _ids(house) | {"consent": str(consent)}
        file = house.parts.settings.home / "caunoi.db"
        yield World(house, file, ids, clients, tokens)


def sign_in(house: House, client: TestClient, who: str) -> None:
    """Begin a session without the slow hash of its password."""
    account = account_of(house, who)
    with transaction(house.parts.engine) as conn:
        _, secret = sessions.begin(conn, account.id, at=NOW)
    client.cookies.set(COOKIE, secret, domain="testserver.local", path="/")


def _tokens(client: TestClient, who: str) -> tuple[str, str]:
    """A token as a guest, and one of the session."""
    guest = token(client, "/sign-in")
    return guest, guest if who == "nobody" else token(client, "/account")


def _ids(house: House) -> dict[str, str]:
    keep_cohort(house)
    run = run_cohort(house)
    spare, own = account_of(house, "new_startup"), account_of(house, "startup")
    with transaction(house.parts.engine) as conn:
        question = questions.ask(
            conn, "vi-du-pay", "merlion-landing", "size", "startup", who="test", at=NOW
        )
        upload = uploads.keep(
            conn,
            "id,name\nmoi-toanh,Mới Toanh\n".encode(),
            "startups.csv",
            "startup",
            Layout(0, ("id", "name"), 1, ((0, "id"), (1, "name"))),
            who="test",
            at=NOW,
        )
        return {
            "run": str(run.id),
            "account": str(spare.id),
            "question": str(question.id),
            "upload": str(upload),
            "link": links.make(conn, spare.id, by="test", at=NOW),
            "feed": feeds.make(conn, own.id, at=NOW),
        }


def test_the_table_holds_every_page_and_no_other(world: World) -> None:
    served = {
        (method, route.path)
        for route in world.house.app.state.known_routes
        for method in getattr(route, "methods", None) or ()
        if not route.path.startswith(("/api", "/docs", "/static")) and method != "HEAD"
    }
    assert sorted(served - set(KEYS)) == [], "routes that the table does not list"
    assert sorted(set(KEYS) - served) == [], "lines whose route is gone"
    assert len(KEYS) == len(set(KEYS))


@pytest.mark.parametrize("line", TABLE, ids=lambda line: f"{line.method} {line.path}")
def test_a_page_is_for_those_in_the_table_and_tells_others_nothing(
    world: World, line: Line
) -> None:
    wrong = []
    for who in ROLES:
        with untouched(world, who, line):
            answer = ask(world, who, line)
        verdict = verdict_of(answer, who, line)
        if verdict != ("allowed" if who in line.allowed else "refused"):
            wrong.append(f"{who}: {verdict}")
        text = text_of(answer)
        wrong += [f"{who} reads {one}" for one in not_for(who, line, verdict) if one in text]
    assert not wrong


def ask(world: World, who: str, line: Line, query: str = "") -> Response:
    """Ask for a page as somebody, with a form's token where it is one."""
    path = filled(world, line.path) + query
    client = world.clients[who]
    if line.method == "GET":
        return client.get(path, follow_redirects=False)
    is_guests = line.path.startswith(("/sign-in", "/link/", "/register"))
    fields = {"csrf": world.tokens[who][0 if is_guests else 1]}
    if line.path == "/sign-in":
        fields |= {"email": "new_startup@vidu.vn", "password": PASSWORD}
    fields |= FIELDS.get((line.method, line.path), {})
    return client.post(path, data=fields, follow_redirects=False)


def verdict_of(answer: Response, who: str, line: Line) -> str:
    """Whether a page was allowed or refused; anything that is neither, by its status."""
    status, to = answer.status_code, answer.headers.get("location", "")
    if status >= 500 or (status in (405, 429)):
        return str(status)
    if status in (403, 404):
        return "refused"
    if who == "nobody" and line.method == "POST" and status == 401:
        return "refused" if 'name="password"' in answer.text else "401 without the form"
    if status == 303 and re.match(r"/sign-in(\?to=|$)", to):
        return "refused"
    return "401" if status == 401 else "allowed"


def not_for(who: str, line: Line, verdict: str) -> Iterator[str]:
    """Texts that an answer must not hold: others' people always, others' profiles if refused."""
    asked = line.path
    for owner, texts in PERSONAL.items():
        if owner != who:
            yield from texts
    if verdict != "allowed":
        for owner, texts in TEXTS.items():
            if owner != who:
                yield from (text for text in texts if text not in asked)


def text_of(answer: Response) -> str:
    """What an answer says, also inside a workbook or a document."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        inside = [parts.read(name) for name in parts.namelist() if name.endswith(".xml")]
    return b"\n".join(inside).decode("utf-8", "replace")


@contextmanager
def untouched(world: World, who: str, line: Line) -> Iterator[None]:
    """Let a form do what it does, and take it back: its session too."""
    if line.method == "GET":
        yield
        return
    jar = world.clients[who].cookies.jar
    cookies = [copy.copy(cookie) for cookie in jar]
    kept = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(world.file)) as now:
        now.backup(kept)
    yield
    with closing(sqlite3.connect(world.file)) as now:
        kept.backup(now)
    kept.close()
    jar.clear()
    for cookie in cookies:
        jar.set_cookie(cookie)


def filled(world: World, template: str) -> str:
    """An address with real ids in the place of its names."""
    root = template.split("/")[1]
    named = {
        "{secret}.ics": world.ids["feed"] + ".ics",
        "{secret}": world.ids["link"],
        "{kind}": "startup",
        "{form}": "docx",
        "{number:int}": world.ids["upload"],
        "{line:int}": "2",
        "{programme_id}": "merlion-landing",
        "{startup_id}": "vi-du-pay",
        "{number}": world.ids["consent" if "consents" in template else "question"],
        "{id}": {
            "startups": "vi-du-pay",
            "programmes": "merlion-landing",
            "incubators": "vuon-uom-vi-du",
            "partners": "vuon-uom-vi-du",
            "cohorts": ROUND,
            "runs": world.ids["run"],
            "people": world.ids["account"],
            "me": "merlion-landing",
        }.get(root, ""),
    }
    for name, value in named.items():
        template = template.replace(name, value)
    if template == "/runs/compare":
        template += f"?a={world.ids['run']}&b={world.ids['run']}"
    assert "{" not in template, template
    return template
