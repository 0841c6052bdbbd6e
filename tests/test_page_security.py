"""The pages under attack: what a browser is told, what a form must carry, what a guess is told."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import Request
from fastapi.testclient import TestClient
from httpx import Response

from data import accounts, links, profiles
from data.audit import AuditLine, read_audit
from data.engines import Connection, reading, transaction
from data.texts import Texts
from matcher.errors import WeakPassword
from matcher.profile import Profile, forms
from service import passwords
from service.app import create_app
from service.inviting import FIRST
from service.pages.facets import FACETS
from service.pages.frame import masked
from service.pages.tries import Tries, origin_of
from service.running import listening
from tests.page_fixtures import PASSWORD, account_of, send, soup, token, visitor
from tests.service_fixtures import API, NOW, House, build
from tests.test_role_matrix import (
    ROLES,
    TABLE,
    Line,
    World,
    ask,
    filled,
    untouched,
    world,
    world_of,
)

__all__ = ["world"]

VECTOR = "<script>a()</script>"
BENT = "\"'><svg onload=a()>"
SCHEME = "javascript:alert(3)"
FOREIGN = "evil.example"
GETS = tuple(line for line in TABLE if line.method == "GET")
POSTS = tuple(line for line in TABLE if line.method == "POST")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build(tmp_path)


def first_of(line: Line) -> str:
    """Somebody who may use a page: a guest only where all may."""
    return next(who for who in (*ROLES[1:], "nobody") if who in line.allowed)


def names(lines: tuple[Line, ...]) -> list[str]:
    return [f"{line.method} {line.path}" for line in lines]


# -- what a browser is told ------------------------------------------------------------------


@pytest.mark.parametrize("line", GETS, ids=names(GETS))
def test_every_page_tells_the_browser_what_it_may_do(world: World, line: Line) -> None:
    answer = ask(world, first_of(line), line)
    assert_guarded(answer)
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert_nothing_inline(answer)
        if answer.status_code == 200 and "nobody" not in line.allowed:
            assert soup(answer).find("form", action="/sign-out")


def assert_guarded(answer: Response) -> None:
    headers = answer.headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for part in ("script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] in ("same-origin", "strict-origin")
    assert "max-age=31536000; includeSubDomains" in headers["strict-transport-security"]
    assert "no-store" in headers["cache-control"]
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def assert_nothing_inline(answer: Response) -> None:
    page = soup(answer)
    assert not [one for one in page.find_all("script") if not one.get("src")]
    assert not page.find_all("style")
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action", "formaction", "data", "xlink:href"):
            value = str(element.get(name, ""))
            scheme = urlsplit(value).scheme
            assert scheme in ("", "https", "http", "mailto", "tel", "webcal"), value
            if element.name != "a":
                assert not urlsplit(value).netloc, f"{element.name} from elsewhere: {value}"


@pytest.mark.parametrize("path", ["/nowhere", "/startups/kein", "/static/none.js", "/link/none"])
def test_error_pages_are_guarded_and_never_kept_by_caches(world: World, path: str) -> None:
    answer = world.clients["startup"].get(path)
    assert answer.status_code in (403, 404, 410)
    assert "public" not in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_https_is_told_only_where_it_came_by_https(house: House) -> None:
    with TestClient(house.app, base_url="http://testserver") as plain:
        assert "strict-transport-security" not in plain.get("/sign-in").headers


def test_no_other_site_may_read_or_embed(world: World) -> None:
    answer = world.clients["officer"].get("/home", headers={"Origin": f"https://{FOREIGN}"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/base/",
        "/static/base/css/",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/base/..%5c..%5capp.py",
        "/static//etc/passwd",
        "/static/base/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/.git/config",
        "/.env",
    ],
)
def test_static_files_are_only_those_of_the_pages(world: World, path: str) -> None:
    answer = world.clients["nobody"].get(path)
    assert answer.status_code in (404, 405)
    assert "root:" not in answer.text
    assert "def " not in answer.text


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "FOO"])
def test_other_methods_are_refused(world: World, method: str) -> None:
    answer = world.clients["officer"].request(method, "/home", headers={"X-Secret": "echo me"})
    assert answer.status_code in (400, 405, 501)
    assert "echo me" not in answer.text


# -- cookies and sessions --------------------------------------------------------------------


def test_every_cookie_is_ours_alone(house: House) -> None:
    account = account_of(house, "officer")
    with visitor(house) as guest:
        form = {"email": account.email, "password": PASSWORD}
        told = guest.get("/sign-in?lang=en").headers.get_list("set-cookie")
        told += send(guest, "/sign-in", "/sign-in", **form).headers.get_list("set-cookie")
    assert len(told) >= 4
    for cookie in told:
        assert cookie.startswith("__Host-")
        assert len(cookie) < 4096
        for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert part in cookie, cookie
        assert "Domain" not in cookie
    kept = next(one for one in told if one.startswith("__Host-caunoi="))
    assert "Max-Age" not in kept
    assert "expires" not in kept.lower()


def test_a_session_that_was_planted_is_not_taken_on(house: House) -> None:
    account = account_of(house, "officer")
    form = {"email": account.email, "password": PASSWORD}
    with visitor(house, "startup") as other:
        planted = other.cookies["__Host-caunoi"]
        with visitor(house) as guest:
            guest.cookies.set("__Host-caunoi", planted, domain="testserver.local", path="/")
            assert send(guest, "/sign-in", "/sign-in", **form).status_code == 303
            mine = [one.value for one in guest.cookies.jar if one.name == "__Host-caunoi"]
            assert mine != [planted]
        assert led_to_sign_in(other.get("/me", follow_redirects=False))


def led_to_sign_in(answer: Response) -> bool:
    return answer.headers.get("location", "").startswith("/sign-in")


def test_a_new_password_ends_every_session_and_link_and_gives_this_browser_a_new_one(
    house: House,
) -> None:
    new = "một câu khác hẳn câu trước 77"
    with visitor(house, "officer") as here, visitor(house, "officer") as there:
        account = account_of(house, "officer")
        with transaction(house.parts.engine) as conn:
            link = links.make(conn, account.id, by="test", at=NOW)
        before = here.cookies["__Host-caunoi"]
        form = {"name": "Officer", "language": "en", "password": new, "password_again": new}
        done = send(here, "/account", "/account", password_before=PASSWORD, **form)
        assert done.status_code == 303
        assert here.cookies["__Host-caunoi"] != before
        assert here.get("/account").status_code == 200
        assert led_to_sign_in(there.get("/account", follow_redirects=False))
        assert there.get(f"/link/{link}").status_code == 410
        here.cookies.set("__Host-caunoi", before, domain="testserver.local", path="/")
        assert led_to_sign_in(here.get("/account", follow_redirects=False))


def test_whoever_sits_at_an_open_browser_cannot_guess_the_password_without_end(
    house: House,
) -> None:
    with visitor(house, "officer") as officer:
        form = {"name": "Officer", "language": "en", "password": "x", "password_again": "x"}
        answers = [
            send(officer, "/account", "/account", password_before=f"guess {i}", **form).status_code
            for i in range(11)
        ]
    assert answers == [401] * 10 + [429]
    assert "wrong password" in actions(house)


@contextmanager
def at_a_clock(house: House) -> Iterator[tuple[TestClient, list[datetime]]]:
    """A client signed in as an officer, and a clock that can be moved."""
    clock = [NOW]
    app = create_app(house.parts, now=lambda: clock[0])
    with visitor(House(app, house.parts, house.secrets), "officer") as officer:
        yield officer, clock


def test_a_session_goes_on_over_an_error_page_that_falls_on_its_renewal(house: House) -> None:
    with at_a_clock(house) as (officer, clock):
        before = officer.cookies["__Host-caunoi"]
        clock[0] = NOW + timedelta(minutes=16)
        assert officer.get("/startups/kein/profile").status_code == 404
        assert officer.cookies["__Host-caunoi"] != before
        clock[0] += timedelta(minutes=5)
        assert officer.get("/account", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("minutes", [31, 13 * 60])
def test_an_idle_and_an_old_session_have_ended(house: House, minutes: int) -> None:
    with at_a_clock(house) as (officer, clock):
        step = timedelta(minutes=minutes if minutes < 60 else 20)
        while clock[0] - NOW < timedelta(minutes=minutes):
            clock[0] += step
            answer = officer.get("/account", follow_redirects=False)
        assert led_to_sign_in(answer)


def test_signing_out_clears_what_the_browser_keeps(house: House) -> None:
    with visitor(house, "officer") as officer:
        out = send(officer, "/account", "/sign-out")
    assert '"cache"' in out.headers["clear-site-data"]


def test_a_session_opens_no_api_and_a_key_opens_no_page(world: World) -> None:
    assert world.clients["officer"].get(f"{API}/startups").status_code == 401
    answer = world.clients["nobody"].get(
        "/home", headers=world.house.headers("officer"), follow_redirects=False
    )
    assert led_to_sign_in(answer)


# -- forms -----------------------------------------------------------------------------------


@pytest.mark.parametrize("line", POSTS, ids=names(POSTS))
def test_no_form_is_taken_without_its_token(world: World, line: Line) -> None:
    who = first_of(line)
    plain = Line(line.method, line.path, line.who)
    right = world.tokens[who]
    foreign = masked("x" * 43)
    try:
        for wrong in ("", foreign if who in ("admin", "nobody") else world.tokens["admin"][1]):
            world.tokens[who] = wrong, wrong
            assert ask(world, who, plain).status_code == 403
    finally:
        world.tokens[who] = right


def test_a_get_changes_nothing(world: World) -> None:
    served = {
        (method, route.path)
        for route in world.house.app.state.known_routes
        for method in getattr(route, "methods", None) or ()
        if not route.path.startswith(("/api", "/docs", "/static"))
    }
    assert {method for method, _ in served} <= {"GET", "POST", "HEAD"}
    words = ("delete", "disable", "load", "undo", "sign-out", "decide", "wishes", "remove")
    assert not [path for method, path in served if method == "GET" and path.endswith(words)]


def test_a_form_from_another_site_or_a_neighbour_is_refused(world: World) -> None:
    officer = world.clients["officer"]
    data = {"csrf": world.tokens["officer"][1], "name": "X", "language": "en"}
    for headers in (
        {"Origin": "null"},
        {"Origin": f"https://{FOREIGN}"},
        {"Origin": f"https://testserver.{FOREIGN}"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert officer.post("/account", data=data, headers=headers).status_code == 403
    json = officer.post("/account", json=data)
    assert json.status_code == 403


# -- links, redirects, headers ---------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        f"//{FOREIGN}",
        f"///{FOREIGN}",
        f"/\\{FOREIGN}",
        f"\\/{FOREIGN}",
        f"/\t/{FOREIGN}",
        f"https:{FOREIGN}",
        f"https://{FOREIGN}",
        SCHEME,
        f"/home\r\nSet-Cookie: a=b; Location: //{FOREIGN}",
        f"/./\r//{FOREIGN}",
        " //" + FOREIGN,
    ],
)
def test_no_address_that_is_asked_for_leads_elsewhere_or_writes_headers(
    world: World, to: str
) -> None:
    line = Line("POST", "/sign-in", "nobody")
    guest = world.clients["nobody"]
    shown = soup(guest.get("/sign-in", params={"to": to}))
    fields = {
        "csrf": world.tokens["nobody"][0],
        "to": to,
        "email": "officer@vidu.vn",
        "password": PASSWORD,
    }
    with untouched(world, "nobody", line), fresh_tries(world):
        answer = guest.post("/sign-in", data=fields, follow_redirects=False)
    for address in (answer.headers["location"], shown.find("input", attrs={"name": "to"})["value"]):
        assert urlsplit(urljoin("https://testserver/", address)).netloc == "testserver"
    assert not [one for one in answer.headers.get_list("set-cookie") if one.startswith("a=")]


@contextmanager
def fresh_tries(world: World) -> Iterator[None]:
    """Let none of a test's tries count, so that tests do not stand in each other's way."""
    kept, world.house.app.state.tries = world.house.app.state.tries, Tries()
    yield
    world.house.app.state.tries = kept


@pytest.mark.parametrize(
    "path", [f"//{FOREIGN}/", f"/%5C{FOREIGN}/", f"/%09/{FOREIGN}", f"///{FOREIGN}/%3Fa=b%23c"]
)
def test_no_link_of_a_page_leads_elsewhere_because_of_its_address(world: World, path: str) -> None:
    client = world.clients["officer"]
    request = client.build_request("GET", "/x")
    request.url = request.url.copy_with(raw_path=path.encode())
    page = soup(client.send(request))
    found = [(e.get("href") or e.get("action")) for e in page.find_all(["a", "form"])]
    assert found
    for address in filter(None, found):
        assert urlsplit(urljoin("https://testserver/x", address)).netloc == "testserver", address


def test_every_sentence_that_can_be_said_is_one_of_ours(world: World) -> None:
    officer = world.clients["officer"]
    keys = [key.removeprefix("said.") for key in Texts("en").page_keys if key.startswith("said.")]
    assert keys
    for key in keys:
        assert officer.get("/account", params={"said": key}).status_code == 200
    for strange in (VECTOR, "title", "../frame.title", "%s", "{name}"):
        shown = soup(officer.get("/account", params={"said": strange}))
        assert shown.find(class_="said") is None


# -- what is shown is text -------------------------------------------------------------------

PARAMETERS = ("q", "to", "said", "lang", "show", "back", "who", "kind", "id", "sort", "with")
PARAMETERS += ("month", "form", "by", *sorted({name for some in FACETS.values() for name in some}))


@pytest.mark.parametrize("line", GETS, ids=names(GETS))
def test_what_is_asked_for_comes_back_as_text_only(world: World, line: Line) -> None:
    vectors = {name: (VECTOR, BENT)[i % 2] for i, name in enumerate(PARAMETERS)}
    mark = "&" if line.path == "/runs/compare" else "?"
    answer = ask(world, first_of(line), line, mark + urlencode(vectors))
    assert answer.status_code < 500
    assert_no_vector(answer)


def assert_no_vector(answer: Response) -> None:
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert VECTOR not in answer.text
        assert "<svg onload" not in answer.text
        assert_nothing_inline(answer)


@pytest.mark.parametrize("path", [f"/{VECTOR}", f"/startups/{BENT}", f"/link/{VECTOR}"])
def test_an_address_comes_back_as_text_only(world: World, path: str) -> None:
    for who in ("nobody", "officer"):
        assert_no_vector(world.clients[who].get(path))


@pytest.fixture(scope="module")
def crooked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose profiles, people and cohort hold markup in every text."""
    house = build(tmp_path_factory.mktemp("crooked"))
    with transaction(house.parts.engine) as conn:
        for kind in ("startup", "programme", "incubator"):
            for one in profiles.all_profiles(conn, kind):
                profiles.put(conn, bent(one), who=f"test {VECTOR}", at=NOW)
    for scope in ("profile", "contact", "founders"):
        house.consent("vi-du-pay", scope, "VN")
    with world_of(house) as found:
        with transaction(house.parts.engine) as conn:
            for one in accounts.everyone(conn):
                accounts.change(conn, one.id, name=f"Anh {VECTOR}{BENT}")
        yield found


