"""The judgement cases against the real engine: shipped catalogue, default language model.

``python -m tests.journeys.test_judgements`` prints the scorecard and every case that fails.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from data.catalogue import shipped
from matcher.profile import check
from matcher.ranking import Match, Ranking
from service.matchmaking import Matchmaker, Wish
from service.settings import Settings
from service.wiring import wire
from tests.command_fixtures import shipped_home
from tests.encoder_fixtures import default_model
from tests.journeys.judgement_cases import EASY, HARD, Case
from tests.journeys.judgement_profiles import WRITTEN

EVERYTHING = Wish(k=1000)
DAY = date(2026, 3, 1)
WRITTEN_BY_ID = {startup.id: startup for startup in WRITTEN}


@dataclass(frozen=True)
class Seen:
    """What the engine says of a case: its two matches, or the rule that refuses one."""

    case: Case
    better: Match | str
    worse: Match | str

    @property
    def agrees(self) -> bool:
        """Whether the engine says what the case says: a refused programme comes after any open."""
        if isinstance(self.better, str):
            return False
        if isinstance(self.worse, str):
            return True
        return not self.case.refused and self.better.score > self.worse.score

    def __str__(self) -> str:
        texts = [_told(m) for m in (self.better, self.worse)]
        return f"{self.case.startup}: {self.case.ground}\n    + {texts[0]}\n    - {texts[1]}"


def _told(match: Match | str) -> str:
    if isinstance(match, str):
        return f"refused by {match}"
    parts = " ".join(f"{p.rule}={p.points:g}" for p in match.parts)
    return f"{match.id} {match.score:g}: {parts}"


@cache
def matchmaker() -> Matchmaker:
    home = shipped_home(Path(tempfile.mkdtemp(prefix="caunoi-judged-")) / "home")
    made = wire(Settings(_env_file=None, home=home, model=str(default_model()))).matchmaker
    made.today = lambda: DAY
    return made


@cache
def ranking(startup: str) -> Ranking:
    asked = WRITTEN_BY_ID.get(startup, startup)
    return matchmaker().top_matches(asked, EVERYTHING).ranking


@cache
def seen(cases: Sequence[Case]) -> tuple[Seen, ...]:
    return tuple(_seen(case) for case in cases)


def _seen(case: Case) -> Seen:
    found: dict[str, Match | str] = {m.id: m for m in ranking(case.startup).matches}
    found |= {r.id: r.rule for r in ranking(case.startup).refusals}
    return Seen(case, found[case.better], found[case.worse])


def share(cases: Sequence[Case]) -> float:
    return sum(one.agrees for one in seen(cases)) / len(cases)


def failures(cases: Sequence[Case]) -> str:
    return "\n".join(str(one) for one in seen(cases) if not one.agrees)


def test_every_case_speaks_of_a_known_startup_and_of_programmes_of_the_catalogue():
    startups = {startup.id for startup in shipped("startup")} | WRITTEN_BY_ID.keys()
    programmes = {programme.id for programme in shipped("programme")}
    for case in EASY + HARD:
        assert case.startup in startups
        assert {case.better, case.worse} <= programmes
    for startup in WRITTEN:
        check(startup)
        assert startup.name.startswith("Ví dụ")


def test_the_cases_are_many_and_spread():
    triples = {(case.startup, case.better, case.worse) for case in EASY + HARD}
    judged = {one for case in EASY + HARD for one in (case.better, case.worse)}
    assert len(triples) == len(EASY) + len(HARD) >= 60
    assert len(judged) >= 50
    assert {s.stage for s in WRITTEN} >= {"idea", "prototype", "mvp", "seed", "series_a", "growth"}
    vietnamese = sum(s.description_vi is not None for s in WRITTEN)
    assert 0.4 <= vietnamese / len(WRITTEN) <= 0.6


def test_the_engine_says_what_anyone_of_the_field_says():
    assert share(EASY) >= 0.97, failures(EASY)


def test_the_engine_says_what_a_specialist_says_of_close_calls():
    assert share(HARD) >= 0.85, failures(HARD)


@pytest.mark.parametrize("case", [c for c in EASY + HARD if c.refused], ids=lambda c: c.startup)
def test_what_may_not_be_offered_is_refused(case):
    assert isinstance(_seen(case).worse, str)


if __name__ == "__main__":
    for name, cases in (("easy", EASY), ("hard", HARD)):
        agreed = sum(one.agrees for one in seen(cases))
        print(f"{name}: {agreed} of {len(cases)}, {agreed / len(cases):.3f}")
    refused = [one for one in seen(EASY + HARD) if one.case.refused]
    print(f"refused: {sum(isinstance(one.worse, str) for one in refused)} of {len(refused)}")
    print(failures(EASY + HARD))
