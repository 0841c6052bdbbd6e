"""In a real browser: somebody comes in by a link, and a session ends amid a form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from data import sessions
from data.engines import transaction
from service.inviting import first_link
from tests.browser import at, needs_chromium, surfer
from tests.page_fixtures import PASSWORD, account_of
from tests.service_fixtures import NOW, House, build

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def served(house: House) -> Iterator[tuple[Browser, str]]:
    with at(house) as both:
        yield both


def test_the_first_officer_comes_in_by_a_one_time_link(
    house: House, served: tuple[Browser, str]
) -> None:
    with transaction(house.parts.engine) as conn:
        secret = first_link(conn, at=NOW)
    one = surfer(*served)
    one.go(f"/link/{secret}?lang=vi")
    for field, typed in (
        ("#name", "Nguyễn Thị Lan"),
        ("#email", "lan@vidu.vn"),
        ("#password", PASSWORD),
        ("#password_again", PASSWORD),
    ):
        one.page.fill(field, typed)
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/home**")
    assert "Nguyễn Thị Lan" in one.page.inner_text("h1")
    assert not one.complaints


def test_a_session_that_ends_amid_a_form_loses_nothing_that_was_typed(
    house: House, served: tuple[Browser, str]
) -> None:
    account = account_of(house, "officer")
    one = surfer(*served)
    one.sign_in(house, "officer")
    one.go("/account")
    typed = "Trần Văn “Bảy” – tổ trưởng"
    one.page.fill("#name", typed)
    with transaction(house.parts.engine) as conn:
        sessions.end_all(conn, account.id)
    one.page.click("main button.main")
    assert "kept" in one.page.inner_text("main [role=status]")
    one.page.fill("#email", account.email)
    one.page.fill("#password", PASSWORD)
    one.page.click("main button.main")
    one.page.click("main button.main")
    one.page.wait_for_url("**/account**")
    assert one.page.input_value("#name") == typed


def test_the_keyboard_alone_signs_in_and_out(house: House, served: tuple[Browser, str]) -> None:
    account = account_of(house, "officer")
    one = surfer(*served)
    one.go("/sign-in?lang=en")
    keyboard = one.page.keyboard
    keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.className") == "skip"
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type(account.email)
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Tab")
    keyboard.press("Enter")
    one.page.wait_for_url("**/home**")
    one.page.focus("header form button")
    keyboard.press("Enter")
    one.page.wait_for_url("**/sign-in**")
    assert "signed out" in one.page.inner_text("main")


def test_everything_works_without_scripts(
    house: House, served: tuple[Browser, str], tmp_path: Path
) -> None:
    one = surfer(*served, java_script_enabled=False)
    one.sign_in(house, "officer")
    assert one.page.url.endswith("/home")