def bent(profile: Profile) -> Profile:
    """A profile whose texts are markup and whose addresses are scripts."""
    texts = {
        form.name: SCHEME if form.name in ("website", "source") else f"{VECTOR} {BENT}"
        for form in forms(type(profile)).values()
        if form.type is str and form.vocabulary is None and not form.many
        if form.name not in ("id", "incubator_id", "contact_email")
    }
    return replace(profile, **texts)


@pytest.mark.parametrize("line", GETS, ids=names(GETS))
def test_what_others_wrote_is_shown_as_text_only(crooked: World, line: Line) -> None:
    for who in ("officer", "startup", "incubator"):
        if who in line.allowed:
            answer = ask(crooked, who, line)
            assert answer.status_code < 500
            assert_no_vector(answer)


# -- guesses ---------------------------------------------------------------------------------


def actions(house: House) -> list[str]:
    return [line.action for line in lines_of(house)]


def lines_of(house: House) -> tuple[AuditLine, ...]:
    with reading(house.parts.engine) as conn:
        return read_audit(conn, limit=200)


def guess(client: TestClient, email: str, password: str = "wrong") -> Response:  # noqa: S107
    return send(client, "/sign-in", "/sign-in", email=email, password=password)


def test_a_lock_and_its_end_tell_nothing_of_who_has_an_account(house: House) -> None:
    account_of(house, "officer")
    told = {}
    with visitor(house) as guest:
        for email in ("officer@vidu.vn", "nobody@vidu.vn"):
            house.app.state.tries = type(house.app.state.tries)()
            answers = [guess(guest, email) for _ in range(12)]
            told[email] = [
                (one.status_code, soup(one).find(role="alert").text.strip()) for one in answers
            ]
    known, unknown = told.values()
    assert known == unknown
    assert [status for status, _ in known] == [401] * 10 + [429] * 2
    assert actions(house).count("sign-in failed") == 20


