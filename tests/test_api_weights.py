"""Weights over HTTP: proposed with evidence, accepted, undone; and chances once decisions bear."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from rich.console import Console

from data import audit, decisions, profiles, weights_kept
from data.engines import reading, transaction
from data.texts import Texts
from matcher.evidence import Bin, Compared, Evidence, Interval, Strictness
from matcher.weights import DEFAULT_POINTS
from service.chances import bin_of
from service.matchmaking import Wish
from service.terminal import Terminal
from tests import builders
from tests.service_fixtures import API, NOW, House, build, client_of

WEIGHTS, PROPOSALS = "/weights", "/weights/proposals"
MATCHES = "/startups/vi-du-pay/matches"
OWN = dict(DEFAULT_POINTS)
FUNDED = dict.fromkeys(OWN, 0.0) | {"funding": 100.0}
"""Weights by which only the money of a programme counts."""

VI_EN = ("vi", "en")
URN = "urn:caunoi:problem:"


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with client_of(house) as client:
        yield client


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with three quarters of decisions that went by the market alone."""
    made = build(tmp_path_factory.mktemp("decided"))
    decide_all(made)
    return made


@pytest.fixture(scope="module")
def reader(decided: House) -> Iterator[TestClient]:
    with client_of(decided) as client:
        yield client


MARKETS = ("SG", "KR", "JP", "TW")
SECTORS = ("fintech", "agritech", "edtech")


