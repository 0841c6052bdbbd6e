"""A startup makes its account and its profile, question by question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from data import accounts, drafts, history, profiles
from data.engines import reading
from matcher.profile import Money, Startup
from service.pages.own_asks import ASKS, GROUPS
from tests.page_fixtures import PASSWORD, account_of, send, soup, visitor
from tests.service_fixtures import House, build

FIRST = {
    "part": "start",
    "fields": "name,product_vi,sectors,stage,country,city,needs",
    "version": "0",
    "name": "Lúa Xanh Số",
    "product_vi": "Cảm biến đo độ mặn cho ruộng lúa",
    "sectors": ["agritech", "iot", ""],
    "stage": "seed",
    "country": "VN",
    "city": "TP.HCM",
    "needs": ["mentoring", "market_access"],
}
NEW = {"name": "Ngô Bảo", "language": "vi", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build(tmp_path)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house in which nothing is kept."""
    return build(tmp_path_factory.mktemp("calm"))


def kept(house: House, id: str) -> Startup:
    with reading(house.parts.engine) as conn:
        found: Any = profiles.get(conn, "startup", id)
    return found


def registered(client: TestClient, **changes: Any) -> Any:
    return send(client, "/me/profile?lang=vi", "/me/profile", **(FIRST | changes))


def test_an_account_is_made_signed_in_to_and_led_to_the_questions(house: House) -> None:
    with visitor(house, lang="vi") as guest:
        made = send(guest, "/register", "/register", email="bao@vidu.vn", **NEW)
        assert made.status_code == 200
        assert soup(made).find(id="email")["value"] == "bao@vidu.vn"
        fields = {"email": "bao@vidu.vn", "password": PASSWORD, "to": "/me"}
        assert send(guest, "/sign-in", "/sign-in", **fields).headers["location"] == "/me"
        assert guest.get("/me", follow_redirects=False).headers["location"] == "/me/profile"
        page = soup(guest.get("/me/profile"))
    assert page.html["lang"] == "vi"
    assert [one["name"] for one in page.select("main form input[type=text], #name")] == ["name"]


