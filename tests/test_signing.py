"""Signing in and out, one-time links, and sessions that end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data import accounts, links, sessions
from data.engines import transaction
from matcher.errors import LinkSpent
from service.inviting import first_link
from tests.page_fixtures import PASSWORD, account_of, send, soup, token, visitor
from tests.service_fixtures import NOW, House


def test_a_guest_is_led_to_the_form_and_from_there_to_where_they_wanted(house: House) -> None:
    account = account_of(house, "officer")
    with visitor(house) as guest:
        led = guest.get("/account?page=2", follow_redirects=False)
        assert led.status_code == 303
        assert led.headers["location"] == "/sign-in?to=%2Faccount%3Fpage%3D2"
        answer = send(
            guest,
            led.headers["location"],
            "/sign-in",
            to="/account?page=2",
            email=account.email.upper(),
            password=PASSWORD,
        )
        assert answer.headers["location"] == "/account?page=2"


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example", "/\\evil", "x"])
def test_nobody_is_sent_to_another_site(house: House, to: str) -> None:
    account = account_of(house, "officer")
    with visitor(house) as guest:
        fields = {"to": to, "email": account.email, "password": PASSWORD}
        assert send(guest, "/sign-in", "/sign-in", **fields).headers["location"] == "/home"


def test_a_wrong_try_does_not_tell_whether_the_address_is_known(house: House) -> None:
    account = account_of(house, "officer")
    with visitor(house) as guest:
        known = send(guest, "/sign-in", "/sign-in", email=account.email, password="wrong")
        unknown = send(guest, "/sign-in", "/sign-in", email="no@body.vn", password="wrong")
    assert known.status_code == unknown.status_code == 401
    assert soup(known).find(role="alert").text == soup(unknown).find(role="alert").text


def test_ten_failures_lock_an_account_for_a_while_even_for_the_right_password(house: House) -> None:
    account = account_of(house, "officer")
    with visitor(house) as guest:
        form = {"email": account.email}
        for _ in range(10):
            assert send(guest, "/sign-in", "/sign-in", **form, password="x").status_code == 401
        assert send(guest, "/sign-in", "/sign-in", **form, password=PASSWORD).status_code == 429


def test_one_address_may_not_try_without_end(house: House) -> None:
    with visitor(house) as guest:
        answers = [
            send(guest, "/sign-in", "/sign-in", email=f"a{i}@b.vn", password="x").status_code
            for i in range(21)
        ]
    assert answers == [401] * 20 + [429]


def test_a_form_without_its_token_or_from_another_site_is_refused(house: House) -> None:
    account = account_of(house, "officer")
    with visitor(house) as guest:
        form = {"email": account.email, "password": PASSWORD}
        assert guest.post("/sign-in", data=form).status_code == 403
        form |= {"csrf": token(guest, "/sign-in")}
        for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert guest.post("/sign-in", data=form, headers=header).status_code == 403
        assert guest.post("/sign-in", data=form, follow_redirects=False).status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    account = account_of(house, "officer")
    with visitor(house) as guest:
        form = {"email": account.email, "password": PASSWORD}
        cookies = send(guest, "/sign-in", "/sign-in", **form).headers.get_list("set-cookie")
    mine = next(c for c in cookies if c.startswith("__Host-caunoi="))
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in mine
    assert "Domain" not in mine


def test_what_was_typed_survives_the_end_of_a_session(house: House) -> None:
    with visitor(house, "officer") as officer:
        account = account_of(house, "officer")
        with transaction(house.parts.engine) as conn:
            sessions.end_all(conn, account.id)
        typed = {"note": "Dòng một\nDòng hai “ngoặc”", "csrf": "old", "password": "secret"}
        asked = officer.post("/sign-out", data=typed)
        assert asked.status_code == 401
        form = soup(asked).find("form")
        fields = {f["name"]: f["value"] for f in form.find_all("input", type="hidden")}
        assert "secret" not in asked.text
        fields |= {"email": account.email, "password": PASSWORD}
        again = officer.post("/sign-in", data=fields)
        kept = soup(again).find("form", action="/sign-out")
        values = {f["name"]: f["value"] for f in kept.find_all("input")}
        assert values["note"] == typed["note"]
        assert "password" not in values


def test_a_link_is_looked_at_often_and_used_once(house: House) -> None:
    with transaction(house.parts.engine) as conn:
        account = accounts.create(conn, "moi@vidu.vn", "Cán bộ mới", "officer", lang="vi", at=NOW)
        secret = links.make(conn, account.id, by="test", at=NOW)
    with visitor(house) as guest:
        page = f"/link/{secret}"
        assert "Cán bộ mới" in guest.get(page).text
        weak = send(guest, page, page, password="123456789012", password_again="123456789012")
        assert weak.status_code == 422
        other = send(guest, page, page, password=PASSWORD, password_again=PASSWORD + "x")
        assert other.status_code == 422
        done = send(guest, page, page, password=PASSWORD, password_again=PASSWORD)
        assert done.headers["location"] == "/home?said=welcome"
        assert guest.get(page).status_code == 410
        assert guest.get("/link/nothing").status_code == 410


def test_a_link_ends_and_a_newer_one_takes_its_place(house: House) -> None:
    account = account_of(house, "officer")
    with transaction(house.parts.engine) as conn:
        first = links.make(conn, account.id, by="test", at=NOW)
        second = links.make(conn, account.id, by="test", at=NOW)
        assert links.owner(conn, second, at=NOW + links.GOOD_FOR - timedelta(seconds=1))
        for secret, at in ((first, NOW), (second, NOW + links.GOOD_FOR)):
            with pytest.raises(LinkSpent):
                links.owner(conn, secret, at=at)


def test_a_session_ends_by_idleness_and_by_age_and_changes_its_secret(house: House) -> None:
    account = account_of(house, "officer")
    minute = timedelta(minutes=1)
    with transaction(house.parts.engine) as conn:
        _, secret = sessions.begin(conn, account.id, at=NOW)
        assert sessions.find(conn, secret, at=NOW + sessions.IDLE)
        assert sessions.find(conn, secret, at=NOW + sessions.IDLE + minute) is None
        at = NOW
        while at - NOW < sessions.WHOLE - 20 * minute:
            at += 20 * minute
            found = sessions.find(conn, secret, at=at)
            assert found
            old, secret = secret, sessions.note(conn, found, at=at) or secret
            assert old != secret
            assert sessions.find(conn, old, at=at + sessions.GRACE)
            assert sessions.find(conn, old, at=at + 2 * minute) is None
        late = NOW + sessions.WHOLE + minute
        assert sessions.find(conn, secret, at=late) is None
        assert sessions.sweep(conn, at=late) == 1


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(house: House) -> None:
    with visitor(house, "officer") as officer:
        copied = officer.cookies["__Host-caunoi"]
        csrf = officer.get("/account").text
        form = soup(officer.get("/account")).find("input", attrs={"name": "csrf"})
        assert csrf
        out = officer.post("/sign-out", data={"csrf": form["value"]}, follow_redirects=False)
        assert out.headers["location"] == "/sign-in?said=signed_out"
        officer.cookies.set("__Host-caunoi", copied, domain="testserver.local", path="/")
        again = officer.get("/", follow_redirects=False)
        assert again.headers["location"] == "/sign-in"


def test_the_language_is_chosen_on_any_page_and_remembered(house: House) -> None:
    with visitor(house, lang="en") as guest:
        assert soup(guest.get("/sign-in")).html["lang"] == "en"
        assert "Đăng nhập" in guest.get("/sign-in?lang=vi").text
        assert soup(guest.get("/sign-in")).html["lang"] == "vi"


def test_the_first_link_makes_the_first_account_and_there_is_none_afterwards(house: House) -> None:
    with transaction(house.parts.engine) as conn:
        secret = first_link(conn, at=NOW)
    page = f"/link/{secret}"
    with visitor(house) as guest:
        form = {"password": PASSWORD, "password_again": PASSWORD, "name": "Chị Lan"}
        assert send(guest, page, page, **form, email="lan").status_code == 422
        done = send(guest, page, page, **form, email="lan@vidu.vn")
        assert done.headers["location"] == "/home?said=welcome"
        assert "Chị Lan" in guest.get("/account").text
    with transaction(house.parts.engine) as conn:
        assert first_link(conn, at=NOW) is None
