"""Pages of people and of the audit trail."""

from __future__ import annotations

from data import accounts
from data.engines import reading
from tests.page_fixtures import PASSWORD, account_of, send, soup, visitor
from tests.service_fixtures import House


def test_an_administrator_invites_an_officer_who_comes_in_by_the_link(house: House) -> None:
    with visitor(house, "admin") as admin:
        form = {"name": "Anh Ba", "email": "ba@vidu.vn", "role": "officer", "language": "vi"}
        made = send(admin, "/people", "/people", **form)
        assert made.status_code == 200
        link = soup(made).find("input", attrs={"readonly": True})["value"]
        assert link not in admin.get("/people").text
    page = link.removeprefix("https://testserver")
    with visitor(house) as guest:
        send(guest, page, page, password=PASSWORD, password_again=PASSWORD)
        assert soup(guest.get("/home")).html["lang"] == "vi"


def test_an_officer_invites_startups_but_makes_no_officers(house: House) -> None:
    with visitor(house, "officer") as officer:
        form = {"name": "Anh Ba", "email": "ba@vidu.vn", "language": "vi"}
        assert send(officer, "/people", "/people", **form, role="officer").status_code == 403
        assert send(officer, "/people", "/people", **form, role="admin").status_code == 403
        bound = {"role": "startup", "profile_id": "vi-du-pay"}
        assert send(officer, "/people", "/people", **form, **bound).status_code == 200
        account = account_of(house, "admin")
        for act in ("disable", "enable", "link"):
            assert send(officer, "/people", f"/people/{account.id}/{act}").status_code == 403


def test_an_unknown_profile_is_told_beside_the_form_with_what_was_typed(house: House) -> None:
    with visitor(house, "officer") as officer:
        form = {"name": "Anh Ba", "email": "ba@vidu.vn", "role": "startup", "profile_id": "nobody"}
        refused = send(officer, "/people", "/people", **form, language="vi")
    assert refused.status_code == 404
    page = soup(refused)
    assert page.find(role="alert")
    assert page.find(id="email")["value"] == "ba@vidu.vn"


def test_who_is_shut_out_is_signed_out_at_once_and_can_be_let_in_again(house: House) -> None:
    account = account_of(house, "startup")
    with visitor(house, "startup") as startup, visitor(house, "admin") as admin:
        assert startup.get("/account", follow_redirects=False).status_code == 200
        send(admin, "/people", f"/people/{account.id}/disable")
        assert startup.get("/account", follow_redirects=False).status_code == 303
        form = {"email": account.email, "password": PASSWORD}
        assert send(startup, "/sign-in", "/sign-in", **form).status_code == 401
        send(admin, "/people", f"/people/{account.id}/enable")
        assert send(startup, "/sign-in", "/sign-in", **form).status_code == 303


def test_nobody_shuts_out_themselves(house: House) -> None:
    account = account_of(house, "admin")
    with visitor(house, "admin") as admin:
        assert send(admin, "/people", f"/people/{account.id}/disable").status_code == 422
    with reading(house.parts.engine) as conn:
        assert accounts.get(conn, account.id).disabled_at is None


def test_the_trail_shows_an_officer_what_they_did_and_an_administrator_everything(
    house: House,
) -> None:
    with visitor(house, "officer") as officer, visitor(house, "admin") as admin:
        mine, everything = (soup(one.get("/people/audit")) for one in (officer, admin))
        assert "admin@vidu.vn" not in mine.main.text
        assert "officer@vidu.vn" in everything.main.text
        found = soup(admin.get("/people/audit?who=officer"))
        assert not found.find("tbody")


def test_the_trail_is_read_page_by_page(house: House) -> None:
    with visitor(house, "admin") as admin:
        for number in range(30):
            send(admin, "/account", "/account", name=f"Admin {number}", language="en")
        first = soup(admin.get("/people/audit"))
        assert len(first.select("tbody tr")) == 50 or first.find(rel="next") is None
