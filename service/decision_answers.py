"""The forms of the answers about decisions: who decided what on which pair, when and why."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel

from data.decisions import Decision


class DecisionOut(BaseModel):
    """A decision on record."""

    id: int
    startup_id: str
    target_kind: str
    target_id: str
    decision: str
    who: str
    at: AwareDatetime
    why: str | None


class Decisions(BaseModel):
    """Decisions in the order in which they were made; the latest of a pair counts."""

    items: list[DecisionOut]


def decision_out(decision: Decision) -> DecisionOut:
    """One decision."""
    names = DecisionOut.model_fields
    return DecisionOut(**{name: getattr(decision, name) for name in names})
