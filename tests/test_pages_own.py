"""A startup's own pages: programmes, checklist, calendar, consents, data; and nobody else's."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import docx
import icalendar
import pytest
from fastapi.testclient import TestClient

from data import accounts, consents, feeds, keys, profiles, questions, wishes
from data.engines import reading, transaction
from matcher.profile import Money
from matcher.rules import RULES
from matcher.rules.base import Change
from service.effects import ANSWERED_BY, open_with, openings, rules_of_field, standing
from service.matchmaking import Wish
from service.pages.own_terms import events_of, month_after, terms_of
from tests import builders
from tests.page_fixtures import PASSWORD, account_of, send, soup, visitor
from tests.service_fixtures import NOW, House, build

DATED = builders.programme(
    id="dated",
    name="Dated Programme",
    application_open=date(2026, 2, 1),
    application_close=date(2026, 3, 20),
    intake_months=(2, 6),
    fee=Money(1000, "SGD", 786.0),
    equity_percent=5.0,
    incorporation_required=True,
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return _dated(build(tmp_path))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house in which nothing is kept."""
    return _dated(build(tmp_path_factory.mktemp("calm")))


def _dated(house: House) -> House:
    unwilling = builders.startup(id="nong-trai-so", name="Nông Trại", will_incorporate_abroad=False)
    with transaction(house.parts.engine) as conn:
        profiles.put_all(conn, [DATED, unwilling], who="test", at=NOW)
    return house


def say(client: TestClient, programme: str, wish: str, **rest: str) -> Any:
    fields = {"programme": programme, "wish": wish} | rest
    return send(client, "/me", "/me/wishes", **fields)


# -- what answers change ---------------------------------------------------------------------


def test_every_rule_that_can_ask_a_startup_is_answered_by_a_field_or_by_a_person() -> None:
    from data.texts import Texts

    asked = {
        key.split(".")[1]
        for key in Texts("en").keys
        if key.startswith("reason.") and key.endswith("ask_startup")
    }
    ours = {rule.name for rule in RULES} | {"text", "portfolio"}
    assert (asked & ours) - {"conditions"} <= set(ANSWERED_BY)


def test_what_is_told_to_be_open_is_what_the_engine_finds_open(calm: House) -> None:
    maker = calm.parts.matchmaker
    maker.catch_up()
    for id in ("vi-du-pay", "nong-trai-so", "lon-qua"):
        ranking = maker.top_matches(id, Wish(1000)).ranking
        now = standing(maker, maker.kept("startup", id))
        assert (now.open, now.refused) == (ranking.eligible, ranking.refused)
        asking = {(m.id, c.rule) for m in ranking.matches for c in m.checks if c.ask == "startup"}
        for effect in now.effects:
            rules = rules_of_field(effect.field)
            assert effect.waiting == len({id for id, rule in asking if rule in rules})


def test_an_opening_is_what_a_second_run_of_the_engine_opens(calm: House) -> None:
    maker = calm.parts.matchmaker
    maker.catch_up()
    startup = maker.kept("startup", "nong-trai-so")
    found = {one.change: one.opens for one in openings(maker, startup)}
    willing = Change("will_incorporate_abroad", True)
    assert "dated" in found[willing]
    before = standing(maker, startup)
    assert open_with(maker, startup, [willing]) == [before.open + len(found[willing])]
    assert before.of("will_incorporate_abroad").alone == len(found[willing])


# -- programmes ------------------------------------------------------------------------------


def test_the_first_page_recommends_with_points_reasons_dates_and_money(calm: House) -> None:
    with visitor(calm, "startup") as one:
        page = soup(one.get("/me"))
    cards = page.select("article.card")
    ranking = calm.parts.matchmaker.top_matches("vi-du-pay", Wish(10)).ranking
    assert [card["id"] for card in cards] == [f"p-{match.id}" for match in ranking.matches]
    for card, match in zip(cards, ranking.matches, strict=True):
        assert f"{match.score:.2f}" in card.select_one(".score").get_text()
        assert card.select(".reasons li")
    dated = page.find(id="p-dated").get_text(" ", strip=True)
    assert "Open until 20 Mar 2026" in dated
    assert "days left: 19" in dated
    assert "SGD 1,000" in dated
    assert "VND" in dated
    assert "5%" in dated


