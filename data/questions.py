"""Open questions of matches that officers have put to a startup or a programme, and the answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.account_tables import QUESTIONS
from matcher.errors import Conflict, InvalidField, NotFound, TextTooLong, UnknownCode

SIDES = ("startup", "programme")
"""Whom a question can be put to."""

LONGEST_ANSWER = 2000
"""Characters of an answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was put: of which pair and rule, to which side, by whom, when; its answer.

    The sentence itself is not kept: the rule says it anew, of the profiles as they stand.
    """

    id: int
    startup_id: str
    programme_id: str
    rule: str
    ask: str
    who: str
    at: datetime
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.answered_at is None


def ask(
    conn: Connection,
    startup_id: str,
    programme_id: str,
    rule: str,
    side: str,
    *,
    who: str,
    at: datetime,
) -> Question:
    """Put a question; one that is open already is left as it is and returned.

    Raises UnknownCode for a side that is not known.
    """
    if side not in SIDES:
        raise UnknownCode(field="ask", value=side[:80], known=SIDES)
    for known in of_pair(conn, startup_id, programme_id):
        if known.rule == rule and known.is_open:
            return known
    values: dict[str, Any] = {
        "startup_id": startup_id,
        "programme_id": programme_id,
        "rule": rule,
        "ask": side,
        "who": who,
        "at": at,
    }
    number = conn.execute(insert(QUESTIONS).values(values).returning(QUESTIONS.c.id)).scalar_one()
    return Question(id=number, **values)


def answer(conn: Connection, number: int, text: str, *, who: str, at: datetime) -> Question:
    """Keep the answer to a question.

    Raises
    ------
    InvalidField, TextTooLong
        For an answer without text, or above :data:`LONGEST_ANSWER`.
    NotFound
        For a number that no question has.
    Conflict
        Where it was answered before: ask anew.
    """
    if not text.strip():
        raise InvalidField(field="answer", value="", expected="text")
    if len(text) > LONGEST_ANSWER:
        raise TextTooLong(field="answer", length=len(text), limit=LONGEST_ANSWER)
    question = get(conn, number)
    if not question.is_open:
        raise Conflict(id=str(number))
    given: dict[str, Any] = {"answer": text.strip(), "answered_by": who, "answered_at": at}
    conn.execute(update(QUESTIONS).where(QUESTIONS.c.id == number).values(given))
    return replace(question, **given)


def get(conn: Connection, number: int) -> Question:
    """A question by its number; raises NotFound."""
    row = conn.execute(select(QUESTIONS).where(QUESTIONS.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(path=f"questions/{number}")
    return _question(row)


def of_pair(conn: Connection, startup_id: str, programme_id: str) -> tuple[Question, ...]:
    """Every question of a pair, in the order they were put."""
    query = select(QUESTIONS).where(
        QUESTIONS.c.startup_id == startup_id, QUESTIONS.c.programme_id == programme_id
    )
    return tuple(map(_question, conn.execute(query.order_by(QUESTIONS.c.id))))


def of_startup(conn: Connection, startup_id: str) -> tuple[Question, ...]:
    """Every question about a startup at any programme, in the order they were put."""
    query = select(QUESTIONS).where(QUESTIONS.c.startup_id == startup_id)
    return tuple(map(_question, conn.execute(query.order_by(QUESTIONS.c.id))))


def of_programme(conn: Connection, programme_id: str) -> tuple[Question, ...]:
    """Every question about a programme with any startup, in the order they were put."""
    query = select(QUESTIONS).where(QUESTIONS.c.programme_id == programme_id)
    return tuple(map(_question, conn.execute(query.order_by(QUESTIONS.c.id))))


def unanswered(conn: Connection, limit: int = 50) -> tuple[Question, ...]:
    """The questions that wait for an answer, the oldest first."""
    query = select(QUESTIONS).where(QUESTIONS.c.answered_at.is_(None))
    return tuple(map(_question, conn.execute(query.order_by(QUESTIONS.c.id).limit(limit))))


def _question(row: Row[Any]) -> Question:
    return Question(**row._mapping)