def decide_all(house: House, startups: int = 45, turned: int = 0) -> None:
    """Keep startups and programmes of several markets, and a decision about every pair.

    In so many of the three quarters, the latest first, it is the other way round.
    """
    firms = [
        builders.startup(
            id=f"hang-{n:02}",
            name=f"Hãng {n:02}",
            target_markets=(MARKETS[n % 4],),
            sectors=(SECTORS[n % 3],),
            needs=(("market_access",), ("funding",))[n % 2],
        )
        for n in range(startups)
    ]
    places = [
        builders.programme(
            id=f"noi-{n}",
            name=f"Nơi {n}",
            country=MARKETS[n % 4],
            markets=(MARKETS[n % 4],),
            sectors=(SECTORS[n // 3],),
        )
        for n in range(8)
    ]
    with transaction(house.parts.engine) as conn:
        profiles.put_all(conn, (*firms, *places), who="test", at=NOW)
        for n, firm in enumerate(firms):
            for m, place in enumerate(places):
                taken = (n % 4 == m % 4) != ((7 * n + 3 * m) % 13 == 0)
                word = "accepted" if taken != (n % 3 < turned) else "declined"
                at = NOW - timedelta(days=100 * (n % 3))
                told = (firm.id, "programme", place.id, word)
                decisions.decide(conn, *told, who="test", at=at)


def evidence(verdict: str = "better") -> Evidence:
    step = Compared("step", 0.0, 0.8, Interval(0.8, 0.25, 1.35))
    fall = Compared("log_loss", 1.0, 0.9, Interval(-0.1, -0.2, -0.05))
    rise = Compared("ndcg", 0.5, 0.6, Interval(0.1, 0.0, 0.2))
    strict = (Strictness("seoul-farm", 12, 0.51234),)
    facts: Any = (verdict, 100, 50, 8, 50, ("2026-Q1",), 20, (step, fall, rise), strict)
    return Evidence(*facts)


def keep(house: House, points: dict[str, float] = FUNDED, verdict: str = "better") -> int:
    """Keep a proposal behind the API, against the installation's own weights."""
    with transaction(house.parts.engine) as conn:
        shown = evidence(verdict)
        return weights_kept.keep(conn, OWN, points, shown, who="test", at=NOW).id


def get(house: House, client: TestClient, path: str, role: str = "officer") -> Any:
    answer = house.ask(client, role, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def act(house: House, client: TestClient, path: str, tag: str | None = "*", **body: Any) -> Any:
    headers = {"If-Match": tag} if tag else {}
    return house.ask(client, "officer", "POST", path, json=body, headers=headers)


def order(house: House, client: TestClient) -> list[str]:
    return [match["programme_id"] for match in get(house, client, MATCHES)["matches"]]


class TestWeights:
    """What stands, and the acts that led there."""

    def test_are_told_part_by_part_in_the_readers_language(
        self, house: House, client: TestClient
    ) -> None:
        told = get(house, client, f"{WEIGHTS}?lang=en")
        assert {one["rule"]: one["points"] for one in told["parts"]} == OWN
        assert [one["own_points"] for one in told["parts"]] == list(OWN.values())
        assert (told["proposal_id"], told["acts"]) == (None, [])
        labels = [get(house, client, f"{WEIGHTS}?lang={n}")["parts"][0]["label"] for n in VI_EN]
        assert labels == ["Nhu cầu", "Needs"]

    def test_change_the_order_of_matches_once_accepted_and_undoing_restores_it(
        self, house: House, client: TestClient
    ) -> None:
        before, number = order(house, client), keep(house)
        accepted = act(house, client, f"{PROPOSALS}/{number}/accept", why="Đã xem")
        assert accepted.status_code == 200, accepted.text
        assert (accepted.json()["action"], accepted.json()["why"]) == ("accept", "Đã xem")
        match = get(house, client, MATCHES)["matches"][0]
        worth = {part["rule"]: part["max_points"] for part in match["parts"]}
        assert worth["funding"] == 100
        assert order(house, client) != before
        told = get(house, client, WEIGHTS)
        assert told["proposal_id"] == number
        undone = act(house, client, f"{WEIGHTS}/undo", accepted.headers["ETag"], why="Thử xong")
        assert (undone.status_code, undone.json()["proposal_id"]) == (200, None)
        assert order(house, client) == before
        acts = get(house, client, WEIGHTS)["acts"]
        assert [(one["action"], one["who"], one["why"]) for one in acts] == [
            ("undo", "officer #2", "Thử xong"),
            ("accept", "officer #2", "Đã xem"),
        ]
        assert act(house, client, f"{WEIGHTS}/undo").status_code == 409

    def test_are_changed_only_by_who_has_seen_the_last_act(
        self, house: House, client: TestClient
    ) -> None:
        at = f"{PROPOSALS}/{keep(house)}/accept"
        seen = house.ask(client, "officer", "GET", WEIGHTS).headers["ETag"]
        assert seen == '"0"'
        held = house.ask(client, "officer", "GET", WEIGHTS, headers={"If-None-Match": seen})
        assert (held.status_code, held.content) == (304, b"")
        assert act(house, client, at, None).status_code == 428
        assert act(house, client, at, '"9"').status_code == 428
        assert act(house, client, at, seen).headers["ETag"] == '"1"'
        late = act(house, client, f"{WEIGHTS}/undo?lang=en", seen)
        assert (late.status_code, late.json()["type"]) == (409, f"{URN}weights-overtaken")
        assert "officer #2" in late.json()["detail"]
        assert act(house, client, f"{WEIGHTS}/undo", '"1"').status_code == 200

    def test_leave_audit_lines(self, house: House, client: TestClient) -> None:
        number = keep(house)
        get(house, client, WEIGHTS)
        get(house, client, f"{PROPOSALS}/{number}")
        act(house, client, f"{PROPOSALS}/{number}/accept")
        act(house, client, f"{WEIGHTS}/undo")
        house.ask(client, "officer", "POST", PROPOSALS)
        with reading(house.parts.engine) as conn:
            lines = audit.read_audit(conn, kind="weights")
        assert [(line.action, line.id) for line in reversed(lines)] == [
            ("read weights", None),
            ("read proposal", "1"),
            ("accepted weights", "1"),
            ("undid weights", None),
            ("proposed weights", "2"),
        ]


class TestProposals:
    """Made by an officer, read with their evidence, accepted only when shown to be better."""

    def test_with_too_few_decisions_say_so_and_cannot_be_accepted(
        self, house: House, client: TestClient
    ) -> None:
        made = house.ask(client, "officer", "POST", f"{PROPOSALS}?lang=en")
        assert made.status_code == 201, made.text
        assert made.headers["Location"] == f"{API}{PROPOSALS}/1"
        told = made.json()
        assert told["evidence"]["verdict"] == "too_few"
        assert told["evidence"]["sentence"].startswith("Too few decisions to say: 0 so far (60")
        assert (told["stands"], told["acceptable"]) == (False, False)
        assert all(one["difference"] == 0 for one in told["parts"])
        assert told == get(house, client, f"{PROPOSALS}/1?lang=en")
        refused = act(house, client, f"{PROPOSALS}/1/accept")
        assert (refused.status_code, refused.json()["type"]) == (409, f"{URN}proposal-unproved")
        assert refused.json()["next"]

    def test_are_overtaken_once_other_weights_stand(self, house: House, client: TestClient) -> None:
        first, second = keep(house), keep(house)
        act(house, client, f"{PROPOSALS}/{first}/accept")
        refused = act(house, client, f"{PROPOSALS}/{second}/accept")
        assert (refused.status_code, refused.json()["type"]) == (409, f"{URN}proposal-overtaken")
        lines = get(house, client, PROPOSALS)["items"]
        assert [(one["id"], one["stands"], one["acceptable"]) for one in lines] == [
            (second, False, False),
            (first, True, False),
        ]
        assert len(get(house, client, f"{PROPOSALS}?limit=1")["items"]) == 1

    def test_show_the_difference_of_each_part_and_their_evidence(
        self, house: House, client: TestClient
    ) -> None:
        told = get(house, client, f"{PROPOSALS}/{keep(house)}?lang=en")
        parts = {one["rule"]: one for one in told["parts"]}
        assert parts["funding"] == {
            "rule": "funding",
            "label": "Funding",
            "before": 4.0,
            "proposed": 100.0,
            "difference": 96.0,
        }
        shown = told["evidence"]
        assert told["acceptable"] is True
        assert shown["sentence"].startswith("Better: the 50 decisions held out to check")
        assert "they call for 0.8, at least 0.25 (0 is none" in shown["sentence"]
        loss = shown["compared"][1]
        assert (loss["difference"], loss["low"], loss["high"]) == (-0.1, -0.2, -0.05)
        assert shown["strictness"] == [
            {
                "programme": {"id": "seoul-farm", "name": "Seoul Farm Tech"},
                "decisions": 12,
                "offset": 0.5123,
            }
        ]

    def test_say_their_verdict_in_both_languages(self, house: House, client: TestClient) -> None:
        for verdict in ("better", "not_shown", "too_few", "all_seen"):
            at = f"{PROPOSALS}/{keep(house, verdict=verdict)}"
            vi, en = (get(house, client, f"{at}?lang={n}")["evidence"] for n in VI_EN)
            assert vi["sentence"] != en["sentence"]
            assert en["sentence"].isascii()
            assert vi["compared"][1]["label"] == "Sai số dự báo quyết định (càng thấp càng tốt)"

    def test_learn_from_decisions_and_stand_once_accepted(
        self, decided: House, reader: TestClient
    ) -> None:
        made = decided.ask(reader, "officer", "POST", f"{PROPOSALS}?lang=en").json()
        assert made["evidence"]["verdict"] == "better", made["evidence"]
        assert made["evidence"]["decisions"] == 360
        changed = {one["rule"]: one["difference"] for one in made["parts"]}
        assert max(changed, key=lambda rule: changed[rule]) == "market"
        assert sum(one["proposed"] for one in made["parts"]) == pytest.approx(100)
        at = f"{PROPOSALS}/{made['id']}"
        assert act(decided, reader, f"{at}/accept").status_code == 200
        assert get(decided, reader, at)["stands"] is True
        again = decided.ask(reader, "officer", "POST", f"{PROPOSALS}?lang=en").json()["evidence"]
        last = made["evidence"]["held_out_rounds"][-1]
        assert (again["verdict"], again["seen_until"], again["compared"]) == ("all_seen", last, [])
        assert again["sentence"].startswith("Nothing is left to check by: ")
        assert f"every quarter up to {last}." in again["sentence"]
        assert act(decided, reader, f"{WEIGHTS}/undo").status_code == 200

    @pytest.mark.parametrize("number", ["0", "x", "-1", str(2**63)])
    def test_have_whole_numbers(self, house: House, client: TestClient, number: str) -> None:
        answer = house.ask(client, "officer", "GET", f"{PROPOSALS}/{number}")
        assert answer.status_code == 422

    def test_of_no_number_are_not_found(self, house: House, client: TestClient) -> None:
        assert house.ask(client, "officer", "GET", f"{PROPOSALS}/7").status_code == 404
        refused = act(house, client, f"{PROPOSALS}/7/accept")
        assert (refused.status_code, refused.json()["type"]) == (404, f"{URN}proposal-not-found")


class TestChances:
    """Null with the reason, then a number with what came of like ones."""

    def test_are_not_shown_before_there_are_enough_decisions(
        self, house: House, client: TestClient
    ) -> None:
        vi, en = (get(house, client, f"{MATCHES}?lang={n}", "startup") for n in VI_EN)
        assert {match["chance"] for match in vi["matches"]} == {None}
        assert en["chance_note"] == (
            "Points, not a chance: 0 pairs have been accepted or declined so far, "
            "0 of them accepted; at least 50 are needed, 10 of each."
        )
        assert vi["chance_note"].startswith("Đây là điểm, chưa phải khả năng được nhận")
        pair = get(house, client, "/startups/vi-du-pay/programmes/merlion-landing?lang=en")
        assert (pair["chance"], pair["chance_note"]) == (None, en["chance_note"])
        told = get(house, client, "/chances?lang=en")
        assert (told["shown"], told["note"]) == (False, en["chance_note"])
        assert (told["needed"], told["needed_each"], told["bins"]) == (50, 10, [])
        assert told["hidden"] == "too_few"

    def test_are_not_shown_where_they_came_no_closer_than_the_share_accepted(
        self, house: House, client: TestClient
    ) -> None:
        decide_all(house, turned=2)
        vi, en = (get(house, client, f"{MATCHES}?lang={n}", "startup") for n in VI_EN)
        assert {match["chance"] for match in vi["matches"]} == {None}
        assert en["chance_note"].startswith("Points, not a chance: on 240 decisions held out")
        assert vi["chance_note"].startswith("Đây là điểm, chưa phải khả năng được nhận: trên 240")
        told = get(house, client, "/chances?lang=en")
        assert (told["shown"], told["hidden"]) == (False, "no_closer")
        assert told["note"] == en["chance_note"]
        assert told["brier"] > told["brier_base"]
        assert "Khả năng được nhận" not in printed(house)

    def test_are_not_shown_where_no_later_quarter_could_check_them(
        self, house: House, client: TestClient
    ) -> None:
        decide_all(house, startups=1)
        with transaction(house.parts.engine) as conn:
            for n in range(60):
                firm = builders.startup(id=f"moi-{n:02}", name=f"Mới {n:02}")
                profiles.put_all(conn, (firm,), who="test", at=NOW)
                told = (firm.id, "programme", "noi-0", "declined" if n % 4 else "accepted")
                decisions.decide(conn, *told, who="test", at=NOW)
        told = get(house, client, "/chances?lang=en")
        assert (told["hidden"], told["held_out"], told["brier"]) == ("unchecked", 0, None)
        assert told["note"].startswith("Points, not a chance: of 68 pairs")
        vietnamese = get(house, client, "/chances")["note"]
        assert "0 cặp thuộc các quý sau" in vietnamese

    def test_are_shown_with_what_came_of_like_ones(
        self, decided: House, reader: TestClient
    ) -> None:
        answer = get(decided, reader, f"{MATCHES}?lang=en&k=20", "startup")
        chances = [match["chance"] for match in answer["matches"]]
        values = [one["value"] for one in chances]
        assert values == sorted(values, reverse=True)
        assert all(0 < value < 1 for value in values)
        seen = [one["seen"] for one in chances if one["seen"]]
        assert seen
        assert all(one["low"] <= one["share"] <= one["high"] for one in seen)
        assert answer["chance_note"].startswith("Chance of acceptance by 360 pairs")
        first = answer["matches"][0]
        pair = get(decided, reader, f"/startups/vi-du-pay/programmes/{first['programme_id']}")
        assert pair["chance"] == first["chance"]
        sourcing = get(decided, reader, "/programmes/merlion-landing/startups")
        assert all(match["chance"]["value"] > 0 for match in sourcing["matches"])

    def test_are_borne_out_by_a_table_of_held_out_decisions(
        self, decided: House, reader: TestClient
    ) -> None:
        told = get(decided, reader, "/chances?lang=en")
        own = get(decided, reader, "/chances?lang=en", "startup")
        assert own == told | {"gaps": None}
        assert (told["shown"], told["method"], told["decisions"]) == (True, "platt", 360)
        assert told["hidden"] is None
        assert sum(one["decisions"] for one in told["bins"]) == told["held_out"] > 0
        assert 0 < told["brier"] < 1
        assert "Brier score" in told["note"]

    def test_of_groups_are_compared_for_officers_alone(
        self, decided: House, reader: TestClient
    ) -> None:
        gaps = get(decided, reader, "/chances?lang=en")["gaps"]
        assert {"Sector: fintech", "Programmes in: Singapore"} <= {one["label"] for one in gaps}
        assert all(one["note"].startswith("At equal points, ") for one in gaps)
        vietnamese = get(decided, reader, "/chances")["gaps"]
        assert all(one["note"].startswith("Với cùng số điểm, ") for one in vietnamese)
        for role in ("startup", "incubator"):
            assert get(decided, reader, "/chances", role)["gaps"] is None

    def test_are_not_told_of_partners(self, decided: House, reader: TestClient) -> None:
        answer = get(decided, reader, "/incubators/vuon-uom-hai/partners?lang=en")
        assert {match["chance"] for match in answer["matches"]} == {None}
        assert answer["chance_note"].startswith("Points, not a chance: of partnerships")

    def test_follow_the_next_decision(self, house: House, client: TestClient) -> None:
        assert get(house, client, "/chances")["decisions"] == 0
        with transaction(house.parts.engine) as conn:
            told = ("vi-du-pay", "programme", "merlion-landing", "accepted")
            decisions.decide(conn, *told, who="test", at=NOW)
        assert get(house, client, "/chances")["accepted"] == 1

    def test_stand_in_the_terminal_only_where_they_are_shown(
        self, decided: House, house: House, client: TestClient
    ) -> None:
        assert "Khả năng được nhận" not in printed(house)
        told = printed(decided)
        assert "Khả năng được nhận tính từ 360 cặp" in told
        assert re.search(r"\d %|\d%", told)

    def test_beyond_what_was_held_out_have_no_like_ones(self) -> None:
        came = Interval(0.2, 0.1, 0.3)
        bins = (Bin(0.1, 0.2, 10, 0.15, came), Bin(0.3, 0.4, 11, 0.35, came))
        found = [bin_of(value, bins) for value in (0.05, 0.1, 0.25, 0.3, 0.4, 0.5)]
        assert found == [None, bins[0], bins[0], bins[1], bins[1], None]
        assert bin_of(0.5, ()) is None


def printed(house: House) -> str:
    """What a command prints of a startup's matches."""
    lines = io.StringIO()
    console = Console(file=lines, width=140)
    parts = house.app.state.parts
    answer = parts.matchmaker.top_matches("vi-du-pay", Wish())
    Terminal(console, Texts("vi")).answer(answer, "startup", 0, parts.chances.beside("startup"))
    return " ".join(lines.getvalue().split())
