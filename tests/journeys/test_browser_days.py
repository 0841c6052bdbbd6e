"""In a real browser, days of those who use it: an officer who looks for partners and prints, a
startup that registers, and one that tries another's pages.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from data import profiles
from data.engines import transaction
from tests import builders
from tests.browser import PHONE, Surfer, at, needs_chromium, surfer
from tests.page_fixtures import PASSWORD
from tests.service_fixtures import NOW, House, build

pytestmark = needs_chromium

FOR_GROWN_ONES = builders.programme(
    id="da-lon", name="Chỉ Nhận Đã Lớn", sectors=("agritech",), stages=("growth",), markets=("KR",)
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = build(tmp_path_factory.mktemp("house"))
    with transaction(made.parts.engine) as conn:
        profiles.put_all(conn, (FOR_GROWN_ONES,), who="test", at=NOW)
    return made


@pytest.fixture(scope="module")
def served(house: House) -> Iterator[tuple[Browser, str]]:
    with at(house) as both:
        yield both


def test_an_officer_finds_partners_for_a_startup_decides_and_prints(
    house: House, served: tuple[Browser, str]
) -> None:
    officer = surfer(*served)
    officer.sign_in(house, "officer", "vi")
    page = officer.page
    officer.go("/startups")
    page.fill("input[type=search], input[name=q]", "nong trai")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Nông Trại Số").first.click()
    page.wait_for_load_state()
    officer.go("/startups/nong-trai-so")
    assert "Seoul Farm Tech" in page.inner_text("main")
    page.get_by_role("button", name="Chọn vào danh sách ngắn").first.click()
    page.wait_for_load_state()
    assert "danh sách ngắn" in page.inner_text("main").lower()
    page.emulate_media(media="print")
    assert not page.is_visible("header.top")
    assert page.is_visible("main h1")
    paper = page.pdf()
    assert paper.startswith(b"%PDF")
    page.emulate_media(media="screen")
    assert officer.complaints == []


def test_a_startup_registers_in_vietnamese_mends_what_shuts_it_out_and_sees_it_open(
    house: House, served: tuple[Browser, str]
) -> None:
    startup = surfer(*served, viewport=PHONE, locale="vi-VN")
    page = startup.page
    _register(startup, "lua@vidu.vn")
    page.fill("#name", "Lúa Xanh Số")
    page.fill("#product_vi", "Cảm biến đo độ mặn cho ruộng lúa")
    page.locator("select[name=sectors]").first.select_option("agritech")
    page.select_option("#stage", "seed")
    page.check("input[name=needs][value=market_access]")
    page.click("main form[data-draft] button.main")
    page.wait_for_url("**/me?**")
    assert "Seoul Farm Tech" in page.inner_text("#best >> xpath=..")
    assert "Chỉ Nhận Đã Lớn" not in page.inner_text("#best >> xpath=..")
    startup.go("/me/programmes/da-lon")
    assert "tăng trưởng" in page.inner_text("main").lower()
    startup.go("/me/profile?field=stage&back=/me/programmes/da-lon")
    page.select_option("#stage", "growth")
    page.click("main form[data-draft] button.main")
    page.wait_for_url("**/me/programmes/da-lon**")
    startup.go("/me")
    assert "Chỉ Nhận Đã Lớn" in page.inner_text("#best >> xpath=..")
    assert startup.complaints == []


def test_a_startup_that_tries_anothers_pages_by_their_addresses_learns_nothing(
    house: House, served: tuple[Browser, str]
) -> None:
    startup = surfer(*served)
    startup.sign_in(house, "startup", "vi")
    for path in (
        "/startups/nong-trai-so",
        "/startups/nong-trai-so/profile",
        "/startups/nong-trai-so/edit",
        "/startups/nong-trai-so/history",
        "/startups/nong-trai-so/what-if",
        "/startups/nong-trai-so/matches.xlsx",
        "/startups/not-there/profile",
        "/people",
        "/cohorts",
    ):
        assert startup.go(path) in (403, 404), path
        told = startup.page.inner_text("body")
        assert "Nông Trại Số" not in told
        assert "kin@nongtrai.vn" not in told
    assert startup.go("/me") == 200


def _register(startup: Surfer, email: str) -> None:
    page = startup.page
    startup.go("/register?lang=vi")
    page.fill("#name", "Ngô Thị Lúa")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.fill("#password_again", PASSWORD)
    page.click("main button.main")
    page.wait_for_selector("#email")
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/me/profile**")
