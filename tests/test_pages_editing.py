"""Editing, adding and restoring profiles: nothing typed is lost, and nothing hidden is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient

from data import profiles
from data.audit import read_audit
from data.bodies import body_of
from data.engines import reading, transaction
from data.history import history
from matcher.profile import (
    KINDS,
    Alumnus,
    FactSource,
    Founder,
    LanguageSkill,
    Money,
    Profile,
    check,
    forms,
)
from service.pages.controls import editable
from service.pages.merging import joined, with_sources
from service.pages.typed import body_of_form, filled
from service.profile_forms import validated
from tests import builders
from tests.page_fixtures import soup
from tests.service_fixtures import NOW, House, build

Fields = list[tuple[str, str]]

FULL = (
    builders.programme(
        allowed_countries=("VN", "ASEAN"),
        fee=Money(1_250.5, "EUR"),
        min_age_years=0.5,
        capacity=12,
        intake_months=(3, 9),
        rolling=False,
        application_close=date(2026, 9, 1),
        exclusive_with=("sandbox-2",),
        portfolio=(Alumnus("Gelion", "Batteries", "Pin"), Alumnus("LLEAF")),
        markets=(),
        other_conditions_vi="Phải có người dùng.",
        fact_sources=(FactSource("fee", "merlion.sg", date(2025, 1, 1)),),
    ),
    builders.startup(
        languages=(LanguageSkill("en", "B2"), LanguageSkill("ja")),
        founders=(Founder("Nguyễn An", "female", "CEO", True, 60.0, "VN"), Founder("Bình")),
        revenue_12m=Money(2_000_000_000, "VND"),
        conflicts=(),
        grants_held=("sandbox-2",),
        will_incorporate_abroad=False,
        can_travel_weeks=2.5,
    ),
    builders.incubator(families=("A", "C"), networks=("A, B & C", "D"), area_m2=800),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("editing"))


@pytest.fixture
def programme(house: House, request: pytest.FixtureRequest) -> Profile:
    """A programme of its own for each test."""
    made = builders.programme(
        id=f"p-{abs(hash(request.node.name)) % 10**9}",
        fact_sources=(FactSource("city", "old.sg", date(2020, 1, 1)),),
    )
    keep(house, made)
    return made


def keep(house: House, profile: Profile, who: str = "test") -> None:
    with transaction(house.parts.engine) as conn:
        profiles.put(conn, profile, who=who, at=NOW)


def kept(house: House, kind: str, id: str) -> Any:
    with reading(house.parts.engine) as conn:
        return profiles.get(conn, kind, id)


def fields_of(page: BeautifulSoup) -> Fields:
    """What a browser sends of a form that nobody has touched."""
    form = page.select_one("form.edit")
    assert isinstance(form, Tag)
    sent: Fields = []
    for one in form.select("input[name], select[name], textarea[name]"):
        name = str(one["name"])
        if one.name == "select":
            option = one.select_one("option[selected]") or one.select_one("option")
            sent.append((name, str(option["value"]) if option else ""))
        elif one.name == "textarea":
            sent.append((name, one.get_text()))
        elif one.get("type") not in ("checkbox", "radio") or one.has_attr("checked"):
            sent.append((name, str(one.get("value", ""))))
    return sent


def changed(sent: Fields, **changes: str | list[str]) -> Fields:
    """The fields with some replaced; names are written with ``__`` for a dot."""
    new = {name.replace("__", "."): value for name, value in changes.items()}
    rest = [(name, value) for name, value in sent if name not in new]
    for name, value in new.items():
        rest += [(name, one) for one in (value if isinstance(value, list) else [value])]
    return rest


def post(client: TestClient, path: str, sent: Fields) -> Any:
    data: dict[str, list[str]] = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data, follow_redirects=False)


def form_of(client: TestClient, path: str) -> Fields:
    answer: Any = client.get(path)
    assert answer.status_code == 200, answer.text
    return fields_of(soup(answer))


# -- the form and what it means ------------------------------------------------------------------


@pytest.mark.parametrize("profile", FULL, ids=["programme", "startup", "incubator"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_form_says_what_the_profile_does(profile: Profile, lang: str) -> None:
    kind = next(name for name, made in KINDS.items() if isinstance(profile, made))
    names = editable(kind, is_officer=True)
    form = filled(kind, body_of(profile), names, lang)
    fixed = {name: body_of(profile)[name] for name in ("id", "fact_sources")}
    said = validated(kind, body_of_form(kind, form, names, body_of(profile)) | fixed)
    assert body_of(said) == body_of(profile)


@pytest.mark.parametrize("kind", KINDS)
def test_an_untouched_form_changes_nothing(house: House, officer: TestClient, kind: str) -> None:
    full = next(profile for profile in FULL if isinstance(profile, KINDS[kind]))
    keep(house, full)
    path = f"/{kind}s/{full.id}/edit"
    before = kept(house, kind, full.id)
    answer = post(officer, path, form_of(officer, path))
    assert answer.headers["location"].endswith("said=version_same")
    assert kept(house, kind, full.id) == before


def test_every_field_has_a_control(officer: TestClient) -> None:
    for kind, made in KINDS.items():
        page: Any = officer.get(f"/{kind}s/new")
        there = {one.get("id") for one in soup(page).select("[id^=field-]")}
        assert there == {f"field-{name}" for name in forms(made) if name != "fact_sources"}


# -- saving --------------------------------------------------------------------------------------


def test_a_change_is_kept_with_its_source_and_noted(
    house: House, officer: TestClient, programme: Profile
) -> None:
    path = f"/programmes/{programme.id}/edit"
    sent = changed(
        form_of(officer, path),
        fee__amount="0",
        fee__currency="SGD",
        city="Jurong",
        markets="Hàn Quốc\nsingapore",
        change__source="https://merlion.sg/2026",
        change__as_of="2026-02-20",
    )
    answer = post(officer, path, sent)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/programmes/{programme.id}/profile?said=version_saved"
    now = kept(house, "programme", programme.id)
    assert (now.fee.amount, now.fee.currency, now.city) == (0, "SGD", "Jurong")
    assert now.markets == ("KR", "SG")
    told = {one.field: (one.source, one.as_of) for one in now.fact_sources}
    assert told["fee"] == told["city"] == ("https://merlion.sg/2026", date(2026, 2, 20))
    with reading(house.parts.engine) as conn:
        line = next(
            one
            for one in read_audit(conn, kind="programme", id=programme.id)
            if one.action == "changed"
        )
    assert {"fee", "city", "markets", "fact_sources"} == set(line.fields)


def test_faults_stand_beside_their_fields_and_nothing_typed_is_lost(
    house: House, officer: TestClient, programme: Profile
) -> None:
    path = f"/programmes/{programme.id}/edit"
    sent = changed(
        form_of(officer, path),
        name="",
        fee__amount="nhiều",
        fee__currency="SGD",
        equity_percent="140",
        markets="Singapore\nAtlantis",
        city="Typed here",
        change__as_of="2027-01-01",
    )
    answer = post(officer, path, sent)
    assert answer.status_code == 422
    page = soup(answer)
    faulty = {str(a["href"]) for a in page.select("#wrong a")}
    assert faulty == {"#field-name", "#field-fee", "#field-equity_percent", "#field-markets"}
    wrong = page.select_one("#markets-fault")
    assert wrong is not None
    assert "Atlantis" in wrong.get_text()
    assert page.select_one('[id="change.as_of-fault"]') is not None
    again = dict(fields_of(page))
    assert again["markets"].strip() == "Singapore\nAtlantis"
    assert again["city"] == "Typed here"
    assert again["equity_percent"] == "140"
    assert kept(house, "programme", programme.id) == kept(house, "programme", programme.id)
    assert kept(house, "programme", programme.id).city == "Singapore"


def test_two_edits_of_one_version_are_joined_and_the_person_chooses(
    house: House, officer: TestClient, programme: Any
) -> None:
    path = f"/programmes/{programme.id}/edit"
    mine = changed(form_of(officer, path), city="Mine", duration_weeks="8", change__source="a call")
    theirs = builders.programme(
        id=programme.id, city="Theirs", organisation="New Agency", capacity=9
    )
    keep(house, theirs, who="Somebody Else")
    answer = post(officer, path, mine)
    assert answer.status_code == 409
    page = soup(answer)
    said = page.select_one("#wrong")
    assert said is not None
    assert "Somebody Else" in said.get_text()
    box = page.select_one("#field-city .theirs")
    assert box is not None
    assert "Theirs" in box.get_text()
    again = fields_of(page)
    shown = dict(again)
    assert (shown["city"], shown["duration_weeks"]) == ("Mine", "8")
    assert (shown["organisation"], shown["capacity"]) == ("New Agency", "9")
    assert shown["change.source"] == "a call"
    assert post(officer, path, changed(again, choose__city="theirs")).status_code == 303
    now = kept(house, "programme", programme.id)
    assert (now.city, now.organisation, now.capacity) == ("Theirs", "New Agency", 9)
    assert now.duration_weeks == 8


def test_one_may_keep_ones_own_of_two(house: House, officer: TestClient, programme: Any) -> None:
    path = f"/programmes/{programme.id}/edit"
    mine = changed(form_of(officer, path), city="Mine")
    keep(house, builders.programme(id=programme.id, city="Theirs"), who="else")
    again = fields_of(soup(post(officer, path, mine)))
    assert post(officer, path, again).status_code == 303
    assert kept(house, "programme", programme.id).city == "Mine"


def test_hidden_personal_fields_are_kept_where_they_are_not_typed(
    house: House, officer: TestClient
) -> None:
    keep(house, builders.startup(id="kin-dao", contact_email="kin@dao.vn", contact_name="Kín"))
    path = "/startups/kin-dao/edit"
    answer: Any = officer.get(path)
    assert "kin@dao.vn" not in answer.text
    sent = changed(fields_of(soup(answer)), city="Hanoi", contact_name="Mới")
    assert post(officer, path, sent).status_code == 303
    now = kept(house, "startup", "kin-dao")
    assert (now.contact_email, now.contact_name, now.city) == ("kin@dao.vn", "Mới", "Hanoi")


def test_no_choice_between_two_edits_shows_what_is_hidden(
    house: House, officer: TestClient
) -> None:
    keep(house, builders.startup(id="kin-hai", contact_email="mot@hai.vn"))
    path = "/startups/kin-hai/edit"
    sent = changed(form_of(officer, path), contact_email="officer@typed.vn", team_size="3")
    keep(house, builders.startup(id="kin-hai", contact_email="hai@hai.vn", team_size=4))
    apart = post(officer, path, sent)
    assert apart.status_code == 409
    assert "hai@hai.vn" not in apart.text
    assert "officer@typed.vn" in apart.text
    asked = changed(sent, choose__contact_email="mine", max_equity_percent="900")
    faulty = post(officer, path, asked)
    assert faulty.status_code == 422
    assert "hai@hai.vn" not in faulty.text


def test_an_owner_edits_its_own_and_nobody_elses(house: House, startup: TestClient) -> None:
    path = "/startups/vi-du-pay/edit"
    sent = changed(form_of(startup, path), team_size="7")
    assert "verified" not in dict(sent)
    assert post(startup, path, [*sent, ("verified", "yes")]).status_code == 303
    now = kept(house, "startup", "vi-du-pay")
    assert (now.team_size, now.verified) == (7, False)
    assert now.fact_sources[-1].source == "Stated by the profile's owner"
    for other in ("/startups/nong-trai-so/edit", "/startups/nong-trai-so/history"):
        assert startup.get(other).status_code == 404
    for closed in ("/programmes/merlion-landing/edit", "/programmes/new", "/startups/new"):
        assert startup.get(closed).status_code == 403
    assert startup.get("/programmes/merlion-landing/history").status_code == 403


# -- adding --------------------------------------------------------------------------------------


def test_an_officer_adds_a_profile_under_an_id_made_of_its_name(
    house: House, officer: TestClient
) -> None:
    sent = changed(
        form_of(officer, "/programmes/new"),
        name="Chương trình Đà Lạt",
        organisation="Org",
        country="KR",
        sectors=["ai", "iot"],
    )
    answer = post(officer, "/programmes/new", sent)
    assert answer.headers["location"] == (
        "/programmes/chuong-trinh-da-lat/profile?said=version_added"
    )
    now = kept(house, "programme", "chuong-trinh-da-lat")
    check(now)
    assert (now.sectors, now.status, now.as_of) == (("ai", "iot"), "unknown", NOW.date())
    assert now.markets is None
    again = post(officer, "/programmes/new", sent)
    assert again.status_code == 409
    assert soup(again).select_one("#id-fault") is not None
    assert dict(fields_of(soup(again)))["name"] == "Chương trình Đà Lạt"


def test_a_new_profile_without_its_needed_fields_is_shown_again(officer: TestClient) -> None:
    answer = post(officer, "/programmes/new", form_of(officer, "/programmes/new"))
    assert answer.status_code == 422
    faulty = {str(a["href"]) for a in soup(answer).select("#wrong a")}
    assert faulty == {"#field-name", "#field-organisation", "#field-country"}


def test_none_is_told_apart_from_not_known(house: House, officer: TestClient) -> None:
    sent = changed(
        form_of(officer, "/incubators/new"),
        name="Không Mạng Lưới",
        networks="",
        networks__none="yes",
    )
    assert post(officer, "/incubators/new", sent).status_code == 303
    now = kept(house, "incubator", "khong-mang-luoi")
    assert now.networks == ()
    assert now.wants is None


# -- versions ------------------------------------------------------------------------------------


def test_versions_tell_who_changed_what_and_any_is_restored(
    house: House, officer: TestClient, programme: Any
) -> None:
    path = f"/programmes/{programme.id}/history"
    keep(house, builders.programme(id=programme.id, city="Second", fee=Money(5, "SGD")), "Chị Hai")
    page = soup(officer.get(path))
    newest = page.select("section.card")[0].get_text(" ", strip=True)
    assert "Chị Hai" in newest
    assert "City Singapore Second" in newest
    assert "Fee Unknown SGD 5" in newest
    form = page.select_one("section.card form")
    assert form is not None
    sent = [(str(one["name"]), str(one["value"])) for one in form.select("input")]
    answer = post(officer, path, sent)
    assert answer.headers["location"].endswith("said=version_restored")
    now = kept(house, "programme", programme.id)
    assert (now.city, now.fee) == ("Singapore", None)
    with reading(house.parts.engine) as conn:
        assert [one.version for one in history(conn, "programme", programme.id)] == [3, 2, 1]
    assert post(officer, path, sent).status_code == 412  # the present version is another now


def test_a_deleted_profile_comes_back_by_its_history(
    house: House, officer: TestClient, programme: Any
) -> None:
    with transaction(house.parts.engine) as conn:
        profiles.delete(conn, "programme", programme.id, who="test", at=NOW)
    assert officer.get(f"/programmes/{programme.id}/profile").status_code == 404
    path = f"/programmes/{programme.id}/history"
    page = soup(officer.get(path))
    assert "was deleted" in page.get_text()
    form = page.select("section.card form")[-1]
    sent = [(str(one["name"]), str(one["value"])) for one in form.select("input")]
    assert post(officer, path, sent).status_code == 303
    assert body_of(kept(house, "programme", programme.id)) == body_of(programme)


def test_an_officer_takes_a_profile_out_in_the_version_that_was_read(
    house: House, officer: TestClient, startup: TestClient, programme: Any
) -> None:
    sent = form_of(officer, f"/programmes/{programme.id}/edit")
    path = f"/programmes/{programme.id}/delete"
    own = [(n, v) for n, v in form_of(startup, "/startups/vi-du-pay/edit") if n == "csrf"]
    assert post(startup, path, [*own, ("version", "1")]).status_code == 403
    assert post(officer, path, changed(sent, version="7")).status_code == 412
    assert post(officer, path, sent).headers["location"].endswith("said=version_deleted")
    assert officer.get(f"/programmes/{programme.id}/profile").status_code == 404


def test_old_personal_fields_are_neither_shown_nor_brought_back_unseen(
    house: House, officer: TestClient
) -> None:
    keep(house, builders.startup(id="rut-lai", contact_email="cu@rutlai.vn", city="Hue"))
    keep(house, builders.startup(id="rut-lai", contact_email=None, city="Hanoi"))
    path = "/startups/rut-lai/history"
    answer: Any = officer.get(path)
    assert "cu@rutlai.vn" not in answer.text
    assert "has not consented" in answer.text
    form = soup(answer).select("section.card form")[-1]
    sent = [(str(one["name"]), str(one["value"])) for one in form.select("input")]
    assert post(officer, path, sent).status_code == 303
    now = kept(house, "startup", "rut-lai")
    assert (now.city, now.contact_email) == ("Hue", None)


# -- parts ---------------------------------------------------------------------------------------


def test_edits_are_joined_field_by_field() -> None:
    base = {"a": 1, "b": 1, "c": 1, "d": 1}
    both = joined(base, {"a": 2, "b": 1, "c": 2, "d": 3}, {"a": 1, "b": 2, "c": 3, "d": 3}, "abcd")
    assert both.body == {"a": 2, "b": 2, "c": 2, "d": 3}
    assert (both.apart, both.taken) == (("c",), ("b",))
    blind = joined(None, {"a": 1, "b": 1}, {"a": 1, "b": 2}, "ab")
    assert blind.apart == ("b",)


def test_a_changed_fact_no_longer_names_the_source_of_what_it_was() -> None:
    old = FactSource("city", "old", date(2020, 1, 1))
    kept_ = FactSource("fee", "other", date(2020, 1, 1))
    before = builders.programme(fact_sources=(old, kept_))
    after = builders.programme(fact_sources=(old, kept_), city=None, capacity=5, note="n")
    told = with_sources(before, after, "new", date(2026, 1, 1)).fact_sources
    assert told == (kept_, FactSource("capacity", "new", date(2026, 1, 1)))
