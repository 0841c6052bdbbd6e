"""The matches over HTTP: their form, their sums, their reasons, and what changes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.service_fixtures import DAY, House, client_of

PATH = "/startups/vi-du-pay/matches"


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with client_of(house) as client:
        yield client


def get(house: House, client: TestClient, path: str, role: str = "officer") -> Any:
    answer = house.ask(client, role, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: Any, name: str = "programme_id") -> list[str]:
    return [match[name] for match in answer["matches"]]


def test_the_answer_has_the_promised_form(house: House, client: TestClient) -> None:
    answer = get(house, client, PATH)
    assert set(answer) == {
        "startup",
        "matches",
        "blocked",
        "eligible",
        "refused",
        "chance_note",
        "scale",
        "on",
        "model",
    }
    assert answer["startup"] == {"id": "vi-du-pay", "name": "Ví Dụ Pay"}
    assert answer["on"] == DAY.isoformat()
    first = answer["matches"][0]
    assert set(first) == {
        "programme_id",
        "name",
        "organisation",
        "country",
        "score",
        "chance",
        "parts",
        "checks",
        "near_tie",
        "near_tie_with",
        "decision",
    }
    assert set(first["parts"][0]) == {
        "rule",
        "label",
        "points",
        "max_points",
        "verdict",
        "reason",
    }
    assert set(first["checks"][0]) == {"rule", "ask", "question"}
    assert set(answer["blocked"][0]) == {"programme_id", "name", "rule", "reason", "all"}
    assert answer["blocked"][0]["all"][0]["rule"] == answer["blocked"][0]["rule"]


def test_parts_sum_to_the_score_and_the_best_comes_first(house: House, client: TestClient) -> None:
    for path in (PATH, "/programmes/merlion-landing/startups", "/incubators/vuon-uom-hai/partners"):
        matches = get(house, client, path)["matches"]
        assert matches
        assert [m["score"] for m in matches] == sorted((m["score"] for m in matches), reverse=True)
        for match in matches:
            assert round(sum(part["points"] for part in match["parts"]), 2) == match["score"]
            assert {part["verdict"] for part in match["parts"]} <= {"fit", "unknown"}
            assert sum(part["max_points"] for part in match["parts"]) == pytest.approx(100)


def test_reasons_are_in_the_asked_language(house: House, client: TestClient) -> None:
    english, vietnamese = (get(house, client, f"{PATH}?lang={lang}") for lang in ("en", "vi"))
    assert ids(english) == ids(vietnamese)
    reasons = [[p["reason"] for p in a["matches"][0]["parts"]] for a in (english, vietnamese)]
    assert all(one != other for one, other in zip(*reasons, strict=True))
    assert english["blocked"][0]["reason"].isascii()
    assert not vietnamese["blocked"][0]["reason"].isascii()


def test_k_and_limits_are_kept(house: House, client: TestClient) -> None:
    assert len(get(house, client, f"{PATH}?k=2")["matches"]) == 2
    limited = get(house, client, f"{PATH}?per_country=1")
    countries = [match["country"] for match in limited["matches"]]
    assert sorted(countries) == ["KR", "SG"]
    organisations = get(house, client, f"{PATH}?per_organisation=1")["matches"]
    assert len({m["organisation"] for m in organisations}) == len(organisations) == 2
    assert get(house, client, f"{PATH}?refusals=0")["blocked"] == []
    for query in ("k=0", "k=1001", "per_country=0", "refusals=-1", "with_declined=perhaps"):
        assert house.ask(client, "officer", "GET", f"{PATH}?{query}").status_code == 422


def test_partners_and_sourcing_carry_their_own_ids(house: House, client: TestClient) -> None:
    partners = get(house, client, "/incubators/vuon-uom-vi-du/partners")
    assert partners["incubator"]["id"] == "vuon-uom-vi-du"
    assert "org-seoul-agency" in ids(partners, "partner_id")
    assert {check["ask"] for m in partners["matches"] for check in m["checks"]} <= {
        "home",
        "partner",
    }
    sourcing = get(house, client, "/programmes/merlion-landing/startups")
    assert sourcing["programme"]["name"] == "Merlion Landing"
    assert "vi-du-pay" in ids(sourcing, "startup_id")
    assert [one["startup_id"] for one in sourcing["blocked"]] == ["lon-qua"]


def test_an_unsaved_profile_gets_what_a_saved_one_would(house: House, client: TestClient) -> None:
    saved = get(house, client, PATH, "startup")
    body = get(house, client, "/startups/vi-du-pay", "startup")
    unsaved = house.ask(client, "startup", "POST", "/matches", json=body)
    assert unsaved.json() == saved
    del body["id"]
    nameless = house.ask(client, "startup", "POST", "/matches?k=10", json=body).json()
    assert nameless["startup"]["id"] == "unsaved"
    assert nameless["matches"] == saved["matches"]
    assert house.ask(client, "officer", "GET", "/startups/unsaved").status_code == 404


def test_a_change_is_seen_by_the_next_search(house: House, client: TestClient) -> None:
    before = ids(get(house, client, PATH))
    house.ask(
        client,
        "officer",
        "PATCH",
        "/programmes/merlion-landing",
        json={"status": "closed"},
        headers={"If-Match": "*"},
    )
    after = get(house, client, PATH)
    assert set(before) - set(ids(after)) == {"merlion-landing"}
    body = get(house, client, "/programmes/seoul-farm") | {"id": "moi-mo", "name": "Mới Mở"}
    assert house.ask(client, "officer", "POST", "/programmes", json=body).status_code == 201
    assert "moi-mo" in ids(get(house, client, PATH))
    house.ask(client, "officer", "DELETE", "/programmes/moi-mo", headers={"If-Match": "*"})
    assert "moi-mo" not in ids(get(house, client, PATH))


class TestExplanation:
    """One pair in full."""

    def test_of_an_open_pair_shows_gates_parts_and_proved_changes(
        self, house: House, client: TestClient
    ) -> None:
        told = get(house, client, "/startups/vi-du-pay/programmes/merlion-landing?lang=en")
        assert told["score"] == round(sum(part["points"] for part in told["parts"]), 2)
        assert told["blocked"] == []
        assert {gate["verdict"] for gate in told["gates"]} == {"passed"}
        assert told["checks"]
        assert told["changes"]
        for change in told["changes"]:
            assert change["opens"] is False
            assert change["gain"] > 0
            assert change["score"] == pytest.approx(told["score"] + change["gain"])
            assert change["value_text"]
            assert change["sentence"].startswith(change["label"])

    def test_a_proved_change_comes_true(self, house: House, client: TestClient) -> None:
        path = "/startups/vi-du-pay/programmes/merlion-landing"
        for change in get(house, client, path, "startup")["changes"]:
            body = get(house, client, "/startups/vi-du-pay", "startup")
            body[change["field"]] = change["value"]
            answer = house.ask(client, "startup", "POST", "/matches", json=body).json()
            scores = {match["programme_id"]: match["score"] for match in answer["matches"]}
            assert scores["merlion-landing"] == change["score"]

    def test_of_a_refused_pair_names_all_that_refuse(
        self, house: House, client: TestClient
    ) -> None:
        told = get(house, client, "/startups/lon-qua/programmes/closed-one")
        assert told["score"] is None
        assert told["parts"] == []
        assert [gate["verdict"] for gate in told["gates"]] == ["blocked"] * len(told["blocked"])
        assert {one["rule"] for one in told["blocked"]} >= {"status", "size"}

    def test_of_nobody_is_not_found(self, house: House, client: TestClient) -> None:
        for path in ("/startups/x/programmes/merlion-landing", "/startups/vi-du-pay/programmes/x"):
            assert house.ask(client, "officer", "GET", path).status_code == 404


class TestDecisions:
    """What people decided of pairs."""

    def decide(self, house: House, client: TestClient, **changes: Any) -> Any:
        body = {
            "startup_id": "vi-du-pay",
            "target_kind": "programme",
            "target_id": "merlion-growth",
            "decision": "declined",
            "why": "Không hợp lịch",
        }
        return house.ask(client, "officer", "POST", "/decisions", json=body | changes)

    def test_declined_pairs_leave_the_list_until_withdrawn(
        self, house: House, client: TestClient
    ) -> None:
        before = ids(get(house, client, PATH))
        assert self.decide(house, client).status_code == 201
        assert set(before) - set(ids(get(house, client, PATH))) == {"merlion-growth"}
        kept = get(house, client, f"{PATH}?with_declined=true")
        marks = {match["programme_id"]: match["decision"] for match in kept["matches"]}
        assert marks["merlion-growth"] == "declined"
        self.decide(house, client, decision="withdrawn")
        assert ids(get(house, client, PATH)) == before

    def test_other_decisions_mark_their_pair_on_both_sides(
        self, house: House, client: TestClient
    ) -> None:
        self.decide(house, client, decision="shortlisted", why=None)
        marks = {m["programme_id"]: m["decision"] for m in get(house, client, PATH)["matches"]}
        assert marks["merlion-growth"] == "shortlisted"
        assert marks["merlion-landing"] is None
        sourcing = get(house, client, "/programmes/merlion-growth/startups")
        assert {m["startup_id"]: m["decision"] for m in sourcing["matches"]}["vi-du-pay"] == (
            "shortlisted"
        )

    def test_are_kept_with_who_when_and_why(self, house: House, client: TestClient) -> None:
        self.decide(house, client)
        self.decide(house, client, decision="met", why=None)
        made = get(house, client, "/startups/vi-du-pay/decisions")["items"]
        assert [(one["decision"], one["why"]) for one in made] == [
            ("declined", "Không hợp lịch"),
            ("met", None),
        ]
        assert made[0]["who"] == "officer #2"
        assert made[0]["at"] == "2026-03-01T08:00:00Z"

    def test_of_partners_may_name_an_organisation_of_programmes(
        self, house: House, client: TestClient
    ) -> None:
        home = {"startup_id": "vuon-uom-vi-du", "target_kind": "incubator"}
        made = self.decide(house, client, **home, target_id="org-seoul-agency")
        assert made.status_code == 201
        partners = get(house, client, "/incubators/vuon-uom-vi-du/partners")
        assert "org-seoul-agency" not in ids(partners, "partner_id")
        assert len(get(house, client, "/incubators/vuon-uom-vi-du/decisions")["items"]) == 1

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"startup_id": "x"}, 404),
            ({"target_id": "x"}, 404),
            ({"target_kind": "incubator"}, 404),
            ({"target_kind": "startup"}, 422),
            ({"decision": "hired"}, 422),
            ({"why": "x" * 2001}, 422),
        ],
    )
    def test_about_nobody_are_refused(
        self, house: House, client: TestClient, changes: Any, status: int
    ) -> None:
        assert self.decide(house, client, **changes).status_code == status
