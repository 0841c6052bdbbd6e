"""A house with a cohort of its startups, for the tests of cohorts and runs over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from data import cohorts
from data.engines import transaction
from data.runs import Run
from matcher.assignment.instance import How
from matcher.cohort import Cohort, Intake, Quota
from matcher.rounds import run_round
from tests.service_fixtures import NOW, House

ROUND = "dot-1-2026"
COHORT = Cohort(
    id=ROUND,
    name="Đợt 1 năm 2026",
    startups=("vi-du-pay", "nong-trai-so", "lon-qua"),
    intakes=(
        Intake(programme_id="merlion-landing", places=1),
        Intake(programme_id="seoul-farm", places=2),
        Intake(programme_id="merlion-growth"),
    ),
    quotas=(Quota(name="Hàn Quốc", attribute="country", value="KR", at_most=2),),
)


def keep_cohort(house: House, cohort: Cohort = COHORT) -> None:
    """Keep a cohort behind the API."""
    with transaction(house.parts.engine) as conn:
        cohorts.add(conn, cohort, who="test", at=NOW)


def run_cohort(house: House, cohort_id: str = ROUND, **how: Any) -> Run:
    """Run a cohort here and now, behind the API."""
    rounds = house.app.state.parts.rounds
    return rounds.run_now(rounds.order(cohort_id, How(**how), "test"), run_round)


def tag_of(house: House, client: TestClient, path: str) -> dict[str, str]:
    """The header with which an edit of an address says what it rests on."""
    answer = house.ask(client, "officer", "GET", path)
    assert answer.status_code == 200, answer.text
    return {"If-Match": answer.headers["ETag"]}
