"""Pictures of the main pages, desktop and phone, in both languages: ``make screenshots``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import DESKTOP, PHONE, Surfer, browser, chromium, surfer
from tests.page_addresses import Address
from tests.shipped_house import installed, serving_shipped

FOLDER = Path("var/screenshots")
SCREENS = (("desktop", DESKTOP), ("phone", PHONE))
TALLEST = 2400
"""Pixels of a picture's height; what comes below says nothing about how a page looks."""


def main(only: tuple[str, ...]) -> None:
    """Take the pictures, of all pages or of those that are named."""
    if chromium() is None or not installed():
        sys.exit("Needs Chromium and an installation: run `make setup` first.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_shipped(Path(folder)) as (house, url, pages),
        browser() as opened,
    ):
        for lang in ("vi", "en"):
            for screen, size in SCREENS:
                chosen = [page for page in pages.values() if not only or page.name in only]
                _take(house, opened, url, lang, screen, size, chosen)


def _take(
    house: object,
    opened: Browser,
    url: str,
    lang: str,
    screen: str,
    size: dict[str, int],
    pages: list[Address],
) -> None:
    people: dict[str, Surfer] = {}
    for one in pages:
        if one.role not in people:
            people[one.role] = surfer(opened, url, viewport=size, locale=lang)
            if one.role != "nobody":
                people[one.role].sign_in(house, one.role, lang)
        person = people[one.role]
        status = person.go(f"{one.path}{'&' if '?' in one.path else '?'}lang={lang}")
        file = FOLDER / f"{one.name}-{lang}-{screen}.png"
        height = min(TALLEST, person.page.evaluate("document.documentElement.scrollHeight"))
        person.page.set_viewport_size({"width": size["width"], "height": int(height)})
        person.page.screenshot(path=file)
        person.page.set_viewport_size(size)
        print(status, file)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
