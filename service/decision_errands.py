"""What the commands for decisions do: record one, list those on record."""

from __future__ import annotations

from collections.abc import Sequence

from data import decisions, profiles
from data.decisions import Decision
from data.engines import Connection, reading, transaction
from service import deciding
from service.decision_answers import decision_out
from service.decision_terminal import DecisionTerminal
from service.desk import WHO, Desk
from service.opening import now, wire_engine
from service.round_names import telling
from service.round_texts import RoundTexts

TARGET = "programme"


def decide(at: Desk, startup: str, programme: str, word: str, why: str | None) -> None:
    """Record a decision about a startup at a programme, and print it."""
    with transaction(wire_engine(at.settings)) as conn:
        made = deciding.decide(conn, startup, TARGET, programme, word, who=WHO, at=now(), why=why)
        say = _names(at, conn, [made])
    if at.as_json:
        at.show(decision_out(made).model_dump(mode="json"))
    else:
        DecisionTerminal(at.terminal, say).decided(made)


def list_decisions(at: Desk, startup: str | None, programme: str | None, most: int) -> None:
    """Print the last decisions, of a startup or at a programme if named."""
    with reading(wire_engine(at.settings)) as conn:
        found = decisions.recorded(
            conn, TARGET, startup_id=startup, target_id=programme, limit=most
        )
        if not found:
            _check_kept(conn, startup, programme)
        say = _names(at, conn, found)
    counting = _counting(found)
    if at.as_json:
        items = [
            decision_out(one).model_dump(mode="json") | {"counts": one.id in counting}
            for one in found
        ]
        at.show({"items": items})
    else:
        DecisionTerminal(at.terminal, say).decisions(found, counting)


def _check_kept(conn: Connection, startup: str | None, programme: str | None) -> None:
    """Refuse ids of which neither a decision nor a profile is kept; raises ProfileNotFound."""
    for kind, id in (("startup", startup), ("programme", programme)):
        if id is not None:
            profiles.stored(conn, kind, id)


def _counting(newest_first: Sequence[Decision]) -> frozenset[int]:
    """Numbers of the decisions that count: the last of each pair, unless it takes one back."""
    last: dict[tuple[str, str], Decision] = {}
    for one in newest_first:
        last.setdefault((one.startup_id, one.target_id), one)
    return frozenset(one.id for one in last.values() if one.decision != "withdrawn")


def _names(at: Desk, conn: Connection, found: Sequence[Decision]) -> RoundTexts:
    ids = {id for one in found for id in (one.startup_id, one.target_id)}
    return telling(conn, at.texts, ids)