def test_what_is_not_known_is_said_to_be_and_is_no_zero(calm: House) -> None:
    with visitor(calm, "startup") as one:
        text = soup(one.get("/me")).find(id="p-merlion-landing").get_text(" ", strip=True)
    assert "Not known, ask the programme:" in text
    assert "whether there is a fee" in text
    assert "Free of charge" not in text


def test_what_is_shut_is_counted_by_rule_with_what_would_open_it(calm: House) -> None:
    with visitor(calm, "other_startup") as one:
        page = soup(one.get("/me"))
        section = page.find(id="shut").parent
        link = section.find("a", href="/me/profile?field=will_incorporate_abroad&back=/me")
        assert link
        assert "Dated Programme" in section.get_text()
        rules = soup(one.get("/me/shut?rule=incorporation"))
        assert "Dated Programme" in rules.get_text()
        assert one.get("/me/shut?rule=nonsense").status_code == 422


def test_a_blocked_gate_is_fixed_and_seen_open(house: House) -> None:
    page = "/me/programmes/dated"
    with visitor(house, "other_startup", "vi") as one:
        before = soup(one.get(page))
        assert before.find(id="verdict").get_text() == "Bạn chưa đủ điều kiện"
        fix = before.select_one(".gates .blocked a")["href"]
        assert fix == f"/me/profile?field=will_incorporate_abroad&back={page}"
        form = {
            "part": "will_incorporate_abroad",
            "fields": "will_incorporate_abroad",
            "version": soup(one.get(fix)).find("input", attrs={"name": "version"})["value"],
            "will_incorporate_abroad": "yes",
            "back": page,
        }
        kept = send(one, fix, "/me/profile", **form)
        assert kept.headers["location"] == f"{page}?said=answers_saved"
        assert soup(one.get(page)).find(id="verdict").get_text() == "Bạn đủ điều kiện"


def test_the_checklist_shows_every_gate_and_parts_that_add_up(calm: House) -> None:
    with visitor(calm, "startup") as one:
        page = soup(one.get("/me/programmes/merlion-landing"))
    gates = sum(rule.kind.value == "gate" for rule in RULES)
    shown = len(page.select(".gates > li")) + len(page.select(".asks-them > li"))
    assert shown == gates
    cells = [td.contents[0] for td in page.select("table.parts tbody td.num")]
    total = page.select_one("table.parts tfoot td.num").get_text()
    assert sum(map(float, cells)) == pytest.approx(float(total))
    assert page.find("a", href="/programmes/merlion-landing/profile")


def test_a_programme_that_is_not_kept_is_not_found(calm: House) -> None:
    with visitor(calm, "startup") as one:
        assert one.get("/me/programmes/nobody").status_code == 404
        assert say(one, "nobody", "interested").status_code == 404


# -- wishes and questions --------------------------------------------------------------------


def test_a_wish_folds_away_and_comes_back_and_the_engine_does_not_care(house: House) -> None:
    before = house.parts.matchmaker.top_matches("vi-du-pay", Wish(100)).ranking
    with visitor(house, "startup") as one:
        said = say(one, "dated", "not_for_me", why="Quá xa", back="/me#p-dated")
        assert said.headers["location"] == "/me?said=wish_not_for_me"
        page = soup(one.get("/me"))
        assert page.find(id="p-dated") is None
        assert "Quá xa" in page.find(id="folded").get_text()
        assert house.parts.matchmaker.top_matches("vi-du-pay", Wish(100)).ranking == before
        back = say(one, "dated", "withdrawn", back="/me#folded")
        assert back.headers["location"] == "/me?said=wish_withdrawn#folded"
        assert soup(one.get("/me")).find(id="p-dated")
        say(one, "dated", "interested", back="https://elsewhere.example/")
        assert (
            soup(one.get("/me")).find(id="interested").find("a")["href"] == "/me/programmes/dated"
        )
        assert say(one, "dated", "perhaps").status_code == 422


