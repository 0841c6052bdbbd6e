"""What a startup's page shows of each programme that is open: a card with reasons and questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.decisions import Decision
from data.questions import Question
from data.texts import Texts
from data.wishes import Wish
from matcher.profile import Programme
from service.answers import CheckOut, PartOut, ProgrammeMatch, StartupMatches
from service.matchmaking import Matchmaker
from service.pages.sides import best_reasons

DETAILED = 10
"""Cards that hold every part and question; the page of the pair has them of the others."""


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question that is open for a pair; ``put`` is the last time that it was asked."""

    rule: str
    label: str
    ask: str
    question: str
    put: Question | None


@dataclass(frozen=True, slots=True)
class Card:
    """A programme in the list of a startup.

    ``reasons`` are the parts that earn most, ``ties`` the names of neighbours that the noise does
    not tell apart, ``wish`` is what the startup itself said of it.
    """

    rank: int
    match: ProgrammeMatch
    programme: Programme
    reasons: tuple[PartOut, ...]
    ties: tuple[str, ...]
    questions: tuple[QuestionLine, ...]
    decision: Decision | None
    wish: Wish | None

    def of_side(self, side: str) -> tuple[QuestionLine, ...]:
        """The questions that go to a side."""
        return tuple(line for line in self.questions if line.ask == side)

    @property
    def is_detailed(self) -> bool:
        """Whether the card has every part and question on it."""
        return self.rank <= DETAILED

    @property
    def waiting(self) -> int:
        """How many questions were put and wait for an answer."""
        return sum(line.put is not None and line.put.is_open for line in self.questions)


def cards_of(
    told: StartupMatches,
    matchmaker: Matchmaker,
    texts: Texts,
    put: Iterable[Question],
    decided: Mapping[str, Decision],
    wishes: Iterable[Wish] = (),
) -> tuple[Card, ...]:
    """The cards of an answer, best first."""
    wished = {wish.programme_id: wish for wish in wishes}
    by_pair: dict[str, list[Question]] = {}
    for question in put:
        by_pair.setdefault(question.programme_id, []).append(question)
    return tuple(
        Card(
            rank,
            match,
            matchmaker.kept("programme", match.programme_id),
            best_reasons(match.parts),
            tuple(matchmaker.kept("programme", id).name for id in match.near_tie_with),
            question_lines(match.checks, by_pair.get(match.programme_id, ()), texts),
            decided.get(match.programme_id),
            wished.get(match.programme_id),
        )
        for rank, match in enumerate(told.matches, 1)
    )


def question_lines(
    checks: Iterable[CheckOut], put: Iterable[Question], texts: Texts
) -> tuple[QuestionLine, ...]:
    """The questions of a pair, those for the startup first, with how they were put before."""
    last = {question.rule: question for question in put}
    lines = [
        QuestionLine(one.rule, texts.rule(one.rule), one.ask, one.question, last.get(one.rule))
        for one in checks
    ]
    return tuple(sorted(lines, key=lambda line: line.ask != "startup"))
