"""Learning from decisions: weights are proposed, and chances told once they are borne out."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from data import decisions, profiles, weights_kept
from data.engines import Connection, reading, transaction
from data.weights_kept import Proposal
from matcher.evidence import Reliability
from models import acceptance, proposing
from models.acceptance import Curve
from service.labels import Labels, Rows, groups_of, labels_of
from service.matchmaking import Matchmaker
from service.opening import now
from service.weighing import Weighing

Sign = tuple[int, int, int, date]
"""Numbers of the last decision, act on weights and change of a profile, and the day."""


@dataclass(frozen=True, slots=True, eq=False)
class Foretelling:
    """How chances of acceptance stand at one moment.

    Attributes
    ----------
    reliability
        Without gaps by group, which no list waits for.
    curve
        Chance by score; None where none may be shown (``reliability.shown``).
    """

    reliability: Reliability
    curve: Curve | None


class Learning(Weighing):
    """What decisions teach, over one matchmaker; with all acts on weights."""

    def __init__(self, matchmaker: Matchmaker) -> None:
        super().__init__(matchmaker.engine, matchmaker.own_scale.points)
        self.matchmaker = matchmaker
        self._lock = threading.RLock()
        self._rows: Rows = {}
        self._told: Labels | None = None
        self._told_at = (0, 0, date.min)
        self._foretold: tuple[Sign, Foretelling] | None = None

    # -- weights ---------------------------------------------------------------------------

    def judged(self) -> Labels:
        """The decisions that count, as labels, with the shares that their pairs earn today."""
        with self._lock, self.matchmaker.still() as conn:
            return self._grouped(conn)

    def propose(self, *, who: str, at: datetime | None = None) -> Proposal:
        """Learn weights, measure them beside those that stand, and keep both; adopts nothing.

        Where the verdict is not ``better`` the points proposed are those that stand. Quarters
        that the points that stand were learned from are not held out.
        """
        with self._lock, self.matchmaker.still() as conn:
            labels = self._labels(conn)
            present = self.matchmaker.panel.scale.points
            seen = _seen_until(weights_kept.standing(conn), present)
        found = proposing.propose(labels.judged, present, self.own, seen)
        with transaction(self.engine) as conn:
            return weights_kept.keep(
                conn, present, found.points, found.evidence, who=who, at=at or now()
            )

    # -- chances ---------------------------------------------------------------------------

    def reliability(self) -> Reliability:
        """Whether a chance of acceptance is shown, how far it holds, and the gaps by group."""
        with self._lock, self.matchmaker.still() as conn:
            labels = self._grouped(conn)
            scores = labels.judged.scores(self.matchmaker.panel.scale.points)
        return acceptance.reliability(labels.judged, scores, labels.groups)

    def foretelling(self) -> Foretelling:
        """What lists tell of chances now.

        Worked out once until a decision, the weights, a profile or the day changes: lists are
        asked for far more often than any of these change.
        """
        with reading(self.engine) as conn:
            sign = self._sign(conn)
        with self._lock:
            if self._foretold is None or sign != self._foretold[0]:
                self._foretold = self._foretell()
            return self._foretold[1]

    # -- parts -----------------------------------------------------------------------------

    def _labels(self, conn: Connection) -> Labels:
        """The labels at one moment, without groups; only what has changed is worked out again."""
        number, _, seq, day = self._sign(conn)
        if self._told is None or self._told_at != (number, seq, day):
            self._forget_changed(conn, seq, day)
            self._told = labels_of(self.matchmaker, conn, self._rows)
            self._told_at = number, seq, day
        return self._told

    def _forget_changed(self, conn: Connection, seq: int, day: date) -> None:
        """Drop the shares of profiles that have changed, and all of another day."""
        _, before, day_before = self._told_at
        if day != day_before:
            self._rows = {}
        elif seq != before:
            changed = {(one.kind, one.id) for one in profiles.changes_since(conn, before)}
            self._rows = {
                (startup, programme): row
                for (startup, programme), row in self._rows.items()
                if changed.isdisjoint({("startup", startup), ("programme", programme)})
            }

    def _foretell(self) -> tuple[Sign, Foretelling]:
        with self.matchmaker.still() as conn:
            sign, labels = self._sign(conn), self._labels(conn)
            scores = labels.judged.scores(self.matchmaker.panel.scale.points)
        found = acceptance.reliability(labels.judged, scores)
        curve = acceptance.curve_of_ended(labels.judged, scores) if found.shown else None
        return sign, Foretelling(found, curve)

    def _grouped(self, conn: Connection) -> Labels:
        labels = self._labels(conn)
        return replace(labels, groups=tuple(groups_of(self.matchmaker, conn, labels.judged)))

    def _sign(self, conn: Connection) -> Sign:
        act = weights_kept.latest_act(conn)
        return (
            decisions.latest_number(conn),
            0 if act is None else act.id,
            profiles.latest_seq(conn),
            self.matchmaker.today(),
        )


def _seen_until(stands: Proposal | None, present: Mapping[str, float]) -> str | None:
    """The last quarter that the present points were learned from, None where they were not."""
    if stands is None or dict(stands.points) != dict(present):
        return None
    return stands.evidence.last_round