def test_an_unknown_address_takes_as_long_as_a_known_one(house: House) -> None:
    account_of(house, "officer")

    def quickest(email: str) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            assert guess(guest, email).status_code == 401
            times.append(time.perf_counter() - began)
        return min(times)

    with visitor(house) as guest:
        quickest("warm@up.vn")
        ratio = quickest("nobody@vidu.vn") / quickest("officer@vidu.vn")
    assert 0.4 < ratio < 2.5


def test_failures_elsewhere_lock_nobody_out_of_the_browser_they_use(house: House) -> None:
    with visitor(house, "officer") as own, visitor(house) as stranger:
        send(own, "/account", "/sign-out")
        assert [guess(stranger, "officer@vidu.vn").status_code for _ in range(10)] == [401] * 10
        assert guess(stranger, "officer@vidu.vn", PASSWORD).status_code == 429
        assert guess(own, "officer@vidu.vn", PASSWORD).status_code == 303


def test_a_browser_that_is_known_guesses_no_more_than_others(house: House) -> None:
    with visitor(house, "officer") as own:
        send(own, "/account", "/sign-out")
        found = [guess(own, "officer@vidu.vn").status_code for _ in range(11)]
    assert found == [401] * 10 + [429]


def test_the_mark_of_a_browser_is_good_for_one_account_and_cannot_be_made(house: House) -> None:
    account_of(house, "admin")
    with visitor(house, "officer") as own, visitor(house) as stranger:
        for _ in range(10):
            guess(stranger, "admin@vidu.vn")
        assert guess(own, "admin@vidu.vn", PASSWORD).status_code == 429
        for made in ("", ".", "a.b", "ÿ.ÿ", f"{'0' * 32}.{'0' * 64}"):
            header = {"Cookie": f"__Host-caunoi-known={made}".encode("latin-1")}
            assert stranger.get("/sign-in", headers=header).status_code == 200
            fields = {"csrf": token(stranger, "/sign-in"), "password": PASSWORD}
            fields["email"] = "admin@vidu.vn"
            guest = f"__Host-caunoi-guest={stranger.cookies['__Host-caunoi-guest']}; "
            header = {"Cookie": guest.encode() + header["Cookie"]}
            house.app.state.tries = Tries()
            assert stranger.post("/sign-in", data=fields, headers=header).status_code == 429


