"""The page of a programme: its startups, what shuts others out, decisions, what if, files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from data import decisions, profiles
from data.audit import read_audit
from data.engines import reading, transaction
from data.texts import Texts
from matcher.profile import Alumnus, Money
from service.pages.programme_facts import figures_of
from tests import builders
from tests.page_fixtures import send, soup, visitor
from tests.service_fixtures import DAY, NOW, House, build

PAGE = "/programmes/merlion-landing"


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that nobody changes."""
    return build(tmp_path_factory.mktemp("quiet"))


@pytest.fixture(scope="module")
def officer(quiet: House) -> Iterator[TestClient]:
    with visitor(quiet, "officer") as one:
        yield one


def test_the_page_lists_startups_best_first_with_points_that_add_up(officer: TestClient) -> None:
    page = soup(officer.get(PAGE))
    cards = page.select("ol.cards > li")
    assert [card.h3.get_text(strip=True) for card in cards] == ["Ví Dụ Pay", "Nông Trại Số"]
    for card in cards:
        points = [
            float(cell.find(string=True, recursive=False))
            for cell in card.select("table.parts tbody td.num")
        ]
        assert round(sum(points), 2) == float(card.select_one("p.score strong").text)


def test_who_is_shut_out_stands_in_groups_with_the_reason(officer: TestClient) -> None:
    group = soup(officer.get(PAGE)).select_one("details.group")
    assert Texts("en").rule("size") in group.summary.text
    assert "Lớn Quá" in group.text
    alone = soup(officer.get(f"{PAGE}/blocked?rule=size"))
    assert "Lớn Quá" in alone.main.text
    assert officer.get(f"{PAGE}/blocked?rule=nonsense").status_code == 422


def test_what_nobody_knows_is_told_as_unknown_and_asked_of_the_organiser(
    officer: TestClient,
) -> None:
    page = soup(officer.get(PAGE))
    figures = {li.span.text: li.strong.text.strip() for li in page.select("ul.figures li")}
    assert figures["Places"] == figures["Equity taken"] == figures["Fee"] == "Unknown"
    assert figures["Funding"] == "SGD 50,000"
    money = page.select_one("section[aria-labelledby=facts-money]")
    assert Texts("en").field("equity_percent") in money.details.text
    assert "Ask the organiser" in money.details.text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_is_whole_in_both_languages(officer: TestClient, lang: str) -> None:
    answer = officer.get(f"{PAGE}?lang={lang}")
    assert answer.headers["content-language"] == lang
    heading = {"vi": "Startup phù hợp nhất", "en": "Best-fitting startups"}[lang]
    assert soup(answer).find(id="sourcing").text == heading


def test_filters_leave_only_who_has_the_fact_and_count_all_choices(officer: TestClient) -> None:
    page = soup(officer.get(f"{PAGE}?sector=agritech"))
    assert [h.text for h in page.select("ol.cards h3")] == ["Nông Trại Số"]
    options = {o["value"]: o.text for o in page.select("#place option")}
    assert options["Ho Chi Minh City"] == "Ho Chi Minh City (3)"
    nobody = soup(officer.get(f"{PAGE}?stage=idea"))
    assert not nobody.select("ol.cards")
    assert "Take away a filter" in nobody.main.text


@pytest.mark.parametrize("who", ["startup", "incubator"])
def test_everybody_else_is_led_to_the_programmes_own_words(quiet: House, who: str) -> None:
    with visitor(quiet, who) as one:
        led = one.get(PAGE, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, f"{PAGE}/profile")
        for path in ("what-if", "startups.xlsx", "startups.docx", "blocked?rule=size"):
            assert one.get(f"{PAGE}/{path}").status_code == 403
        answer = one.post(f"{PAGE}/decide", data={"startup": "vi-du-pay"})
        assert answer.status_code == 403


def test_a_programme_that_is_not_kept_is_not_found(officer: TestClient) -> None:
    assert officer.get("/programmes/nothing-here").status_code == 404
    assert officer.get("/programmes/nothing-here/what-if").status_code == 404