def test_an_officers_question_is_answered_by_its_startup_only(house: House) -> None:
    with transaction(house.parts.engine) as conn:
        put = questions.ask(conn, "vi-du-pay", "dated", "size", "startup", who="An", at=NOW)
    address = f"/me/questions/{put.id}"
    with visitor(house, "other_startup") as other, visitor(house, "startup") as one:
        assert send(other, "/me", address, answer="x").status_code == 404
        assert soup(one.get("/me")).find(id="put")
        assert send(one, "/me", address, answer="Có 20 người").status_code == 303
        assert soup(one.get("/me")).find(id="put") is None
    with reading(house.parts.engine) as conn:
        assert questions.get(conn, put.id).answer == "Có 20 người"


# -- calendar --------------------------------------------------------------------------------


def test_terms_tell_the_window_the_price_and_the_equity() -> None:
    from data.texts import Texts

    terms = terms_of(DATED, NOW.date(), Texts("en"))
    assert (terms.state, terms.day, terms.days) == ("open", date(2026, 3, 20), 19)
    assert terms.is_soon
    assert terms.equity == "5%"
    unknown = terms_of(builders.programme(), NOW.date(), Texts("en"))
    assert (unknown.state, unknown.days, unknown.fee, unknown.equity) == (
        "unknown",
        None,
        None,
        None,
    )


def test_what_is_to_come_is_within_a_year_and_months_stay_months() -> None:
    told = [(one.kind, one.day, one.until) for one in events_of(DATED, NOW.date())]
    assert told == [
        ("closes", date(2026, 3, 20), None),
        ("intake", date(2027, 2, 1), date(2027, 3, 1)),
        ("intake", date(2026, 6, 1), date(2026, 7, 1)),
    ]
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)


def test_the_calendar_shows_a_month_and_asks_for_what_is_not_known(calm: House) -> None:
    with visitor(calm, "startup") as one:
        page = soup(one.get("/me/calendar"))
        closing = page.select("table.month td a.closes")
        assert [link.get_text() for link in closing] == ["Closes: Dated Programme"]
        assert closing[0].parent.find("time")["datetime"] == "2026-03-20"
        assert "Merlion Landing" in page.find(id="unknown").parent.get_text()
        june = soup(one.get("/me/calendar?month=2026-06"))
        assert (
            "Run starts (day not known): Dated Programme"
            in june.select_one(".month-table").get_text()
        )
        for odd in ("2026-13", "x", "9999-01", "-1"):
            assert one.get(f"/me/calendar?month={odd}").status_code == 200


def test_a_feed_is_read_without_signing_in_until_it_ends(house: House) -> None:
    with visitor(house, "startup", "vi") as one, visitor(house) as nobody:
        made = soup(send(one, "/me/calendar", "/me/calendar/feed"))
        address = made.select_one("code.secret").get_text().removeprefix("https://testserver")
        assert address not in one.get("/me/calendar").text
        read = nobody.get(address)
        assert read.headers["content-type"].startswith("text/calendar")
        assert "set-cookie" not in read.headers
        events = icalendar.Calendar.from_ical(read.content).walk("VEVENT")
        told = {str(event["uid"]): event for event in events}
        closing = told["closes-2026-03-20-dated@caunoi"]
        assert closing.decoded("dtstart") == date(2026, 3, 20)
        assert closing.decoded("dtend") == date(2026, 3, 21)
        assert str(closing["summary"]) == "Hạn nộp: Dated Programme"
        assert closing.decoded("dtstamp") == NOW
        assert nobody.get(address).content == read.content
        send(one, "/me/calendar", "/me/calendar/feed/end")
        assert nobody.get(address).status_code == 404
        assert nobody.get("/calendar/guess.ics").status_code == 404


def test_a_calendar_file_holds_what_interests_and_not_what_does_not(house: House) -> None:
    with visitor(house, "startup") as one:
        say(one, "dated", "not_for_me")
        assert b"Dated" not in one.get("/me/calendar/caunoi.ics").content
        say(one, "dated", "interested")
        assert b"Dated" in one.get("/me/calendar/caunoi.ics").content


