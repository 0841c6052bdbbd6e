"""A real browser on a real server: Chromium as the system has it, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.page_fixtures import PASSWORD, account_of
from tests.service_fixtures import House, serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 700}
PATIENCE_MS = 15_000
"""How long a page may take to show what is waited for."""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """Where Chromium stands, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


needs_chromium = pytest.mark.skipif(
    chromium() is None, reason="no Chromium: `make test` installs it where it may (apt, as root)"
)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


@dataclass(slots=True)
class Surfer:
    """Somebody at a page, and everything that their browser complained about or asked elsewhere."""

    page: Page
    url: str
    complaints: list[str]

    def go(self, path: str) -> int:
        """Open an address of the service; return its status."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        return answer.status

    def sign_in(self, house: House, who: str, lang: str = "en") -> None:
        """Sign in by the form."""
        account = account_of(house, who, lang)
        self.go(f"/sign-in?lang={lang}")
        self.page.fill("#email", account.email)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button.main")

    def faults(self) -> list[str]:
        """What axe-core finds at this page: the rule, and the first element at fault."""
        found = Axe().run(self.page, options={"runOnly": AXE_TAGS}).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['target']} ({one['help']})" for one in found]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width


def surfer(opened: Browser, url: str, **context: object) -> Surfer:
    """A browser of its own, with its own cookies."""
    made: BrowserContext = opened.new_context(**({"viewport": DESKTOP} | context))
    made.set_default_timeout(PATIENCE_MS)
    page = made.new_page()
    one = Surfer(page, url, [])
    page.on("console", lambda line: one.complaints.append(line.text) if _bad(line.type) else None)
    page.on("pageerror", lambda error: one.complaints.append(str(error)))
    page.on("request", lambda asked: _note(one, asked.url))
    return one


def _bad(kind: str) -> bool:
    return kind in ("error", "warning")


def _note(one: Surfer, asked: str) -> None:
    if not asked.startswith((one.url, "data:", "blob:")):
        one.complaints.append(f"asked another host: {asked}")


@contextmanager
def at(house: House) -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of a house that is served."""
    with serving(house.app) as url, browser() as opened:
        yield opened, url
