"""The catalogue as lists, on the map, and profile by profile: who sees what, and what is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bs4 import Tag
from fastapi.testclient import TestClient

from data import profiles
from data.audit import read_audit
from data.engines import reading, transaction
from data.texts import LANGUAGES, Texts
from matcher.freshness import freshness, months_held
from matcher.profile import KINDS, FactSource, Money, forms
from service.pages.field_groups import GROUPS, NEVER_ASKED, question_of
from service.pages.geography import lands
from service.pages.known_facts import link_of
from tests import builders
from tests.page_fixtures import soup, visitor
from tests.service_fixtures import NOW, House, build

OLD = FactSource("fee", "https://merlion.sg/fees", date(2024, 1, 1))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build(tmp_path_factory.mktemp("catalogue"))
    added = [
        builders.programme(id=f"more-{n:02}", name=f"More {n:02}", country="JP", markets=("JP",))
        for n in range(30)
    ]
    added += [
        builders.programme(
            id="open-now",
            name="Đang Mở Tokyo",
            country="JP",
            application_open=date(2026, 2, 1),
            application_close=date(2026, 3, 11),
            fee=Money(0, "JPY"),
            fact_sources=(OLD,),
            intake_months=(1, 4, 7, 10),
            as_of=date(2025, 11, 1),
        )
    ]
    with transaction(house.parts.engine) as conn:
        profiles.put_all(conn, added, who="test", at=NOW)
    house.consent("nong-trai-so", "profile", "vuon-uom-vi-du")
    return house


def names(client: TestClient, path: str) -> list[str]:
    page = soup(client.get(path))
    return [link.get_text() for link in page.select("table.found tbody th > a:first-child")]


def found(client: TestClient, path: str) -> str:
    title = soup(client.get(path)).select_one("#found-title")
    assert isinstance(title, Tag)
    return title.get_text()


def count_of(client: TestClient, path: str, facet: str, code: str) -> str | None:
    box = soup(client.get(path)).select_one(f'input[name="{facet}"][value="{code}"]')
    if box is None or box.parent is None:
        return None
    count = box.parent.select_one(".count")
    return None if count is None else count.get_text()


# -- lists ---------------------------------------------------------------------------------------


def test_a_list_shows_twenty_five_by_name_and_the_rest_on_the_next_page(
    officer: TestClient,
) -> None:
    first, second = names(officer, "/programmes"), names(officer, "/programmes?page=2")
    assert len(first) == 25
    assert first[0] == "Closed One"
    assert first[1] == "Đang Mở Tokyo"  # đ is a d where names are ordered
    assert len(second) == 35 - 25
    assert found(officer, "/programmes") == "35 of 35 programmes"
    assert names(officer, "/programmes?page=999") == second


@pytest.mark.parametrize("typed", ["đang mở", "DANG MO", "Nhật Bản", "nhat ban", "japan"])
def test_words_are_found_in_both_languages_with_and_without_diacritics(
    officer: TestClient, typed: str
) -> None:
    assert "Đang Mở Tokyo" in names(officer, f"/programmes?q={typed}")


def test_a_filter_says_how_many_it_leaves_beside_the_others(officer: TestClient) -> None:
    assert count_of(officer, "/programmes", "country", "JP") == "31"
    assert count_of(officer, "/programmes?country=KR", "country", "JP") == "31"
    assert count_of(officer, "/programmes?country=KR", "sector", "agritech") == "1"
    assert found(officer, "/programmes?country=KR&country=JP") == "32 of 35 programmes"
    assert found(officer, "/programmes?country=KR&sector=fintech") == "0 of 35 programmes"


def test_what_is_open_now_is_told_with_the_days_left(officer: TestClient) -> None:
    page = soup(officer.get("/programmes?window=open"))
    (row,) = page.select("table.found tbody tr")
    assert "until 11 Mar 2026, 10 days left" in row.get_text()
    assert names(officer, "/programmes?sort=closing")[0] == "Đang Mở Tokyo"


def test_stale_facts_are_marked_and_can_be_asked_for_alone(officer: TestClient) -> None:
    assert names(officer, "/programmes?facts=stale") == ["Đang Mở Tokyo"]
    page = soup(officer.get("/programmes?facts=stale"))
    assert "stale" in page.select("table.found .aged")[-1].get_text()
    assert "12 months ago" in page.get_text()


def test_a_chip_takes_one_choice_out_and_leaves_the_others(officer: TestClient) -> None:
    page = soup(officer.get("/programmes?q=more&country=JP&country=KR&page=2"))
    links = {a.get_text().strip(): a["href"] for a in page.select(".chips a")}
    (korea,) = (href for said, href in links.items() if "South Korea" in said)
    assert korea == "/programmes?q=more&country=JP"
    assert any(href == "/programmes" for href in links.values())


def test_an_empty_list_says_what_to_do(officer: TestClient) -> None:
    page = soup(officer.get("/programmes?q=zzzz"))
    assert "No programme fits. Take one of the filters out" in page.get_text()


def test_choices_that_there_are_not_are_passed_over(officer: TestClient) -> None:
    assert found(officer, "/programmes?country=XX&window=sometimes&sort=weight&page=x") == (
        "35 of 35 programmes"
    )


def test_what_is_not_known_is_a_choice_and_is_said(officer: TestClient) -> None:
    assert count_of(officer, "/programmes", "on_site", "-") == "35"
    page = soup(officer.get("/programmes?q=merlion growth"))
    assert "not known, to be asked" in page.select_one("table.found").get_text()


def test_a_change_is_in_the_next_list(house: House, officer: TestClient) -> None:
    assert found(officer, "/incubators") == "2 of 2 incubators"
    with transaction(house.parts.engine) as conn:
        profiles.put(conn, builders.incubator(id="ba", name="Ba"), who="test", at=NOW)
    assert found(officer, "/incubators") == "3 of 3 incubators"
    with transaction(house.parts.engine) as conn:
        profiles.delete(conn, "incubator", "ba", who="test", at=NOW)
    assert found(officer, "/incubators") == "2 of 2 incubators"


def test_a_list_holds_no_personal_field(officer: TestClient) -> None:
    for path in ("/startups", "/programmes", "/incubators"):
        text_ = officer.get(path).text
        assert "Bí Mật" not in text_
        assert "kin@" not in text_
        assert "Secret" not in text_


def test_each_role_sees_the_lists_that_are_its_own(
    house: House, startup: TestClient, incubator: TestClient
) -> None:
    assert names(incubator, "/startups") == ["Nông Trại Số"]
    assert incubator.get("/programmes").status_code == 200
    assert incubator.get("/incubators").status_code == 403
    assert count_of(incubator, "/startups", "sector", "fintech") is None
    assert startup.get("/programmes").status_code == 200
    assert startup.get("/startups").status_code == 403
    assert startup.get("/incubators").status_code == 403
    with visitor(house) as guest:
        assert guest.get("/programmes", follow_redirects=False).status_code == 303
        assert guest.get("/map", follow_redirects=False).status_code == 303


def test_a_programme_that_has_ended_is_not_open(officer: TestClient) -> None:
    assert "Closed One" in names(officer, "/programmes?window=passed")
    assert "Closed One" not in names(officer, "/programmes?window=open&window=rolling")


# -- the map -------------------------------------------------------------------------------------


def test_the_map_and_its_table_tell_the_same_and_lead_to_the_list(officer: TestClient) -> None:
    page = soup(officer.get("/map"))
    rows = {
        row.select_one("a")["href"]: [cell.get_text() for cell in row.select("td")]
        for row in page.select(".map-table tbody tr")
    }
    assert rows["/programmes?country=JP"] == ["31", "1"]
    assert rows["/programmes?country=KR"] == ["1", "0"]
    title = page.select_one('svg.world a[href="/programmes?country=JP"] title')
    assert title is not None
    assert title.get_text() == "Japan: 31 programmes, 1 open now"
    assert names(officer, "/programmes?country=JP&window=open&window=rolling") == ["Đang Mở Tokyo"]


def test_the_map_brings_no_style_no_script_and_nothing_from_elsewhere(officer: TestClient) -> None:
    page = soup(officer.get("/map"))
    assert not page.select("style, [style], svg script, use, image")
    assert all(script["src"].startswith("/static/") for script in page.select("script"))
    assert all(a["href"].startswith("/") for a in page.select("svg a"))
    assert len(officer.get("/map").content) < 150 * 1024


def test_every_country_of_the_catalogue_is_drawn_small_ones_with_a_dot() -> None:
    drawn = lands()
    assert {"VN", "SG", "HK", "TW", "US", "QA", "LU"} <= drawn.keys()
    assert {code for code in ("SG", "HK", "LU") if drawn[code].small} == {"SG", "HK", "LU"}
    assert not drawn["US"].small


# -- a profile -----------------------------------------------------------------------------------


def test_every_field_stands_in_one_group() -> None:
    for kind, made in KINDS.items():
        named = [name for _, names_ in GROUPS[kind] for name in names_]
        assert sorted(named) == sorted(forms(made))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_that_may_be_unknown_has_its_question(lang: str) -> None:
    texts = Texts(lang)
    for kind, made in KINDS.items():
        for name in forms(made):
            if name not in NEVER_ASKED:
                assert question_of(kind, name, texts).endswith(("?", ".", ")."))


def test_a_fact_names_its_source_and_age_and_a_gap_its_question(officer: TestClient) -> None:
    page = soup(officer.get("/programmes/open-now/profile"))
    sources = [item.get_text(" ", strip=True) for item in page.select(".sources li")]
    assert any(
        "merlion.sg/fees" in one and "1 Jan 2024" in one and "stale" in one for one in sources
    )
    link = page.select_one('.sources a[href^="https://merlion.sg"]')
    assert link is not None
    assert {"noopener", "noreferrer"} <= set(link["rel"])
    assert "Does the programme take equity, and if so what percentage?" in page.get_text()
    assert "For this programme: 3 months." in page.get_text()


def test_unknown_is_never_written_as_none_or_no(officer: TestClient) -> None:
    page = soup(officer.get("/programmes/merlion-growth/profile"))
    labels = [term.get_text() for term in page.select("dl.facts dt")]
    assert "Funding" not in labels
    assert "None" not in page.get_text()


def test_personal_fields_are_shown_to_their_owner_and_under_consent_only(
    house: House, officer: TestClient, startup: TestClient
) -> None:
    answer = officer.get("/startups/vi-du-pay/profile")
    assert "Bí Mật" not in answer.text
    assert "the owner has not consented" in answer.text
    assert "Nguyễn Thị Bí Mật" in startup.get("/startups/vi-du-pay/profile").text
    assert startup.get("/startups/nong-trai-so/profile").status_code == 404
    assert startup.get("/startups/that-is-not/profile").status_code == 404
    assert "kin@nongtrai.vn" not in officer.get("/startups/nong-trai-so/profile").text
    house.consent("nong-trai-so", "contact", "VN")
    assert "kin@nongtrai.vn" in officer.get("/startups/nong-trai-so/profile").text


def test_what_is_shown_of_a_profile_is_noted(house: House, officer: TestClient) -> None:
    officer.get("/incubators/vuon-uom-hai/profile")
    with reading(house.parts.engine) as conn:
        (line,) = read_audit(conn, limit=1)
    assert (line.action, line.kind, line.id) == ("read", "incubator", "vuon-uom-hai")
    assert line.role == "officer"


def test_similar_profiles_are_named_to_those_who_may_read_them(
    startup: TestClient, incubator: TestClient
) -> None:
    page = soup(startup.get("/programmes/merlion-growth/profile"))
    assert page.select('aside a[href^="/programmes/"]')
    assert not page.select('a[href$="/edit"]')
    page = soup(incubator.get("/startups/nong-trai-so/profile"))
    assert not page.select('aside a[href^="/startups/"]')


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["/programmes", "/startups", "/incubators", "/map", "/programmes/open-now/profile"]
)
def test_every_page_is_written_in_both_languages(officer: TestClient, lang: str, path: str) -> None:
    answer = officer.get(f"{path}?lang={lang}")
    officer.cookies.delete("caunoi-lang")
    assert answer.status_code == 200
    assert soup(answer).html["lang"] == lang


# -- parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "months", "told"),
    [
        (date(2025, 3, 1), 12, "fresh"),
        (date(2025, 2, 28), 12, "stale"),
        (date(2025, 11, 30), 3, "stale"),
        (date(2025, 12, 1), 3, "fresh"),
        (None, 12, "undated"),
    ],
)
def test_a_fact_is_stale_after_its_months(as_of: date | None, months: int, told: str) -> None:
    assert freshness(as_of, months, date(2026, 3, 1)) == told


@pytest.mark.parametrize(
    ("intakes", "months"),
    [(None, 12), ((), 12), ((9,), 12), ((3, 6, 9, 12), 3), ((1, 2), 11), ((1, 5, 9), 4)],
)
def test_a_fact_holds_for_the_longest_time_between_intakes(
    intakes: tuple[int, ...] | None, months: int
) -> None:
    assert months_held(builders.programme(intake_months=intakes)) == months
    assert months_held(builders.startup()) == 12


@pytest.mark.parametrize(
    ("typed", "href"),
    [
        ("1337.ventures", "https://1337.ventures"),
        ("https://a.vn/x?y=1", "https://a.vn/x?y=1"),
        ("javascript:alert(1)", None),
        ("general knowledge", None),
        ("data:text/html,x.y", None),
        ("", None),
        ("//evil.example", None),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(typed: str, href: Any) -> None:
    assert link_of(typed) == href
