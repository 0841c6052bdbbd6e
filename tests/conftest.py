"""Fixtures that many files of tests take by name; a file that needs another makes its own.

Imports stand inside, so that tests of the engine alone do not wait for the service.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from data.engines import Connection
    from tests.service_fixtures import House


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    """A transaction on an empty database."""
    from data.engines import engine_of, migrate, transaction

    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        yield conn


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house of the test's own; a file whose tests share one makes it itself."""
    from tests.service_fixtures import build

    return build(tmp_path)


@pytest.fixture(scope="module")
def officer(house: House) -> Iterator[TestClient]:
    """An officer who is signed in to the house that the tests of a file share."""
    yield from _visitor(house, "officer")


@pytest.fixture(scope="module")
def startup(house: House) -> Iterator[TestClient]:
    """A startup that is signed in to it."""
    yield from _visitor(house, "startup")


@pytest.fixture(scope="module")
def incubator(house: House) -> Iterator[TestClient]:
    """An incubator that is signed in to it."""
    yield from _visitor(house, "incubator")


def _visitor(house: House, who: str) -> Iterator[TestClient]:
    from tests.page_fixtures import visitor

    with visitor(house, who) as client:
        yield client
