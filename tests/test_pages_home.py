"""An officer's first page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data import decisions, profiles, questions
from data.engines import reading, transaction
from service.today import CLOSING_WITHIN, Lists, today
from tests import builders
from tests.page_fixtures import soup, visitor
from tests.service_fixtures import DAY, NOW, House


def put(house: House, *some: object, who: str = "officer") -> None:
    with transaction(house.parts.engine) as conn:
        profiles.put_all(conn, some, who=who, at=NOW)


def seen(house: House) -> object:
    lists = Lists(house.parts.matchmaker)
    house.parts.matchmaker.catch_up()
    with reading(house.parts.engine) as conn:
        return today(conn, lists, NOW)


def test_windows_that_close_within_thirty_days_stand_in_their_order(house: House) -> None:
    days = {"a": 0, "b": 30, "c": 31, "d": -1, "e": 7}
    put(
        house,
        *(
            builders.programme(
                id=f"window-{name}", application_close=DAY + timedelta(days=days[name])
            )
            for name in days
        ),
    )
    found = [one for one in seen(house).closing if one.id.startswith("window-")]
    assert [(one.id, one.days) for one in found] == [
        ("window-a", 0),
        ("window-e", 7),
        ("window-b", 30),
    ]
    assert timedelta(days=30) == CLOSING_WITHIN


def test_a_near_tie_waits_until_somebody_has_decided(house: House) -> None:
    twins = [builders.programme(id=f"twin-{n}", name=f"Twin {n}") for n in (1, 2)]
    put(house, *twins)
    ties = {tie.startup_id: tie for tie in seen(house).near_ties}
    assert ties["vi-du-pay"].gap < house.parts.matchmaker.panel.scale.noise
    with transaction(house.parts.engine) as conn:
        first = ties["vi-du-pay"].programmes[0][0]
        decisions.decide(conn, "vi-du-pay", "programme", first, "shortlisted", who="o", at=NOW)
    assert "vi-du-pay" not in {tie.startup_id for tie in seen(house).near_ties}


def test_arrivals_leave_out_the_shipped_catalogue_and_what_is_old(house: House) -> None:
    put(house, builders.startup(id="from-catalogue"), who="catalogue")
    put(house, builders.startup(id="just-now", name="Vừa Đến"))
    ids = {one.id for one in seen(house).arrivals}
    assert "just-now" in ids
    assert "from-catalogue" not in ids


def test_the_page_tells_an_officer_all_of_it(house: House) -> None:
    with transaction(house.parts.engine) as conn:
        questions.ask(conn, "vi-du-pay", "merlion-landing", "equity", "programme", who="o", at=NOW)
    with visitor(house, "officer", "vi") as officer:
        page = soup(officer.get("/home"))
    assert len(page.select("section.card")) == 6
    assert page.find("a", href="/startups/vi-du-pay/programmes/merlion-landing")


@pytest.mark.parametrize("who", ["startup", "incubator"])
def test_others_have_another_first_page(house: House, who: str) -> None:
    with visitor(house, who) as one:
        assert one.get("/home").status_code == 403