# -- consents --------------------------------------------------------------------------------


def give(client: TestClient, **changes: str) -> Any:
    fields = {"scope": "contact", "recipient": "SG", "until": "2026-12-31", "note": ""} | changes
    return send(client, "/me/consents", "/me/consents", **fields)


def test_a_consent_is_given_holds_and_is_withdrawn_on_the_spot(house: House) -> None:
    with visitor(house, "startup") as one:
        assert give(one).status_code == 303
        page = soup(one.get("/me/consents"))
        row = page.find(id="standing").parent.select_one("tbody tr").get_text(" ", strip=True)
        assert "Singapore" in row
        assert "31 Dec 2026" in row
        action = page.select_one("form[action$=withdraw]")["action"]
        assert send(one, "/me/consents", action).status_code == 303
        text = soup(one.get("/me/consents")).get_text(" ", strip=True)
        assert "withdrawn on 1 Mar 2026" in text
    with reading(house.parts.engine) as conn:
        assert consents.scopes_granted(conn, "vi-du-pay", ["SG"], on=NOW.date()) == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [{"scope": "soul"}, {"until": "2020-01-01"}, {"until": "tomorrow"}, {"recipient": "nobody"}],
)
def test_a_consent_that_cannot_be_is_refused_beside_the_form(
    calm: House, wrong: dict[str, str]
) -> None:
    with visitor(calm, "startup") as one:
        answer = give(one, **wrong)
    assert answer.status_code in (404, 422)
    assert soup(answer).find(role="alert")


def test_nobody_withdraws_the_consent_of_another(house: House) -> None:
    number = house.consent("vi-du-pay", "all", "*")
    with visitor(house, "other_startup") as one:
        address = f"/me/consents/{number}/withdraw"
        assert send(one, "/me/consents", address).status_code == 404
    with reading(house.parts.engine) as conn:
        assert consents.consents_of(conn, "vi-du-pay")[0].withdrawn_on is None


# -- data ------------------------------------------------------------------------------------


def test_everything_kept_is_downloaded_to_read_and_for_programs(house: House) -> None:
    house.consent("vi-du-pay", "all", "SG")
    with visitor(house, "officer") as officer:
        officer.get("/startups/vi-du-pay")
    with visitor(house, "startup") as one:
        say(one, "dated", "not_for_me", why="Quá xa")
        told = json.loads(one.get("/me/data/caunoi.json").content)
        paper = docx.Document(io.BytesIO(one.get("/me/data/caunoi.docx").content))
    assert told["profile"]["contact_email"] == "kin@vidu.vn"
    assert told["versions"][0]["action"] == "added"
    assert told["consents"][0]["recipient"] == "SG"
    assert told["wishes"][0]["why"] == "Quá xa"
    people = {line["who"] for line in told["audit"]}
    assert "Startup <startup@vidu.vn>" in people
    assert not any("officer@vidu.vn" in who for who in people)
    text = " ".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    assert "Quá xa" in text
    assert "unknown" in text


def test_an_account_is_deleted_with_all_that_hangs_on_it(house: House) -> None:
    house.consent("vi-du-pay", "all", "*")
    account = account_of(house, "startup")
    with visitor(house, "startup") as one:
        say(one, "dated", "interested")
        send(one, "/me/calendar", "/me/calendar/feed")
        form = {"password": PASSWORD, "sure": "yes"}
        gone = send(one, "/me/data", "/me/data/delete", **form)
        assert gone.headers["location"] == "/sign-in?said=account_deleted"
        assert one.get("/me", follow_redirects=False).headers["location"].startswith("/sign-in")
        again = send(one, "/sign-in", "/sign-in", email=account.email, password=PASSWORD)
        assert again.status_code == 401
    with reading(house.parts.engine) as conn:
        assert accounts.by_email(conn, account.email) is None
        assert profiles.versions(conn, "startup", ["vi-du-pay"]) == {}
        assert consents.consents_of(conn, "vi-du-pay")[0].withdrawn_on == NOW.date()
        assert wishes.everything(conn, "vi-du-pay") == ()
        assert feeds.made_at(conn, account.id) is None
        live = [one for one in keys.list_keys(conn) if one.profile_id == "vi-du-pay"]
        assert all(key.revoked_at is not None for key in live)