def test_a_decision_leads_back_to_its_place_and_is_on_record(house: House) -> None:
    with visitor(house, "officer") as one:
        answer = send(
            one,
            f"{PAGE}?k=20",
            f"{PAGE}/decide",
            startup="vi-du-pay",
            decision="shortlisted",
            why="Gặp ở ngày hội",
            back="k=20",
        )
        assert answer.headers["location"] == f"{PAGE}?k=20&said=decided#s-vi-du-pay"
        page = soup(one.get(answer.headers["location"]))
        assert "Gặp ở ngày hội" in page.find(id="s-vi-du-pay").text
        assert page.find(id="d-vi-du-pay")
    with reading(house.parts.engine) as conn:
        made = decisions.latest_about_target(conn, "programme", "merlion-landing")
        lines = read_audit(conn)
    assert [(d.decision, d.why) for d in made] == [("shortlisted", "Gặp ở ngày hội")]
    assert any(line.action == "decided shortlisted" for line in lines)


def test_who_is_declined_leaves_the_list_until_it_is_taken_back(house: House) -> None:
    with visitor(house, "officer") as one:
        send(one, PAGE, f"{PAGE}/decide", startup="vi-du-pay", decision="declined", why="Trễ hạn")
        page = soup(one.get(PAGE))
        assert [h.text for h in page.select("ol.cards h3")] == ["Nông Trại Số"]
        assert "Trễ hạn" in page.find(id="d-vi-du-pay").text
        send(one, PAGE, f"{PAGE}/decide", startup="vi-du-pay", decision="withdrawn")
        assert soup(one.get(PAGE)).find(id="s-vi-du-pay")


def test_choosing_against_the_rules_needs_a_reason(house: House) -> None:
    form = {"startup": "lon-qua", "decision": "shortlisted"}
    with visitor(house, "officer") as one:
        answer = send(one, PAGE, f"{PAGE}/decide", **form)
        assert answer.status_code == 422
        wrong = soup(answer).find(id="wrong-override")
        assert wrong
        assert wrong.find_parent("details").has_attr("open")
        given = send(one, PAGE, f"{PAGE}/decide", **form, why="Văn bản của ban tổ chức")
        assert given.status_code == 303


def test_a_decision_that_is_not_known_or_about_nobody_is_refused(house: House) -> None:
    with visitor(house, "officer") as one:
        odd = send(one, PAGE, f"{PAGE}/decide", startup="vi-du-pay", decision="married")
        assert odd.status_code == 422
        assert soup(odd).find(id="wrong-vi-du-pay")
        nobody = send(one, PAGE, f"{PAGE}/decide", startup="no-such", decision="declined")
        assert nobody.status_code == 404
        foreign = one.post(f"{PAGE}/decide", data={"startup": "vi-du-pay", "decision": "declined"})
        assert foreign.status_code == 403


def test_questions_are_put_from_the_list_and_told_there(house: House) -> None:
    pair = "/startups/vi-du-pay/programmes/merlion-landing"
    with visitor(house, "officer") as one:
        back = f"{PAGE}?sector=fintech"
        answer = send(one, PAGE, f"{pair}/questions", side="startup", back=back)
        assert answer.headers["location"] == f"{back}&said=asked#s-vi-du-pay"
        card = soup(one.get(answer.headers["location"])).find(id="s-vi-du-pay")
    assert "waiting for an answer" in card.text
    assert "Asked" in card.select_one("ul.checks").text


def test_what_if_turns_conditions_and_saves_nothing(quiet: House, officer: TestClient) -> None:
    query = "turned=yes&sectors=agritech&stages=seed&status=open&languages=en"
    page = soup(officer.get(f"{PAGE}/what-if?{query}"))
    rows = page.select("table.moved tbody tr")
    assert rows[0].th.get_text(strip=True) == "Nông Trại Số"
    assert "▲" in rows[0].text
    assert "▼" in rows[1].text
    assert "nothing is saved" in page.select_one(".unsaved").text
    with reading(quiet.parts.engine) as conn:
        kept = profiles.get(conn, "programme", "merlion-landing")
    assert kept.sectors == ("fintech",)


def test_what_if_tells_who_falls_out_and_who_comes_in(officer: TestClient) -> None:
    shut = soup(officer.get(f"{PAGE}/what-if?turned=yes&stages=growth&status=open"))
    assert "Ví Dụ Pay" in shut.select_one("section[aria-labelledby=out]").text
    assert "2 → 0" in shut.select_one("ul.tight").text
    closed = "/programmes/closed-one/what-if?turned=yes&status=open&stages=seed&capacity=1"
    opened = soup(officer.get(closed))
    assert "Before:" in opened.select_one("section[aria-labelledby=opened]").text
    assert len(opened.select("table.moved th .badge.deep")) == 1