def test_a_known_address_is_answered_word_for_word_as_a_new_one(house: House) -> None:
    account_of(house, "officer")
    with visitor(house) as guest:
        texts = []
        for email in ("moi@vidu.vn", "officer@vidu.vn"):
            answer = send(guest, "/register", "/register", email=email, **NEW)
            assert answer.status_code == 200
            texts.append(soup(answer).main.get_text(" ", strip=True))
    assert texts[0] == texts[1]
    with reading(house.parts.engine) as conn:
        officer = accounts.by_email(conn, "officer@vidu.vn")
    assert officer is not None
    assert (officer.role, officer.name) == ("officer", "Officer")


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "123456789012", "password_again": "123456789012"},
        {"password_again": "something else entirely"},
        {"email": "no address"},
        {"name": ""},
        {"language": "fr"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(calm: House, wrong: dict[str, str]) -> None:
    with visitor(calm) as guest:
        form = {"email": "bao@vidu.vn"} | NEW | wrong
        answer = send(guest, "/register", "/register", **form)
    assert answer.status_code == 422
    page = soup(answer)
    assert page.find(role="alert")
    assert page.find(id="email")["value"] == form["email"]
    assert PASSWORD not in answer.text


def test_nobody_registers_by_the_dozen(house: House) -> None:
    with visitor(house) as guest:
        answers = [send(guest, "/register", "/register", email="x", **NEW) for _ in range(21)]
    assert answers[-1].status_code == 429


def test_the_first_answers_register_a_profile_bound_to_the_account(house: House) -> None:
    with visitor(house, "new_startup", "vi") as one:
        answer = registered(one)
        assert answer.headers["location"] == "/me?said=registered"
        assert one.get("/me").status_code == 200
    assert account_of(house, "new_startup").profile_id == "lua-xanh-so"
    profile = kept(house, "lua-xanh-so")
    assert profile.sectors == ("agritech", "iot")
    assert profile.needs == ("mentoring", "market_access")
    assert (profile.city, profile.source_kind) == ("Ho Chi Minh City", "own")
    assert profile.verified is False
    assert profile.max_fee is None


def test_an_id_that_a_deleted_profile_had_is_not_given_again(house: House) -> None:
    with visitor(house, "new_startup", "vi") as one:
        registered(one, name="Nông Trại Số")
    account = account_of(house, "new_startup")
    assert account.profile_id == "nong-trai-so-2"
    with reading(house.parts.engine) as conn:
        assert history.ids_ever_used(conn, "startup", "nong-trai-so") >= {"nong-trai-so"}


def test_missing_first_answers_are_named_and_the_others_are_drafted(calm: House) -> None:
    with visitor(calm, "new_startup", "vi") as one:
        answer = registered(one, needs=[], stage="")
        assert answer.status_code == 422
        faulty = {fault["id"] for fault in soup(answer).select(".fault")}
        assert faulty == {"needs-fault", "stage-fault"}
        again = soup(one.get("/me/profile"))
        assert again.find(id="name")["value"] == "Lúa Xanh Số"
    assert account_of(calm, "new_startup").profile_id is None


def test_a_draft_is_kept_on_the_way_and_tells_what_is_open_with_it(house: House) -> None:
    with visitor(house, "new_startup", "vi") as one:
        said = send(one, "/me/profile", "/me/profile/draft", **(FIRST | {"stage": "growth"}))
        assert "chương trình" in said.json()["said"]
        assert soup(one.get("/me/profile")).find(id="name")["value"] == "Lúa Xanh Số"
        send(one, "/me/profile", "/me/profile/discard", part="start", fields=FIRST["fields"])
        assert soup(one.get("/me/profile")).find(id="name")["value"] == ""


def test_the_stage_is_offered_with_how_many_programmes_it_opens(calm: House) -> None:
    with visitor(calm, "startup") as one:
        page = soup(one.get("/me/profile?field=stage"))
    options = {one["value"]: one.get_text() for one in page.select("#stage option")}
    told = calm.parts.matchmaker.top_matches("vi-du-pay", _all())
    assert f"open: {told.ranking.eligible} programme" in options["seed"]
    assert "open: 0 programmes" in options["acquired"]


def test_an_answer_of_yes_or_no_is_tried_before_it_is_given(calm: House) -> None:
    with visitor(calm, "startup") as one:
        page = soup(one.get("/me/profile?part=firm"))
        sizes = {o["value"]: o.get_text() for o in page.select("#size option")}
        answers = soup(one.get("/me/profile?part=abroad")).select("#will_incorporate_abroad option")
    assert sizes["large"].endswith("open: 0 programmes")
    assert all("open: " in answer.get_text() for answer in answers[1:])


def _all() -> Any:
    from service.matchmaking import Wish

    return Wish(1000)


def test_later_questions_begin_with_what_most_programmes_wait_for(calm: House) -> None:
    with visitor(calm, "startup") as one:
        page = soup(one.get("/me/profile"))
    fields = page.find("input", attrs={"name": "fields"})["value"].split(",")
    assert 0 < len(fields) <= 3
    profile = kept(calm, "vi-du-pay")
    assert all(getattr(profile, field) is None for field in fields)
    assert "Waiting for this answer" in page.get_text()


def test_answers_are_read_as_people_write_them(house: House) -> None:
    form = {
        "part": "money",
        "fields": "revenue_12m,total_raised,max_equity_percent,max_fee",
        "version": "1",
        "revenue_12m": "1,5 tỷ đồng",
        "total_raised": "20.000 USD",
        "max_equity_percent": "7,5%",
        "max_fee": "0",
    }
    with visitor(house, "startup", "vi") as one:
        answer = send(one, "/me/profile?part=money", "/me/profile", **form)
        assert answer.headers["location"] == "/me/profile?part=money&said=answers_saved"
        page = soup(one.get("/me/profile?part=money"))
    profile = kept(house, "vi-du-pay")
    assert (profile.revenue_12m.amount, profile.revenue_12m.currency) == (1.5e9, "VND")
    assert (profile.total_raised.amount, profile.total_raised.currency) == (20_000, "USD")
    assert profile.max_equity_percent == 7.5
    assert isinstance(profile.max_fee, Money)
    assert profile.max_fee.amount == 0
    assert page.find(id="revenue_12m")["value"] == "1.500.000.000 VND"


def test_none_is_an_answer_and_an_open_question_is_not(house: House) -> None:
    form = {"part": "ties", "fields": "grants_held,conflicts", "version": "1"}
    with visitor(house, "startup") as one:
        send(one, "/me/profile?part=ties", "/me/profile", **form, **{"conflicts.none": "yes"})
    profile = kept(house, "vi-du-pay")
    assert profile.conflicts == ()
    assert profile.grants_held is None


def test_an_answer_that_cannot_be_keeps_nothing_and_stays_typed(calm: House) -> None:
    form = {"part": "money", "fields": "max_equity_percent,max_fee", "version": "1"}
    typed = {"max_equity_percent": "abc", "max_fee": "50 triệu đồng"}
    with visitor(calm, "startup") as one:
        answer = send(one, "/me/profile?part=money", "/me/profile", **form, **typed)
    assert answer.status_code == 422
    page = soup(answer)
    assert page.find(id="max_equity_percent")["value"] == "abc"
    assert page.find(id="max_fee")["value"] == "50 triệu đồng"
    assert page.find(id="max_equity_percent")["aria-invalid"] == "true"
    assert kept(calm, "vi-du-pay").max_fee is None


def test_an_edit_of_an_older_version_is_told_and_loses_nothing(house: House) -> None:
    form = {"part": "goal", "fields": "goal", "goal": "learn"}
    with visitor(house, "startup") as one:
        send(one, "/me/profile?field=goal", "/me/profile", **form, version="1")
        stale = send(
            one, "/me/profile?field=goal", "/me/profile", **(form | {"goal": "raise_capital"}),
            version="1",
        )  # fmt: skip
        assert stale.status_code == 412
        page = soup(stale)
        assert page.select_one("#goal option[selected]")["value"] == "raise_capital"
        assert page.find("input", attrs={"name": "version"})["value"] == "2"
    assert kept(house, "vi-du-pay").goal == "learn"


def test_the_team_and_its_languages_are_told_in_rows(house: House) -> None:
    form = {
        "part": "abroad",
        "fields": "languages",
        "version": "1",
        "languages.language": ["en", "ko", ""],
        "languages.level": ["B2", "", ""],
    }
    with visitor(house, "startup") as one:
        send(one, "/me/profile?part=abroad", "/me/profile", **form)
        page = soup(one.get("/me/profile?part=abroad"))
    told = [(s.language, s.level) for s in kept(house, "vi-du-pay").languages]
    assert told == [("en", "B2"), ("ko", None)]
    chosen = [o["value"] for o in page.select("[name='languages.language'] option[selected]")]
    assert [one for one in chosen if one] == ["en", "ko"]


def test_founders_keep_what_their_rows_do_not_ask(house: House) -> None:
    with visitor(house, "startup") as one:
        page = soup(one.get("/me/profile?part=contact"))
        names = [i["value"] for i in page.select("[name='founders.name']")]
        assert names[0] == "Nguyễn Thị Bí Mật"
        form = {
            "part": "contact",
            "fields": "founders",
            "version": "1",
            "founders.name": ["Nguyễn Thị Bí Mật"],
            "founders.role": ["CEO"],
            "founders.sex": [""],
            "founders.full_time": ["yes"],
            "founders.share_percent": ["60"],
            "founders.nationality": ["VN"],
        }
        send(one, "/me/profile?part=contact", "/me/profile", **form)
    (founder,) = kept(house, "vi-du-pay").founders
    assert (founder.role, founder.full_time, founder.share_percent) == ("CEO", True, 60.0)
    assert founder.nationality == "VN"


def test_a_form_cannot_set_what_a_startup_is_not_asked(calm: House) -> None:
    with visitor(calm, "startup") as one:
        form = {"part": "start", "fields": "verified", "version": "1", "verified": "yes"}
        assert send(one, "/me/profile", "/me/profile", **form).status_code == 422
        assert one.get("/me/profile?part=secrets").status_code == 404
    assert kept(calm, "vi-du-pay").verified is None


def test_every_group_and_every_question_can_be_opened_in_both_languages(calm: House) -> None:
    with visitor(calm, "startup") as one:
        for lang in ("vi", "en"):
            for group in GROUPS:
                page = soup(one.get(f"/me/profile?part={group.name}&lang={lang}"))
                assert page.html["lang"] == lang
                assert all(page.find(id=field) for field in group.fields)
    assert {field for group in GROUPS for field in group.fields} == set(ASKS)


def test_saving_forgets_the_draft(house: House) -> None:
    with visitor(house, "startup") as one:
        form = {"part": "goal", "fields": "goal", "version": "1", "goal": "learn"}
        send(one, "/me/profile?field=goal", "/me/profile/draft", **form)
        account = account_of(house, "startup")
        with reading(house.parts.engine) as conn:
            assert drafts.get(conn, account.id, "goal") is not None
        send(one, "/me/profile?field=goal", "/me/profile", **form, back="/me")
        with reading(house.parts.engine) as conn:
            assert drafts.get(conn, account.id, "goal") is None
