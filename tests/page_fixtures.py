"""Accounts and signed-in clients of a house, and a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from httpx import Response

from data import accounts
from data.accounts import Account
from data.engines import transaction
from service import passwords
from tests.service_fixtures import NOW, House

PASSWORD = "một câu dài của riêng tôi 2026"
OWNERS = {
    "admin": ("admin", None),
    "officer": ("officer", None),
    "startup": ("startup", "vi-du-pay"),
    "other_startup": ("startup", "nong-trai-so"),
    "new_startup": ("startup", None),
    "incubator": ("incubator", "vuon-uom-vi-du"),
    "other_incubator": ("incubator", "vuon-uom-hai"),
}
"""Who signs in as what, by the names of ``service_fixtures.ROLES``."""


@cache
def _hash() -> str:
    return passwords.hashed(PASSWORD)


def account_of(house: House, who: str, lang: str = "en") -> Account:
    """The account of one of :data:`OWNERS`, made when it is first asked for."""
    role, owner = OWNERS[who]
    with transaction(house.parts.engine) as conn:
        found = accounts.by_email(conn, f"{who}@vidu.vn")
        return found or accounts.create(
            conn,
            f"{who}@vidu.vn",
            who.replace("_", " ").title(),
            role,
            lang=lang,
            at=NOW,
            profile_id=owner,
            password=_hash(),
        )


@contextmanager
def visitor(house: House, who: str = "nobody", lang: str = "en") -> Iterator[TestClient]:
    """A browser's cookies without the browser, signed in as somebody or as nobody.

    The first visitor of a house starts what runs beside the application, and stops it at the end.
    """
    one = TestClient(house.app, base_url="https://testserver", raise_server_exceptions=False)
    with _running(house, one):
        one.headers["Accept-Language"] = lang
        if who != "nobody":
            account = account_of(house, who, lang)
            answer = send(one, "/sign-in", "/sign-in", email=account.email, password=PASSWORD)
            assert answer.status_code == 303, answer.text
        yield one


@contextmanager
def _running(house: House, client: TestClient) -> Iterator[None]:
    warm_up = house.app.state.warm_up
    if warm_up.ident is not None:
        yield
        return
    with client:
        assert warm_up.done.wait(60)
        yield


def soup(answer: Response) -> BeautifulSoup:
    """A page's elements."""
    return BeautifulSoup(answer.text, "html.parser")


def token(client: TestClient, page: str) -> str:
    """The token of the forms of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(page).text)
    assert found, f"{page} has no form"
    return found[1]


def send(client: TestClient, page: str, to: str, /, **fields: Any) -> Response:
    """Send a form of a page as a browser does, not following where it leads."""
    data = {"csrf": token(client, page)} | fields
    return client.post(to, data=data, follow_redirects=False)