def test_a_wrong_password_or_an_unsure_hand_deletes_nothing(calm: House) -> None:
    account = account_of(calm, "startup")
    with visitor(calm, "startup") as one:
        for form in ({"password": "wrong", "sure": "yes"}, {"password": PASSWORD}):
            answer = send(one, "/me/data", "/me/data/delete", **form)
            assert answer.status_code in (401, 422)
            assert soup(answer).find(role="alert")
        assert one.get("/me").status_code == 200
    with reading(calm.parts.engine) as conn:
        assert accounts.get(conn, account.id).email == account.email


def test_a_profile_that_others_act_for_stays_with_them(house: House) -> None:
    account_of(house, "startup")
    with transaction(house.parts.engine) as conn:
        accounts.create(
            conn, "chi@vidu.vn", "Chị Ba", "startup", lang="vi", at=NOW, profile_id="vi-du-pay"
        )
    with visitor(house, "startup") as one:
        assert "another account acts" in one.get("/me/data").text
        send(one, "/me/data", "/me/data/delete", password=PASSWORD, sure="yes")
    with reading(house.parts.engine) as conn:
        assert profiles.versions(conn, "startup", ["vi-du-pay"])


# -- nobody else's ---------------------------------------------------------------------------

PAGES = (
    "/me", "/me/profile", "/me/calendar", "/me/calendar/caunoi.ics", "/me/consents", "/me/data",
    "/me/data/caunoi.json", "/me/data/caunoi.docx", "/me/programmes/dated", "/me/shut?rule=stage",
)  # fmt: skip
POSTS = (
    "/me/profile", "/me/profile/draft", "/me/profile/discard", "/me/wishes", "/me/questions/1",
    "/me/calendar/feed", "/me/calendar/feed/end", "/me/consents", "/me/consents/1/withdraw",
    "/me/data/delete",
)  # fmt: skip


@pytest.mark.parametrize("who", ["admin", "officer", "incubator"])
def test_only_startups_have_these_pages(calm: House, who: str) -> None:
    with visitor(calm, who) as one:
        assert {one.get(page).status_code for page in PAGES} == {403}
        sent = {send(one, "/account", post).status_code for post in POSTS}
    assert sent == {403}


def test_guests_are_led_to_sign_in_and_a_form_without_its_token_is_refused(calm: House) -> None:
    with visitor(calm) as nobody:
        for page in PAGES:
            answer = nobody.get(page, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    with visitor(calm, "startup") as one:
        assert {one.post(post).status_code for post in POSTS} == {403}


def test_another_startup_is_not_found_by_its_address(calm: House) -> None:
    with visitor(calm, "other_startup") as one:
        for page in ("/startups/vi-du-pay", "/startups/vi-du-pay/programmes/dated"):
            answer = one.get(page)
            assert answer.status_code in (403, 404)
            assert "Ví Dụ Pay" not in answer.text
        for page in PAGES:
            assert "Ví Dụ Pay" not in one.get(page).text


def test_a_startup_without_a_profile_is_led_to_its_questions(calm: House) -> None:
    with visitor(calm, "new_startup") as one:
        for page in ("/me", "/me/calendar", "/me/consents", "/me/programmes/dated"):
            answer = one.get(page, follow_redirects=False)
            assert answer.headers["location"] == "/me/profile"
        assert one.get("/me/data").status_code == 200


def test_every_page_is_written_in_both_languages(calm: House) -> None:
    with visitor(calm, "startup") as one:
        for page in ("/me", "/me/programmes/dated", "/me/calendar", "/me/consents", "/me/data"):
            heads = [
                soup(one.get(f"{page}?lang={lang}")).find("h2").get_text() for lang in ("vi", "en")
            ]
            assert heads[0] != heads[1]
