"""Explains one pair: every part, and the smallest single changes that would help, each proved.

A change is never offered on the word of a formula: the startup is changed, the whole engine is
run again, and only what that run shows is reported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matcher.panel import Panel
from matcher.ranking import Asker, Match, Refusal, judge_pair
from matcher.roster import Roster
from matcher.rules.base import Change

MOST_CHANGES = 5
"""Single changes shown, those that open the programme first, then by points."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A change of one field and what the engine says with it.

    ``opens`` tells that a refused pair becomes open; ``score`` is the score with the change, and
    ``gain`` the points more than before (for a pair that was refused, than nothing is known: 0).
    """

    change: Change
    opens: bool
    score: float
    gain: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on a pair as it stands, and the single changes that would help."""

    judged: Match | Refusal
    changes: tuple[Proof, ...]


def explain(
    panel: Panel,
    roster: Roster,
    asker: Asker,
    profile_id: str,
    again: Callable[[Any], Asker] | None = None,
) -> Explanation:
    """Explain an asker and one profile of a roster of programmes.

    Parameters
    ----------
    again
        Makes an asker of a changed profile, with its likenesses; by default the likenesses are
        those of the asker, which holds for every change that leaves the texts alone.
    """
    judged = judge_pair(panel, roster, asker, profile_id)
    remake = again or (lambda profile: dataclasses.replace(asker, profile=profile))
    target = roster.profiles[roster.place(profile_id)]
    proofs = []
    for change in changes_of(panel, asker.profile, target, roster):
        changed = dataclasses.replace(asker.profile, **{change.field: change.value})
        proof = _prove(change, judged, judge_pair(panel, roster, remake(changed), profile_id))
        if proof is not None:
            proofs.append(proof)
    proofs.sort(key=lambda p: (not p.opens, -p.gain, p.change.field, str(p.change.value)))
    return Explanation(judged, tuple(proofs[:MOST_CHANGES]))


def changes_of(panel: Panel, profile: Any, target: Any, roster: Roster) -> list[Change]:
    """Every change that a rule suggests, each once."""
    changes: list[Change] = []
    for rule in panel.rules:
        for change in rule.remedies(profile, target, roster.on):
            if change not in changes:
                changes.append(change)
    return changes


def _prove(change: Change, before: Match | Refusal, after: Match | Refusal) -> Proof | None:
    """What the second run shows, or None where it shows no help."""
    if isinstance(after, Refusal):
        return None
    if isinstance(before, Refusal):
        return Proof(change, True, after.score, 0.0)
    gain = round(after.score - before.score, 2)
    return Proof(change, False, after.score, gain) if gain > 0 else None