def test_what_if_as_it_stands_changes_nothing(officer: TestClient) -> None:
    first = soup(officer.get(f"{PAGE}/what-if"))
    fields = [
        (box["name"], box["value"]) for box in first.select("#turn input[checked], #turn input")
        if box.get("type") != "checkbox" or box.has_attr("checked")
    ]  # fmt: skip
    fields += [
        (one["name"], (one.select_one("option[selected]") or one.option)["value"])
        for one in first.select("#turn select")
    ]
    again = soup(officer.get(f"{PAGE}/what-if", params=dict(_grouped(fields))))
    assert "The list is the same as now" in again.find(id="result").text
    assert not again.select(".turn-group .badge.deep")


def _grouped(fields: list[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    for name in dict(fields):
        yield name, list(dict.fromkeys(value for key, value in fields if key == name))


def test_what_if_by_a_posted_form_says_what_it_could_not_read(quiet: House) -> None:
    with visitor(quiet, "officer") as one:
        page = f"{PAGE}/what-if"
        answer = send(
            one, page, page, turned="yes", equity_percent="170", fee="lots", status="open"
        )
    assert answer.status_code == 200
    faults = {field["id"] for field in soup(answer).select("p.fault")}
    assert faults == {"equity_percent-fault", "fee-fault"}
    assert soup(answer).find(id="fee")["value"] == "lots"


def test_the_workbook_has_who_fits_and_who_does_not_and_no_formula(house: House) -> None:
    with transaction(house.parts.engine) as conn:
        evil = builders.startup(id="evil", name="=HYPERLINK(1)", contact_email="bi-mat@vidu.vn")
        profiles.put(conn, evil, who="test", at=NOW)
    with visitor(house, "officer") as one:
        answer = one.get(f"{PAGE}/startups.xlsx")
    assert "merlion-landing-startups.xlsx" in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    fits, shut = book["Eligible"], book["Not eligible"]
    names = [row[1].value for row in fits.iter_rows(min_row=2)]
    assert "'=HYPERLINK(1)" in names
    assert [row[1].value for row in shut.iter_rows(min_row=2)] == ["Lớn Quá"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert not any("bi-mat" in str(cell.value) for cell in cells)


def test_the_document_opens_and_names_the_programme(officer: TestClient) -> None:
    from docx import Document

    document = Document(io.BytesIO(officer.get(f"{PAGE}/startups.docx").content))
    assert "Merlion Landing" in document.paragraphs[0].text
    assert document.tables[0].rows[1].cells[1].text == "Ví Dụ Pay"


def test_personal_fields_never_stand_on_the_page(officer: TestClient) -> None:
    for path in (PAGE, f"{PAGE}/what-if", f"{PAGE}/blocked?rule=size"):
        text = officer.get(path).text
        assert not re.search("Ms Secret|secret@merlion|Bí Mật|Trần Kín|kin@vidu", text)


def test_days_left_money_at_home_and_past_startups_are_told(house: House) -> None:
    programme = builders.programme(
        id="closing",
        application_close=DAY + timedelta(days=12),
        funding=Money(10_000, "USD", 10_000.0),
        equity_percent=0,
        portfolio=(Alumnus("Alpha", "Pays", "Trả tiền"),),
    )
    with transaction(house.parts.engine) as conn:
        profiles.put(conn, programme, who="test", at=NOW)
    with visitor(house, "officer", "vi") as one:
        page = soup(one.get("/programmes/closing"))
    figures = page.select_one("ul.figures").text
    assert "Còn 12 ngày" in figures
    assert "13/03/2026" in figures
    assert "đồng" in figures
    assert "Không lấy" in figures
    assert "Trả tiền" in page.select_one("section[aria-labelledby=portfolio]").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "closed"}, "Ended"),
        ({"rolling": True}, "All year"),
        ({"application_open": date(2026, 3, 5)}, "Opens in 4 days"),
        ({"application_close": date(2026, 2, 20)}, "Closed 9 days ago"),
        ({}, None),
    ],
)
def test_the_window_is_told_in_a_few_words(changes: dict[str, object], words: str | None) -> None:
    figures = figures_of(builders.programme(**changes), DAY, Texts("en"))
    assert figures[0].text == words
