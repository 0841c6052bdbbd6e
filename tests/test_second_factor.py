"""The second step of signing in, by a code, and the list of one's own sessions."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from data import accounts, links, second_factors, sessions
from data.audit import read_audit
from data.engines import engine_of, reading, transaction
from service import second_factor
from service.app import create_app
from service.pages.user_agents import browser_of
from service.pages.waiting import COOKIE, GOOD_FOR
from service.settings import Settings
from tests.command_fixtures import caunoi
from tests.page_fixtures import PASSWORD, account_of, send, soup, visitor
from tests.service_fixtures import NOW, House, build

PAGE = "/account/second-factor"
CODE = "/sign-in/code"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = "aaaaaa-bbbbbb-cccccc-dddddd"


@dataclass
class Clocked:
    """A house whose clock is set by hand."""

    house: House
    at: list[datetime] = field(default_factory=lambda: [NOW])

    def later(self, **more: float) -> None:
        self.at[0] += timedelta(**more)

    def code(self, secret: str = SECRET) -> str:
        return pyotp.TOTP(secret).at(int(self.at[0].timestamp()))


@pytest.fixture
def clocked(tmp_path: Path) -> Clocked:
    house, at = build(tmp_path), [NOW]
    app = create_app(house.parts, now=lambda: at[0])
    return Clocked(House(app, house.parts, house.secrets), at)


@pytest.fixture
def guest(clocked: Clocked) -> Iterator[TestClient]:
    """A browser of nobody, in a house whose officer has a second factor."""
    give_factor(clocked.house, "officer")
    with visitor(clocked.house) as found:
        yield found


def give_factor(house: House, who: str) -> None:
    account = account_of(house, who)
    kept = [second_factor.digest(RECOVERY)]
    with transaction(house.parts.engine) as conn:
        second_factors.keep(conn, account.id, SECRET, step=0, recovery=kept)


def by_password(client: TestClient, who: str = "officer", **more: str) -> Response:
    form = {"email": f"{who}@vidu.vn", "password": PASSWORD} | more
    return send(client, "/sign-in", "/sign-in", **form)


def by_code(client: TestClient, code: str) -> Response:
    return send(client, CODE, CODE, one_time_code=code)


def is_in(client: TestClient) -> bool:
    return client.get("/account", follow_redirects=False).status_code == 200


def actions(house: House) -> list[str]:
    with reading(house.parts.engine) as conn:
        return [line.action for line in read_audit(conn, limit=200)]


# -- setting it up ---------------------------------------------------------------------------


def test_it_is_set_up_by_a_picture_a_password_and_a_code(clocked: Clocked) -> None:
    with visitor(clocked.house, "startup") as startup:
        shown = soup(startup.get(PAGE))
        secret = shown.find("code").text.replace(" ", "")
        assert len(secret) == 32
        assert soup(startup.get(PAGE)).find("code").text.replace(" ", "") == secret
        assert shown.find("svg", class_="qr").find("path")["d"].startswith("M")
        form = {"act": "on", "one_time_code": clocked.code(secret)}
        assert send(startup, PAGE, PAGE, **form, password_before="x").status_code == 401
        wrong = form | {"one_time_code": "000000", "password_before": PASSWORD}
        assert send(startup, PAGE, PAGE, **wrong).status_code == 401
        done = send(startup, PAGE, PAGE, **form, password_before=PASSWORD)
        codes = [one.text for one in soup(done).find(class_="codes").find_all("code")]
        assert len(set(codes)) == 10
        again = startup.get(PAGE).text
        assert secret not in again
        assert not any(code in again for code in codes)
    with visitor(clocked.house) as other:
        assert by_password(other, "startup").headers["location"] == CODE
        assert by_code(other, codes[0].upper().replace("-", " ")).headers["location"] == "/me"
        assert is_in(other)
    assert "turned the second factor on" in actions(clocked.house)


def test_the_picture_holds_the_secret_and_nothing_inline(clocked: Clocked) -> None:
    picture = second_factor.picture_of(SECRET, "lan@vidu.vn")
    assert picture.size >= 29
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", picture.path)
    with visitor(clocked.house, "officer") as officer:
        page = soup(officer.get(PAGE))
        assert not [one for one in page.find_all(True) if one.get("style")]


def test_it_is_turned_off_by_the_password_and_a_code_alone(clocked: Clocked) -> None:
    with visitor(clocked.house, "officer") as officer:
        give_factor(clocked.house, "officer")
        form = {"act": "off", "one_time_code": clocked.code()}
        assert send(officer, PAGE, PAGE, **form, password_before="x").status_code == 401
        wrong = form | {"one_time_code": "000000", "password_before": PASSWORD}
        assert send(officer, PAGE, PAGE, **wrong).status_code == 401
        assert account_of(clocked.house, "officer").has_factor
        assert send(officer, PAGE, PAGE, **form, password_before=PASSWORD).status_code == 303
    assert not account_of(clocked.house, "officer").has_factor
    with visitor(clocked.house, "officer") as officer:
        assert is_in(officer)


def test_new_recovery_codes_take_the_place_of_the_old_ones(clocked: Clocked) -> None:
    account = account_of(clocked.house, "officer")
    with visitor(clocked.house, "officer") as officer:
        give_factor(clocked.house, "officer")
        form = {"act": "codes", "one_time_code": clocked.code(), "password_before": PASSWORD}
        made = send(officer, PAGE, PAGE, **form)
        assert len(soup(made).find(class_="codes").find_all("code")) == 10
    with transaction(clocked.house.parts.engine) as conn:
        assert not second_factors.use_recovery(conn, account.id, second_factor.digest(RECOVERY))


def test_officers_are_offered_it_and_others_find_it_in_their_account(clocked: Clocked) -> None:
    with visitor(clocked.house, "officer") as officer, visitor(clocked.house, "startup") as startup:
        assert soup(officer.get("/home")).main.find("a", href=PAGE)
        assert soup(startup.get("/account")).main.find("a", href=PAGE)
        give_factor(clocked.house, "officer")
        assert not soup(officer.get("/home")).main.find("a", href=PAGE)


def test_an_office_can_ask_it_of_officers_before_they_go_on(tmp_path: Path) -> None:
    house = build(tmp_path, second_factor="officers")
    with visitor(house, "officer") as officer, visitor(house, "startup") as startup:
        for page in ("/home", "/account", "/startups"):
            led = officer.get(page, follow_redirects=False)
            assert (led.status_code, led.headers["location"]) == (303, PAGE)
        assert send(officer, PAGE, "/people").status_code == 403
        assert officer.get(PAGE).status_code == 200
        assert is_in(startup)
        give_factor(house, "officer")
        assert officer.get("/home").status_code == 200
    with visitor(house, "admin") as admin:
        assert send(admin, PAGE, "/sign-out").headers["location"] == "/sign-in?said=signed_out"


# -- signing in with it ----------------------------------------------------------------------


def test_a_right_password_opens_nothing_but_the_page_of_the_code(
    clocked: Clocked, guest: TestClient
) -> None:
    asked = by_password(guest)
    assert asked.headers["location"] == CODE
    assert not is_in(guest)
    mine = next(c for c in asked.headers.get_list("set-cookie") if c.startswith(COOKIE))
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in mine
    assert by_code(guest, clocked.code()).headers["location"] == "/home"
    assert is_in(guest)
    assert guest.get(CODE, follow_redirects=False).headers["location"].startswith("/sign-in?")


def test_a_code_works_once(clocked: Clocked, guest: TestClient) -> None:
    by_password(guest)
    code = clocked.code()
    assert by_code(guest, code).status_code == 303
    with visitor(clocked.house) as other:
        by_password(other)
        assert by_code(other, code).status_code == 401
        clocked.later(seconds=30)
        assert by_code(other, clocked.code()).status_code == 303


def test_of_two_who_send_one_code_together_one_gets_in(clocked: Clocked) -> None:
    account = replace(account_of(clocked.house, "officer"), has_factor=True)
    give_factor(clocked.house, "officer")
    ready, engine, code = threading.Barrier(2), clocked.house.parts.engine, clocked.code()

    def one(_: int) -> str | None:
        ready.wait()
        with transaction(engine) as conn:
            return second_factor.take(conn, account, code, at=NOW)

    with ThreadPoolExecutor(2) as both:
        assert sorted(map(str, both.map(one, range(2)))) == ["None", "used a code"]


def test_a_recovery_code_works_once(clocked: Clocked, guest: TestClient) -> None:
    by_password(guest)
    assert by_code(guest, RECOVERY).status_code == 303
    with visitor(clocked.house) as other:
        by_password(other)
        assert by_code(other, RECOVERY).status_code == 401
    assert "used a recovery code" in actions(clocked.house)


@pytest.mark.parametrize(("seconds", "step"), [(0, 0), (30, -1), (-30, 1), (90, None), (-90, None)])
def test_a_code_is_good_for_one_step_before_and_after_its_own(
    seconds: int, step: int | None
) -> None:
    code = pyotp.TOTP(SECRET).at(int(NOW.timestamp()))
    at = NOW + timedelta(seconds=seconds)
    found = second_factor.step_of(SECRET, f" {code[:3]} {code[3:]}", at)
    assert found == (None if step is None else int(NOW.timestamp()) // 30)
    assert second_factor.step_of(SECRET, "mã sai", at) is None


def test_recovery_codes_are_long_random_and_kept_hashed() -> None:
    codes = second_factor.recovery_codes() + second_factor.recovery_codes()
    assert len(set(codes)) == 20
    assert all(re.fullmatch(r"([2-9a-hjkmnp-z]{6}-){3}[2-9a-hjkmnp-z]{6}", one) for one in codes)
    assert all(re.fullmatch(r"[0-9a-f]{64}", second_factor.digest(one)) for one in codes)


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(
    clocked: Clocked, guest: TestClient
) -> None:
    by_password(guest)
    assert [by_code(guest, "000000").status_code for _ in range(10)] == [401] * 10
    assert by_code(guest, clocked.code()).status_code == 429
    assert not is_in(guest)
    with reading(clocked.house.parts.engine) as conn:
        account = accounts.by_email(conn, "officer@vidu.vn")
    assert account
    assert account.is_locked(NOW)
    assert actions(clocked.house).count("wrong code") == 10


def test_a_wait_ends_by_itself_and_by_a_new_password(clocked: Clocked, guest: TestClient) -> None:
    by_password(guest)
    clocked.later(seconds=GOOD_FOR.total_seconds())
    assert guest.get(CODE, follow_redirects=False).status_code == 303
    by_password(guest)
    account = account_of(clocked.house, "officer")
    with transaction(clocked.house.parts.engine) as conn:
        accounts.change(conn, account.id, password="another hash")
    assert by_code(guest, clocked.code()).headers["location"].startswith("/sign-in?")
    assert not is_in(guest)


def test_who_is_shut_out_meanwhile_stays_out(clocked: Clocked, guest: TestClient) -> None:
    by_password(guest)
    account = account_of(clocked.house, "officer")
    with transaction(clocked.house.parts.engine) as conn:
        accounts.change(conn, account.id, disabled_at=NOW)
    assert by_code(guest, clocked.code()).headers["location"].startswith("/sign-in?")
    assert not is_in(guest)


def test_what_was_typed_is_carried_through_the_code_too(clocked: Clocked) -> None:
    with visitor(clocked.house, "officer") as officer:
        account = account_of(clocked.house, "officer")
        give_factor(clocked.house, "officer")
        with transaction(clocked.house.parts.engine) as conn:
            sessions.end_all(conn, account.id)
        typed = {"name": "Chị Lan\n“ngoặc”", "one_time_code": "123456", "password_before": "secret"}
        asked = officer.post("/account", data=typed | {"csrf": "old"})
        form = soup(asked).find("form", action="/sign-in")
        fields = {f["name"]: f["value"] for f in form.find_all("input", type="hidden")}
        fields |= {"email": account.email, "password": PASSWORD}
        assert officer.post("/sign-in", data=fields, follow_redirects=False).status_code == 303
        assert soup(officer.get(f"{CODE}?lang=vi")).find(class_="note")
        again = by_code(officer, clocked.code())
        kept = soup(again).find("form", action="/account")
        values = {f["name"]: f["value"] for f in kept.find_all("input")}
        assert values["name"] == typed["name"]
        assert set(values) == {"csrf", "name"}
        assert officer.post("/account", data=values | {"language": "en"}).status_code == 200


def test_a_link_alone_does_not_pass_by_the_second_factor(
    clocked: Clocked, guest: TestClient
) -> None:
    account = account_of(clocked.house, "officer")
    with transaction(clocked.house.parts.engine) as conn:
        page = f"/link/{links.make(conn, account.id, by='test', at=NOW)}"
    new = PASSWORD + " khác"
    done = send(guest, page, page, password=new, password_again=new)
    assert done.headers["location"] == CODE
    assert not is_in(guest)
    assert by_code(guest, clocked.code()).headers["location"] == "/home?said=welcome"


# -- when it is lost -------------------------------------------------------------------------


def test_an_administrator_takes_it_off_for_somebody_who_lost_it(clocked: Clocked) -> None:
    house = clocked.house
    with visitor(house, "officer") as officer, visitor(house, "admin") as admin:
        give_factor(house, "officer")
        give_factor(house, "startup")
        path, own = (
            f"/people/{account_of(house, who).id}/second-factor" for who in ("officer", "admin")
        )
        startups = f"/people/{account_of(house, 'startup').id}/second-factor"
        assert send(officer, "/people", startups).status_code == 403
        assert soup(admin.get("/people")).find("form", action=path)
        assert send(admin, "/people", own).status_code == 422
        assert send(admin, "/people", path).status_code == 303
        assert not is_in(officer)
    assert not account_of(house, "officer").has_factor
    assert account_of(house, "startup").has_factor
    assert "took a second factor off" in actions(house)


def test_a_command_takes_it_off_too(tmp_path: Path) -> None:
    caunoi(tmp_path, "accounts", "invite", "lan@vidu.vn", "--name", "Chị Lan", "--json")
    engine = engine_of(Settings(_env_file=None, home=tmp_path).database_url)
    with transaction(engine) as conn:
        account = accounts.by_email(conn, "lan@vidu.vn")
        assert account
        second_factors.keep(conn, account.id, SECRET, step=1, recovery=())
    done = caunoi(tmp_path, "accounts", "reset-factor", "lan@vidu.vn", "--json").json
    assert done["second_factor"] is False
    with reading(engine) as conn:
        assert read_audit(conn, limit=1)[0].action == "took a second factor off"
    none = caunoi(tmp_path, "accounts", "reset-factor", "no@body.vn", "--json")
    assert none.error["type"].endswith("not-found")


# -- where somebody is signed in -------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)


@contextmanager
def in_browsers(house: House, *agents: str) -> Iterator[list[TestClient]]:
    with visitor(house) as first:
        found = [first] + [TestClient(house.app, base_url="https://testserver") for _ in agents[1:]]
        for one, agent in zip(found, agents, strict=True):
            one.headers |= {"User-Agent": agent, "Accept-Language": "en"}
            account_of(house, "officer")
            assert by_password(one).status_code == 303
        yield found


def places(client: TestClient) -> list[str]:
    section = soup(client.get("/account")).find("section", attrs={"aria-labelledby": "places"})
    return [item.find("strong").text for item in section.find_all("li")]


def test_people_see_their_sessions_and_end_any_or_all_others(clocked: Clocked) -> None:
    with in_browsers(clocked.house, FIREFOX, CHROME, "curl/8") as (here, there, third):
        assert sorted(places(here)) == ["Chrome · Android", "Firefox · Windows", "Unknown browser"]
        page = soup(here.get("/account"))
        assert page.find("section", attrs={"aria-labelledby": "places"}).find(class_="badge").text
        ticks = {
            box.parent.find("strong").text: box["value"]
            for box in page.find_all("input", attrs={"name": "session"})
        }
        assert set(ticks) == {"Chrome · Android", "Unknown browser"}
        form = {"act": "ticked", "session": ticks["Chrome · Android"]}
        refused = send(here, "/account", "/account/sessions", **form, password_before="x")
        assert refused.status_code == 401
        assert is_in(there)
        form |= {"password_before": PASSWORD}
        assert send(here, "/account", "/account/sessions", **form).status_code == 303
        assert not is_in(there)
        assert is_in(third)
        form = {"act": "others", "password_before": PASSWORD}
        assert send(here, "/account", "/account/sessions", **form).status_code == 303
        assert not is_in(third)
        assert places(here) == ["Firefox · Windows"]


def test_nobody_ends_the_sessions_of_others(clocked: Clocked) -> None:
    house = clocked.house
    with visitor(house, "startup") as startup, visitor(house, "officer") as officer:
        with reading(house.parts.engine) as conn:
            theirs = sessions.of_account(conn, account_of(house, "startup").id, at=NOW)
        form = {"act": "ticked", "session": str(theirs[0].id), "password_before": PASSWORD}
        assert send(officer, "/account", "/account/sessions", **form).status_code == 303
        assert is_in(startup)


def test_a_browser_is_called_as_its_owner_calls_it() -> None:
    edge = CHROME + " Edg/140.0"
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    told = [browser_of(agent) for agent in (FIREFOX, CHROME, edge, safari, "", "<b>Firefox</b>")]
    named = ["Firefox · Windows", "Chrome · Android", "Edge · Android", "Safari · iPhone"]
    assert told == [*named, None, None]
