"""In a real browser: an officer brings in a file with ten kinds of faults, with scripts or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from data import profiles
from data.engines import reading
from tests.browser import DESKTOP, NARROW, Surfer, at, needs_chromium, surfer
from tests.import_files import faulty
from tests.service_fixtures import House, build

pytestmark = needs_chromium

NEW = ("nong-trai-moi", "an-phu", "du-lich-so")
"""Profiles of rows that are mended, or good from the start."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def served(house: House) -> Iterator[tuple[Browser, str]]:
    with at(house) as both:
        yield both


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "danh-sach.xlsx"
    made.write_bytes(faulty())
    return made


def bring_in(one: Surfer, file: Path) -> str:
    """Upload a file and go on with the columns as they are guessed; the address of its rows."""
    one.go("/import")
    one.page.set_input_files("#file", file)
    one.page.click("form[enctype] button")
    one.page.wait_for_url("**/columns")
    one.page.click("button[value=on]")
    one.page.wait_for_load_state()
    return one.page.url.removeprefix(one.url)


def figures(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".figures li").all_inner_texts()]


def told(page: Page, sentence: str) -> None:
    """Wait until those who do not see are told something."""
    page.locator("#told", has_text=sentence).wait_for(state="attached")


def kept(house: House) -> set[str]:
    with reading(house.parts.engine) as conn:
        return set(profiles.get_many(conn, "startup", NEW))


def test_cells_are_saved_on_leaving_them_and_the_file_is_loaded_and_undone(
    house: House, served: tuple[Browser, str], file: Path
) -> None:
    one = surfer(*served)
    page = one.page
    one.sign_in(house, "officer")
    bring_in(one, file)
    assert figures(page)[3] == "6 with faults"
    page.fill("#cell-5-5", "31/12/2020")
    page.keyboard.press("Tab")
    told(page, "Row 5 is saved.")
    assert page.evaluate("document.activeElement.id") == "cell-5-6"
    page.click("#row-4 button[name=set] >> nth=0")
    told(page, "Row 4 is saved.")
    page.click("#row-4 button[value=currency-6]")
    page.wait_for_load_state()
    assert figures(page)[0] == "5 new"
    page.fill("#cell-6-2", "Hồ Sơ Sức Khỏe")
    page.click(".load button.main")  # what was just left is saved first, then loaded
    page.wait_for_url("**?said=loaded")
    assert figures(page)[:2] == ["6 new", "1 updates"]
    assert kept(house) == set(NEW)
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("form[action$=undo] button")
    page.wait_for_url("**?said=load_undone")
    assert kept(house) == set()
    assert one.complaints == []


def test_everything_works_without_scripts(
    house: House, served: tuple[Browser, str], file: Path
) -> None:
    one = surfer(*served, java_script_enabled=False)
    page = one.page
    one.sign_in(house, "officer")
    bring_in(one, file)
    page.fill("#cell-5-5", "31/12/2020")
    page.press("#cell-5-5", "Enter")
    page.wait_for_load_state()
    assert page.locator("#cell-5-5").count() == 0
    page.click("#row-5 button[name=set]")
    page.wait_for_load_state()
    assert figures(page)[0] == "4 new"
    page.click("#row-10 button[value=skip]")
    page.wait_for_load_state()
    assert figures(page)[4] == "1 skipped"
    page.click(".load button.main")
    page.wait_for_url("**?said=loaded")
    page.click("form[action$=undo] button")
    page.wait_for_url("**?said=load_undone")
    assert kept(house) == set()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_of_the_import_is_sound(
    house: House, served: tuple[Browser, str], file: Path, lang: str
) -> None:
    one = surfer(*served)
    one.sign_in(house, "officer", lang)
    rows = bring_in(one, file)
    for path in ("/import", f"{rows}/columns", rows, f"{rows}?show=all", f"{rows}/rows/3"):
        one.page.set_viewport_size(DESKTOP)
        assert one.go(f"{path}{'&' if '?' in path else '?'}lang={lang}") == 200
        assert one.faults() == []
        one.page.set_viewport_size(NARROW)
        assert one.overflow() <= 0
    one.page.set_viewport_size(DESKTOP)
    one.go(rows)
    one.page.click(".load button.main")
    one.page.wait_for_url("**?said=loaded")
    assert one.faults() == []
    one.page.set_viewport_size(NARROW)
    assert one.overflow() <= 0
    one.page.once("dialog", lambda dialog: dialog.accept())
    one.page.click("form[action$=undo] button")
    one.page.wait_for_url("**?said=load_undone")
    assert one.faults() == []
    assert one.complaints == []
