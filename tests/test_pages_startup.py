"""The officer's page of a startup: its list, pairs, decisions, questions, what if, and files."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient
from httpx import Response
from openpyxl import load_workbook

from data import audit, decisions, profiles, questions, wishes
from data.engines import reading, transaction
from matcher.errors import (
    Conflict,
    InvalidField,
    NotFound,
    TextTooLong,
    UnknownCode,
    WeightsInvalid,
)
from matcher.profile import LanguageSkill, Money
from matcher.weights import DEFAULT_POINTS
from service.matchmaking import Wish
from service.what_if import normalised
from tests import builders
from tests.page_fixtures import send, soup, visitor
from tests.service_fixtures import NOW, House, build

PAGE = "/startups/vi-du-pay"
PAIR = f"{PAGE}/programmes/merlion-landing"
FARM = f"{PAGE}/programmes/seoul-farm"
SHUT = "korea-only"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = build(tmp_path_factory.mktemp("startup"))
    more = (
        builders.programme(
            id=SHUT, name="Korea Only", country="KR", home_country_only=True, allowed_countries=None
        ),
        builders.programme(id="merlion-team", name="Merlion Team", min_team=5),
    )
    with transaction(made.parts.engine) as conn:
        profiles.put_all(conn, more, who="test", at=NOW)
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> House:
    return build(tmp_path)


def test_the_page_lists_programmes_with_points_that_add_up_and_reasons(officer: TestClient) -> None:
    page = soup(officer.get(PAGE))
    card = page.find(id="p-merlion-landing")
    assert card.h3.a["href"] == PAIR
    score = float(card.find(class_="score").strong.text)
    rows = card.find("table").tbody.find_all("tr")
    points = [float(row.find(class_="num").text.split("/")[0]) for row in rows]
    assert sum(points) == pytest.approx(score, abs=0.001)
    assert len(card.find(class_="reasons").find_all("li")) == 3
    assert "for an officer to decide" in page.main.text


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "path",
    [
        PAGE,
        PAIR,
        f"{PAGE}/programmes/{SHUT}",
        f"{PAGE}/compare?with=merlion-landing&with=seoul-farm&with={SHUT}",
        f"{PAGE}/what-if",
        f"{PAGE}/blocked?rule=home_country",
    ],
)
def test_every_page_is_written_in_both_languages(officer: TestClient, path: str, lang: str) -> None:
    glue = "&" if "?" in path else "?"
    answer = officer.get(f"{path}{glue}lang={lang}")
    assert answer.status_code == 200
    assert answer.headers["content-language"] == lang
    page = soup(answer)
    assert len(page.find_all("h1")) == 1
    ids = [one["id"] for one in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert not re.search(r"\bNone\b|\{\w+\}|\[\[", page.main.text)


def test_what_nobody_knows_is_told_as_unknown(officer: TestClient) -> None:
    known = soup(officer.get(f"{PAGE}?lang=en")).find(id="known").parent
    told = dict(
        zip(
            [term.text for term in known.find_all("dt")],
            [fact.text.strip() for fact in known.find_all("dd")],
            strict=True,
        )
    )
    assert told["People in the team"] == "Unknown"
    assert told["Stage"] == "Seed"


def test_limits_and_lengths_of_the_list_are_kept(officer: TestClient) -> None:
    page = soup(officer.get(f"{PAGE}?per_country=1&k=nonsense"))
    names = [card["id"] for card in page.select("ol.cards > li")]
    assert len(names) == 2
    assert page.find(id="per_country")["value"] == "1"


def test_what_is_shut_is_grouped_by_the_rule_that_refuses(officer: TestClient) -> None:
    page = soup(officer.get(PAGE))
    group = page.find(href=f"{PAGE}/programmes/{SHUT}").find_parent("details")
    assert "Home firms only" in group.summary.text
    whole = soup(officer.get(f"{PAGE}/blocked?rule=home_country"))
    assert whole.find(href=f"{PAGE}/programmes/{SHUT}")
    assert officer.get(f"{PAGE}/blocked?rule=nonsense").status_code == 422


def test_personal_fields_are_shown_under_a_consent_alone(fresh: House) -> None:
    with visitor(fresh, "officer") as one:
        before = one.get(PAGE).text
        assert "Bí Mật" not in before
        assert "kin@vidu.vn" not in before
        fresh.consent("vi-du-pay", "contact", "VN")
        after = one.get(PAGE).text
        assert "kin@vidu.vn" in after
        assert "Bí Mật" not in after
        assert "kin@vidu.vn" not in one.get(f"{PAGE}/what-if").text
    with reading(fresh.parts.engine) as conn:
        lines = [line for line in audit.read_audit(conn, id="vi-du-pay") if line.action == "read"]
    assert {"contact_name", "contact_email"} <= {name for line in lines for name in line.fields}


@pytest.mark.parametrize("who", ["startup", "incubator", "nobody"])
def test_others_than_officers_see_nothing_of_it(house: House, who: str) -> None:
    with visitor(house, who) as one:
        for path in ("", "/what-if", "/compare", "/matches.xlsx", "/blocked"):
            answer = one.get(PAGE + path, follow_redirects=False)
            assert answer.status_code == (303 if who == "nobody" else 403)
            assert "Ví Dụ Pay" not in answer.text


def test_a_startup_or_programme_that_is_not_known_is_not_found(officer: TestClient) -> None:
    assert officer.get("/startups/nobody-knows").status_code == 404
    assert officer.get(f"{PAGE}/programmes/nobody-knows").status_code == 404
    assert officer.get("/startups/nobody-knows/matches.docx").status_code == 404


def test_a_decision_is_recorded_shown_and_taken_back(fresh: House) -> None:
    with visitor(fresh, "officer") as one:
        fields = {"decision": "shortlisted", "back": f"{PAGE}?k=20"}
        sent = send(one, PAGE, f"{PAIR}/decisions", **fields)
        assert sent.headers["location"] == f"{PAGE}?k=20&said=decided#p-merlion-landing"
        card = soup(one.get(PAGE)).find(id="p-merlion-landing")
        assert "Shortlisted" in card.text
        assert "Officer" in card.text
        send(one, PAGE, f"{PAIR}/decisions", decision="declined", why="Too far")
        assert soup(one.get(PAGE)).find(id="p-merlion-landing") is None
        shown = soup(one.get(f"{PAGE}?declined=yes")).find(id="p-merlion-landing")
        assert "Too far" in shown.text
        send(one, PAIR, f"{PAIR}/decisions", decision="withdrawn")
        assert soup(one.get(PAGE)).find(id="p-merlion-landing")
        history = soup(one.get(PAIR)).find(id="history").find_next("ol")
        assert len(history.find_all("li")) == 3
    with reading(fresh.parts.engine) as conn:
        words = [one.decision for one in decisions.decisions_about(conn, "vi-du-pay")]
    assert words == ["shortlisted", "declined", "withdrawn"]


def test_a_decision_against_the_rules_needs_a_reason(fresh: House) -> None:
    pair = f"{PAGE}/programmes/closed-one"
    with visitor(fresh, "officer") as one:
        refused = send(one, pair, f"{pair}/decisions", decision="accepted", why="  ")
        assert refused.status_code == 422
        assert "A reason is needed" in soup(refused).find(role="alert").text
        assert soup(refused).find("option", value="accepted").has_attr("selected")
        told = {"decision": "accepted", "why": "The organiser opens it again"}
        assert send(one, pair, f"{pair}/decisions", **told).status_code == 303
        against = soup(one.get(PAGE)).find(id="against").find_parent("section")
        assert "The organiser opens it again" in against.text
        assert send(one, pair, f"{pair}/decisions", decision="nonsense").status_code == 422


def test_a_form_leads_back_to_pages_of_this_startup_alone(officer: TestClient) -> None:
    for back in ("//evil.example", "/startups/nong-trai-so", "https://evil"):
        sent = send(officer, PAGE, f"{FARM}/decisions", decision="met", back=back)
        assert sent.headers["location"] == f"{FARM}?said=decided"
    send(officer, PAGE, f"{FARM}/decisions", decision="withdrawn")


def test_a_question_is_asked_with_one_click_and_its_answer_is_kept(fresh: House) -> None:
    with visitor(fresh, "officer") as one:
        button = (
            soup(one.get(PAGE)).find(id="p-merlion-landing").find("button", attrs={"name": "rule"})
        )
        rule, to = button["value"], button["formaction"]
        for _ in range(2):
            assert send(one, PAGE, to, rule=rule, back=PAGE).status_code == 303
        line = soup(one.get(PAGE)).find(id=f"q-merlion-landing-{rule}")
        assert "Asked" in line.text
        assert "Officer" in line.text
        assert not line.find("button")
        with reading(fresh.parts.engine) as conn:
            (put,) = questions.of_startup(conn, "vi-du-pay")
        assert not send(one, PAIR, f"{FARM}/questions/{put.id}", answer="x").is_redirect
        answered = send(one, PAIR, f"{PAIR}/questions/{put.id}", answer="<b>Five</b> people")
        assert answered.headers["location"] == f"{PAIR}?said=answered"
        shown = one.get(PAGE)
        assert "&lt;b&gt;Five&lt;/b&gt; people" in shown.text
        assert send(one, PAIR, f"{PAIR}/questions/{put.id}", answer="again").status_code == 409
        assert send(one, PAIR, f"{PAIR}/questions", rule="nonsense").status_code == 422
        send(one, PAIR, f"{PAIR}/questions", side="programme")
        checks = soup(one.get(PAIR)).find(id="questions").find_parent("section")
        assert not checks.find("button", string=re.compile("^Ask the organiser "))
    with reading(fresh.parts.engine) as conn:
        actions = [line.action for line in audit.read_audit(conn, id="vi-du-pay")]
    assert "asked" in actions
    assert "answered" in actions


def test_what_the_startup_itself_said_stands_on_the_card(fresh: House) -> None:
    with transaction(fresh.parts.engine) as conn:
        said = {"who": "An", "at": NOW, "why": "We fly there in June"}
        wishes.say(conn, "vi-du-pay", "merlion-landing", "interested", **said)
    with visitor(fresh, "officer") as one:
        card = soup(one.get(PAGE)).find(id="p-merlion-landing")
        assert "The startup is interested" in card.text
        assert "We fly there in June" in one.get(PAIR).text


def test_questions_are_kept_with_who_and_when(fresh: House) -> None:
    with transaction(fresh.parts.engine) as conn:
        one = questions.ask(conn, "a", "b", "team", "startup", who="An", at=NOW)
        assert questions.ask(conn, "a", "b", "team", "startup", who="Bình", at=NOW) == one
        assert questions.of_programme(conn, "b") == questions.unanswered(conn) == (one,)
        with pytest.raises(UnknownCode):
            questions.ask(conn, "a", "b", "team", "nobody", who="An", at=NOW)
        with pytest.raises(InvalidField):
            questions.answer(conn, one.id, "  ", who="An", at=NOW)
        with pytest.raises(TextTooLong):
            questions.answer(conn, one.id, "x" * 2001, who="An", at=NOW)
        with pytest.raises(NotFound):
            questions.answer(conn, 99, "x", who="An", at=NOW)
        kept = questions.answer(conn, one.id, " five ", who="An", at=NOW)
        assert (kept.answer, kept.answered_by, kept.is_open) == ("five", "An", False)
        assert questions.get(conn, one.id) == kept
        with pytest.raises(Conflict):
            questions.answer(conn, one.id, "six", who="An", at=NOW)
        again = questions.ask(conn, "a", "b", "team", "startup", who="An", at=NOW)
        assert again.id != one.id


def test_programmes_stand_side_by_side_with_their_differences(officer: TestClient) -> None:
    page = soup(officer.get(f"{PAGE}/compare?with=merlion-landing&with=seoul-farm&lang=en"))
    rows = page.find(id="parts").find_next("table").tbody.find_all("tr")
    sums = page.find(id="parts").find_next("tfoot").find_all("td")
    apart = [row.find_all("td")[1].find(class_="apart").text for row in rows]
    whole = sum(float(text.replace("−", "-").replace("±", "")) for text in apart)
    last = float(sums[1].find(class_="apart").text.replace("−", "-").replace("±", ""))
    assert whole == pytest.approx(last, abs=0.001)
    alone = officer.get(f"{PAGE}/compare?with=merlion-landing&lang=en")
    assert "Choose two or three" in alone.text


def test_money_is_told_in_dong_with_the_day_of_its_rate(officer: TestClient) -> None:
    text = soup(officer.get(f"{PAIR}?lang=en")).find(id="terms").find_parent("section").text
    assert "SGD 50,000" in text
    assert re.search(r"≈ VND [\d,.]+( \w+)?, rate of|≈ .*VND.*rate of", text), text


def what_if(client: TestClient, page: str, **changes: Any) -> Response:
    form = soup(client.get(page)).find(id="what-if")
    fields: dict[str, Any] = {}
    for one in form.find_all(["input", "select"]):
        name = one.get("name")
        if one.name == "select":
            chosen = one.find("option", selected=True) or one.find("option")
            fields[name] = chosen["value"]
        elif one.get("type") == "checkbox":
            if one.has_attr("checked"):
                fields.setdefault(name, []).append(one["value"])
        elif name != "csrf":
            fields[name] = one.get("value", "")
    return send(client, page, page, **(fields | changes))


def test_a_form_sent_as_it_stands_changes_nothing(officer: TestClient) -> None:
    answer = what_if(officer, f"{PAGE}/what-if")
    page = soup(answer)
    assert "Nothing is changed yet" in page.find(id="what-if-list").text
    assert not page.find(class_="was")


def test_what_a_form_cannot_show_in_order_is_kept_in_order(fresh: House) -> None:
    rich = builders.startup(
        id="rich",
        sectors=("consumer", "fintech", "ai"),
        needs=(),
        languages=(LanguageSkill("vi", "native"), LanguageSkill("en")),
        revenue_12m=Money(1_234_567.891, "THB"),
        max_equity_percent=12.345,
        will_incorporate_abroad=False,
        can_travel_weeks=0.0,
    )
    with transaction(fresh.parts.engine) as conn:
        profiles.put_all(conn, (rich,), who="test", at=NOW)
    with visitor(fresh, "officer") as one:
        answer = what_if(one, "/startups/rich/what-if")
    assert "Nothing is changed yet" in soup(answer).find(id="what-if-list").text
    assert not soup(answer).find(class_="was")


def test_a_form_is_led_back_from_where_it_is_sent_to(officer: TestClient) -> None:
    led = officer.get(f"{PAIR}/decisions?lang=en", follow_redirects=False)
    assert led.headers["location"] == f"{PAIR}?lang=en"


def test_a_changed_fact_closes_a_programme_and_nothing_is_saved(
    house: House, officer: TestClient
) -> None:
    with reading(house.parts.engine) as conn:
        before = profiles.stored(conn, "startup", "vi-du-pay")
    page = soup(what_if(officer, f"{PAGE}/what-if", team_size="2"))
    result = page.find(id="what-if-list")
    assert "Closed (1)" in result.text
    assert "Merlion Team" in result.text
    assert "Now: Unknown" in page.find(id="team_size").find_parent("div").parent.text
    with reading(house.parts.engine) as conn:
        assert profiles.stored(conn, "startup", "vi-du-pay") == before


def test_a_changed_fact_moves_programmes_as_a_saved_one_would(
    house: House, officer: TestClient
) -> None:
    page = soup(what_if(officer, f"{PAGE}/what-if", sectors=["agritech"], target_markets=["KR"]))
    shown = {
        row.a.text: float(row.find(class_="score").strong.text)
        for row in page.select(".what-if-list > li")
    }
    with reading(house.parts.engine) as conn:
        kept = profiles.get(conn, "startup", "vi-du-pay")
    changed = builders.startup(
        founders=kept.founders, sectors=("agritech",), target_markets=("KR",)
    )
    answer = house.parts.matchmaker.top_matches(changed, Wish(k=100))
    assert shown == {match.name: match.score for match in answer.ranking.matches}


def test_weights_are_brought_to_a_hundred(officer: TestClient) -> None:
    page = soup(what_if(officer, f"{PAGE}/what-if", **{"weight-market": "40"}))
    assert page.select(".what-if-list .apart")
    told = [float(one.text) for one in page.select("output")]
    assert sum(told) == pytest.approx(100)
    assert normalised(DEFAULT_POINTS) == dict(DEFAULT_POINTS)
    assert sum(round(p * 100) for p in normalised({"a": 1, "b": 1, "c": 1}).values()) == 10_000
    for wrong in ({"a": 0.0}, {"a": -1.0, "b": 2.0}, {"a": float("nan")}):
        with pytest.raises(WeightsInvalid):
            normalised(wrong)


def test_what_a_field_cannot_hold_is_told_and_the_list_stays(officer: TestClient) -> None:
    answer = what_if(officer, f"{PAGE}/what-if", team_size="many")
    assert answer.status_code == 422
    assert "People in the team" in soup(answer).find(role="alert").text
    zero = {f"weight-{name}": "0" for name in DEFAULT_POINTS}
    assert what_if(officer, f"{PAGE}/what-if", **zero).status_code == 422


def test_a_script_gets_the_list_alone(officer: TestClient) -> None:
    officer.headers["X-Part"] = "list"
    try:
        answer = officer.get(f"{PAGE}/what-if")
    finally:
        del officer.headers["X-Part"]
    assert "<html" not in answer.text
    assert "what-if-list" in answer.text


def test_the_workbook_has_the_list_with_all_reasons_and_no_formula(fresh: House) -> None:
    evil = builders.programme(id="evil", name='=HYPERLINK("http://evil.example")')
    with transaction(fresh.parts.engine) as conn:
        profiles.put_all(conn, (evil,), who="test", at=NOW)
    with visitor(fresh, "officer") as one:
        answer = one.get(f"{PAGE}/matches.xlsx")
    assert 'filename="vi-du-pay-matches.xlsx"' in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert len(book.sheetnames) == 4
    listed, parts = book.worksheets[0], book.worksheets[1]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)
    score = {row[1].value: row[4].value for row in listed.iter_rows(min_row=2)}
    earned: dict[str, float] = {}
    for row in parts.iter_rows(min_row=2):
        earned[row[1].value] = earned.get(row[1].value, 0.0) + row[3].value
    assert {name: round(points, 2) for name, points in earned.items()} == score
    assert not any("kin@vidu.vn" in str(cell.value) for cell in cells)


def test_the_document_names_the_office_only_where_there_is_one(tmp_path: Path) -> None:
    for folder, settings in (("plain", {}), ("office", {"letterhead": {"issuer": "Sở Ví Dụ"}})):
        (tmp_path / folder).mkdir()
        made = build(tmp_path / folder, **settings)
        with visitor(made, "officer", lang="vi") as one:
            answer = one.get(f"{PAGE}/matches.docx")
        document = Document(io.BytesIO(answer.content))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        assert any("SỞ VÍ DỤ" in text for text in cells) == (folder == "office")
        assert any("Merlion Landing" in text for text in cells)