def test_failures_side_by_side_are_all_counted(house: House) -> None:
    account = account_of(house, "officer")
    for _ in range(2):
        with transaction(house.parts.engine) as conn:
            counted = accounts.note_failure(conn, account, at=NOW)
    assert counted.failures == 2


def test_a_caller_cannot_choose_where_a_request_comes_from(house: House) -> None:
    with visitor(house) as guest:
        answers = []
        for i in range(21):
            guest.headers["X-Forwarded-For"] = f"10.0.0.{i}"
            guest.headers["Forwarded"] = f"for=10.0.0.{i}"
            answers.append(guess(guest, f"a{i}@b.vn").status_code)
    assert answers == [401] * 20 + [429]


@pytest.mark.parametrize(("proxies", "is_believed"), [("", False), ("127.0.0.1", True)])
def test_only_a_proxy_that_is_set_is_believed(
    house: House, proxies: str, is_believed: bool
) -> None:
    settings = house.parts.settings.model_copy(update={"proxies": proxies})
    with served(house, **listening(settings)) as url:
        answer = httpx.get(f"{url}/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert ("strict-transport-security" in answer.headers) is is_believed
    assert "server" not in answer.headers


@contextmanager
def served(house: House, **options: Any) -> Iterator[str]:
    """A real server on loopback, set up as the command does."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(house.app, host="127.0.0.1", port=port, **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_neighbours_in_one_network_of_the_newer_protocol_count_as_one() -> None:
    def origin(host: str) -> str:
        return origin_of(Request({"type": "http", "client": (host, 1)}))

    assert origin("2001:db8::1") == origin("2001:db8::ffff") != origin("2001:db8:0:1::1")
    assert origin("10.0.0.1") != origin("10.0.0.2")


# -- passwords and links ---------------------------------------------------------------------


def test_every_character_of_a_password_counts(house: House) -> None:
    spaced = f" {PASSWORD} "
    kept = passwords.hashed(spaced)
    with transaction(house.parts.engine) as conn:
        account = account_in(conn, "spaced@vidu.vn", kept)
    with visitor(house) as guest:
        assert guess(guest, account.email, PASSWORD).status_code == 401
        assert guess(guest, account.email, spaced).status_code == 303
    longest = "kênh rạch Sài Gòn về đêm " * 6
    kept = passwords.hashed(longest[: passwords.MOST])
    assert passwords.fits(longest[: passwords.MOST], kept)
    assert not passwords.fits(longest[: passwords.MOST] + "x", kept)
    assert not passwords.fits(PASSWORD.upper(), passwords.hashed(PASSWORD))


def account_in(conn: Connection, email: str, kept: str) -> accounts.Account:
    return accounts.create(conn, email, "Ai đó", "officer", lang="en", at=NOW, password=kept)


@pytest.mark.parametrize(
    "weak", ["123456789012", "passwordpassword", "qwertyuiopasdf", "mật khẩu", "caunoi2026caunoi"]
)
def test_a_password_that_is_easily_guessed_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.hashed(weak, "lan@vidu.vn", "Chị Lan", "caunoi")


def test_a_hash_is_slow_salted_and_renewed_when_its_settings_are_old(house: House) -> None:
    one, two = passwords.hashed(PASSWORD), passwords.hashed(PASSWORD)
    assert one != two
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", one)
    old = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    with transaction(house.parts.engine) as conn:
        account = account_in(conn, "old@vidu.vn", old)
    with visitor(house) as guest:
        assert guess(guest, account.email, PASSWORD).status_code == 303
        send(guest, "/account", "/sign-out")
        assert guess(guest, account.email, PASSWORD).status_code == 303
    with reading(house.parts.engine) as conn:
        kept = accounts.password_of(conn, account.id)
    assert kept is not None
    assert passwords.renewed(PASSWORD, kept) is None


def test_fields_for_passwords_hide_them_and_let_managers_help(world: World) -> None:
    guest, officer = world.clients["nobody"], world.clients["officer"]
    link = filled(world, "/link/{secret}")
    pages = (
        guest.get("/sign-in"),
        guest.get("/register"),
        guest.get(link),
        officer.get("/account"),
    )
    for page in pages:
        fields = soup(page).find_all("input", attrs={"name": re.compile("^password")})
        assert fields
        for field in fields:
            assert field["type"] == "password"
            assert field["autocomplete"] in ("current-password", "new-password")
            assert "maxlength" not in field.attrs


def test_a_link_is_used_once_by_two_who_come_together(house: House) -> None:
    account = account_of(house, "new_startup")
    with transaction(house.parts.engine) as conn:
        page = f"/link/{links.make(conn, account.id, by='test', at=NOW)}"
    form = {"password": PASSWORD, "password_again": PASSWORD}
    with visitor(house) as one, visitor(house) as two:
        sent = [(c, form | {"csrf": token(c, page)}) for c in (one, two)]
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda p: p[0].post(page, data=p[1], follow_redirects=False), sent)
            assert sorted(answer.status_code for answer in found) == [303, 410]


def test_the_address_of_a_link_is_told_to_nobody_as_where_one_came_from(world: World) -> None:
    page = world.clients["nobody"].get(filled(world, "/link/{secret}"))
    assert page.headers["referrer-policy"] == "strict-origin"


def test_the_first_link_makes_no_second_administrator(house: House) -> None:
    with transaction(house.parts.engine) as conn:
        page = f"/link/{links.make(conn, FIRST, by='setup', at=NOW)}"
    with visitor(house) as guest:
        csrf = token(guest, page)
        account_of(house, "admin")
        form = {"password": PASSWORD, "password_again": PASSWORD, "csrf": csrf}
        late = guest.post(page, data=form | {"name": "Kẻ lạ", "email": "la@vidu.vn"})
        assert late.status_code == 410
        assert guest.get(page).status_code == 410


def test_secrets_stand_in_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account = account_of(house, "officer")
    with transaction(house.parts.engine) as conn:
        secret = links.make(conn, account.id, by="test", at=NOW)
    with visitor(house) as guest, caplog.at_level(logging.DEBUG):
        caplog.clear()
        guest.get(f"/link/{secret}")
        guess(guest, "officer@vidu.vn", "a secret that failed")
        send(guest, f"/link/{secret}", f"/link/{secret}", password=PASSWORD, password_again="x")
        ours = [
            r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))
        ]
    told = "\n".join(ours) + repr(lines_of(house))
    for hidden in (secret, PASSWORD, "a secret that failed", guest.cookies["__Host-caunoi-guest"]):
        assert hidden not in told
    options = listening(house.parts.settings)
    assert options["access_log"] is False
    assert options["log_level"] == "warning"


# -- bodies ----------------------------------------------------------------------------------


def test_no_address_takes_a_longer_body_than_it_may(tmp_path: Path) -> None:
    small = build(tmp_path, most_body_bytes=5_000, most_file_bytes=6_000)
    files = {"/import", "/cohorts/import"}
    with visitor(small) as guest:
        for line in POSTS:
            path = re.sub(r"\{[^}]*\}", "1", line.path)
            body = b"x" * (5_001 if path not in files else 106_001)
            assert guest.post(path, content=body).status_code == 413, path
            pieces = (body[i : i + 1000] for i in range(0, len(body), 1000))
            form = {"content-type": "application/x-www-form-urlencoded"}
            assert guest.post(path, content=pieces, headers=form).status_code == 413, path


BOUND = "b0und"


def part(head: str, body: str = "x") -> str:
    return f"--{BOUND}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n"


BOMBS = {
    "too many fields": part('name="a"') * 2001,
    "too many files": part('name="a"; filename="f.csv"') * 6,
    "a long field": part('name="a"', "x" * 1_000_001),
    "a long name": part(f'name="{"a" * 900_000}"'),
    "a long name of a file": part(f'name="file"; filename="{"f" * 900_000}.csv"'),
    "a part without a name": f"--{BOUND}\r\nContent-Disposition: form-data\r\n\r\nx\r\n",
    "a part without a head": f"--{BOUND}\r\n\r\nx\r\n",
    "many heads": f"--{BOUND}\r\n" + "A: b\r\n" * 100_000 + part('name="a"')[len(BOUND) + 4 :],
    "many semicolons": part('name="a"' + "; a" * 200_000),
    "no end": f"--{BOUND}\r\nContent-Disposition: form-data; name=",
    "no form at all": "\x00" * 1000,
}


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda name: name.replace(" ", "-"))
def test_a_form_that_is_no_form_is_refused_quickly(world: World, bomb: str) -> None:
    body = (BOMBS[bomb] + f"--{BOUND}--\r\n").encode()
    header = {"content-type": f"multipart/form-data; boundary={BOUND}"}
    began = time.perf_counter()
    answer = world.clients["officer"].post("/import", content=body, headers=header)
    assert answer.status_code in (400, 403, 413)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "utf-16", "zlib", "idna", "none"])
def test_a_strange_encoding_makes_no_error_of_ours(world: World, charset: str) -> None:
    body = part('name="name"', "\\ud800 +ADw-script+AD4-") + part('name="language"', "en")
    body += part('name="csrf"', world.tokens["officer"][1]) + f"--{BOUND}--\r\n"
    header = {"content-type": f"multipart/form-data; boundary={BOUND}; charset={charset}"}
    line = Line("POST", "/account", "officer")
    with untouched(world, "officer", line):
        answer = world.clients["officer"].post("/account", content=body.encode(), headers=header)
    assert answer.status_code < 500


def test_many_fields_in_a_plain_form_are_refused(world: World) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = world.clients["officer"].post("/account", content=b"a=1&" * 2001, headers=form)
    assert answer.status_code == 400


def test_names_are_short_and_stand_in_the_order_in_which_they_are_read(house: House) -> None:
    with visitor(house, "startup") as own:
        long = send(own, "/account", "/account", name="x" * 201, language="en")
        assert long.status_code == 422
        send(own, "/account", "/account", name="Lan\u202enimda\x07\ud7ff", language="en")
    with reading(house.parts.engine) as conn:
        found = accounts.by_email(conn, "startup@vidu.vn")
    assert found is not None
    assert found.name == "Lannimda\ud7ff"


NUMBERED = tuple(line for line in TABLE if re.search(r"\{(number|line|id)", line.path))


@pytest.mark.parametrize("line", NUMBERED, ids=names(NUMBERED))
def test_numbers_that_cannot_be_make_no_error_of_ours(world: World, line: Line) -> None:
    who = first_of(line)
    for odd in ("0", str(2**63), "²", "x" * 500):
        template = re.sub(r"\{(number|line|id)(:int)?\}", odd, line.path)
        assert ask(world, who, Line(line.method, template, line.who)).status_code < 500, odd


# -- errors and traces -----------------------------------------------------------------------


def test_an_error_tells_nothing_of_the_inside(house: House) -> None:
    with visitor(house, "officer") as officer:
        with transaction(house.parts.engine) as conn:
            conn.exec_driver_sql("ALTER TABLE uploads RENAME TO elsewhere")
        answer = officer.get("/import")
        assert answer.status_code in (500, 503)
        for inside in (
            "uploads",
            "sqlite",
            "Traceback",
            "sqlalchemy",
            ".py",
            "SELECT",
            "caunoi.db",
        ):
            assert inside not in answer.text
        assert answer.headers["x-request-id"] in answer.text
        assert officer.get("/account").status_code == 200


def test_who_came_in_went_out_and_failed_is_on_record(house: House) -> None:
    with visitor(house, "officer") as officer:
        send(officer, "/account", "/sign-out")
        guess(officer, "officer@vidu.vn")
        guess(officer, "nobody@vidu.vn")
        assert officer.get("/people/audit", follow_redirects=False).status_code == 303
    found = [(line.action, line.role) for line in reversed(lines_of(house))]
    assert found == [
        ("signed in", "officer"),
        ("signed out", "officer"),
        ("sign-in failed", "officer"),
        ("sign-in failed", "nobody"),
    ]
    assert all(line.request_id and line.at.tzinfo for line in lines_of(house))
    with visitor(house, "admin") as admin:
        assert "Not signed in" in admin.get("/people/audit").text


def test_what_was_refused_is_on_record(house: House) -> None:
    with visitor(house, "startup") as startup:
        assert startup.get("/people").status_code == 403
        assert startup.get("/startups/nong-trai-so/profile").status_code in (403, 404)
        assert startup.post("/account", data={"csrf": "old"}).status_code == 403
        assert startup.get("/no-such-page").status_code == 404
    refused = [line for line in reversed(lines_of(house)) if line.action == "refused"]
    assert [line.fields for line in refused] == [
        ("GET /people",),
        ("GET /startups/{id}/profile",),
        ("POST /account",),
    ]
    assert {line.role for line in refused} == {"startup"}
