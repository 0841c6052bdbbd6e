"""Files of the pages: kept by browsers under addresses that change with the content, and packed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.pages import files
from tests.page_fixtures import visitor
from tests.service_fixtures import build

KIB = 1024


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with visitor(build(tmp_path_factory.mktemp("house"))) as client:
        yield client


def addresses(client: TestClient) -> list[str]:
    found: list[str] = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/sign-in").text)
    return found


def test_every_file_of_a_page_stands_at_an_address_of_its_own_version(nobody: TestClient) -> None:
    found = addresses(nobody)
    assert len(found) >= 4
    for address in found:
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        answer = nobody.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_file_without_a_version_is_kept_for_a_day(nobody: TestClient) -> None:
    assert nobody.get("/static/app.css").headers["cache-control"] == "public, max-age=86400"


def test_a_file_that_is_not_there_is_not_kept(nobody: TestClient) -> None:
    answer = nobody.get("/static/none.css?v=000000000000")
    assert answer.status_code == 404
    assert "no-cache" in answer.headers["cache-control"]


def test_a_changed_file_gets_another_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "app.css"
    file.write_text("a { color: red }")
    monkeypatch.setattr(files, "_file", lambda address: file)
    before = files.address_of("app.css")
    file.write_text("a { color: blue }")
    os.utime(file, ns=(1, 1))
    assert files.address_of("app.css") != before


def test_a_file_that_is_named_wrongly_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        files.address_of("none.css")


def test_texts_are_packed_for_those_who_unpack_and_plain_for_others(nobody: TestClient) -> None:
    plain = nobody.get("/static/base/css/bootstrap.min.css", headers={"Accept-Encoding": ""})
    packed = nobody.get("/static/base/css/bootstrap.min.css", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < 40 * KIB < len(plain.content)
    assert "Accept-Encoding" in packed.headers["vary"]


def test_a_browser_that_has_a_file_is_not_sent_it_again(nobody: TestClient) -> None:
    first = nobody.get("/static/app.css", headers={"Accept-Encoding": "gzip"})
    again = nobody.get("/static/app.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


def test_pages_are_packed_and_never_kept(nobody: TestClient) -> None:
    answer = nobody.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "private, no-store"


def test_every_template_names_its_files_with_their_versions() -> None:
    folder = Path(files.__file__).parent.parent / "templates"
    without = [one.name for one in folder.glob("*.html") if "/static/" in one.read_text("utf-8")]
    assert without == []
    named = "".join(one.read_text("utf-8") for one in folder.glob("*.html"))
    for path in set(re.findall(r"file\('([^']+)'\)", named)):
        assert files.address_of(path)
