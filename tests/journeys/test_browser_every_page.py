"""In a real browser, every page of the shipped catalogue is sound.

axe-core finds nothing, nothing is asked of another host, no script complains, and a window of 320
pixels shows it without scrolling sideways.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import DESKTOP, NARROW, Surfer, browser, needs_chromium, surfer
from tests.page_addresses import SHIPPED, Address, addresses
from tests.service_fixtures import House
from tests.shipped_house import installed, serving_shipped

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(not installed(), reason="no installation to copy: run `make setup`"),
]

PAGES = addresses(SHIPPED)
Served = tuple[House, str, dict[str, Address], Browser]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("shipped")
    with serving_shipped(folder) as (house, url, pages), browser() as opened:
        yield house, url, pages, opened


@pytest.fixture(scope="module")
def people(served: Served) -> dict[str, Surfer]:
    """One signed-in browser of each role, for all its pages."""
    house, url, _, opened = served
    found = {role: surfer(opened, url) for role in {page.role for page in PAGES}}
    for role, one in found.items():
        if role != "nobody":
            one.sign_in(house, role, "vi")
    return found


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_is_sound(served: Served, people: dict[str, Surfer], page: Address) -> None:
    one, page = people[page.role], served[2][page.name]
    one.complaints.clear()
    one.page.set_viewport_size(DESKTOP)
    assert one.go(page.path) == 200
    assert one.page.title().endswith("– Cầu Nối")
    assert one.faults() == []
    one.page.set_viewport_size(NARROW)
    assert one.overflow() <= 0
    assert one.complaints == []


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_is_written_in_the_language_that_is_chosen(
    served: Served, people: dict[str, Surfer], page: Address
) -> None:
    one, page = people[page.role], served[2][page.name]
    heads = []
    for lang in ("vi", "en"):
        one.go(f"{page.path}{'&' if '?' in page.path else '?'}lang={lang}")
        assert one.page.get_attribute("html", "lang") == lang
        heads.append(one.page.inner_text("footer"))
    assert heads[0] != heads[1]
